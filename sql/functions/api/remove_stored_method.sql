create or replace function api.remove_stored_method(stored_method_id bigint)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_family_id bigint;
    v_method payment.stored_methods;
begin
    perform auth.require('customer', 'staff');
    v_family_id := auth.require_family();
    perform enrollment.lock_family(v_family_id);
    select m.* into v_method
    from payment.stored_methods as m
    where
        m.studio_id = auth.studio_id()
        and m.family_id = v_family_id
        and m.id = remove_stored_method.stored_method_id
        and m.status <> 'removed'
    for no key update;
    if not found then
        perform ops.fail('stored_method_not_found');
    elsif exists (
        select
        from payment.payment_plans as l
        where
            l.studio_id = v_method.studio_id
            and l.family_id = v_family_id
            and l.stored_method_id = v_method.id
            and l.status = 'active'
    ) or exists (
        select
        from payment.payments as p
        where
            p.studio_id = v_method.studio_id
            and p.family_id = v_family_id
            and p.stored_method_id = v_method.id
            and p.status = 'open'
    ) then
        perform ops.fail('stored_method_in_use');
    end if;
    update payment.stored_methods as m
    set status = 'removed'
    where m.studio_id = v_method.studio_id and m.id = v_method.id;
    return jsonb_build_object('stored_method_id', v_method.id, 'status', 'removed');
end;
$$;
alter function api.remove_stored_method(bigint) owner to payment;
grant execute on function api.remove_stored_method(bigint) to customer;
grant execute on function api.remove_stored_method(bigint) to staff;
comment on function api.remove_stored_method(bigint) is
$$Remove a stored card: nothing is charged to it any more.

For the family, and for staff with the header X-Family. Not while a plan uses it, or a charge of it
is under way: paying a part with another card (start_payment with installment_id) replaces it.
Answers {stored_method_id, status}. Errors: stored_method_not_found, stored_method_in_use,
family_required.$$;
