create or replace function payment.staff_installment(p_installment_id bigint)
returns payment.installments
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_installment payment.installments;
begin
    select i.* into v_installment
    from payment.installments as i
    where
        i.studio_id = auth.studio_id()
        and i.family_id = coalesce(auth.family_id(), i.family_id)
        and i.id = p_installment_id;
    if not found then
        perform ops.fail('installment_not_found');
    end if;
    perform enrollment.lock_family(v_installment.family_id);
    perform enrollment.lock_registration(v_installment.registration_id);
    return payment.payable_installment(v_installment.registration_id, v_installment.id);
end;
$$;
alter function payment.staff_installment(bigint) owner to payment;
comment on function payment.staff_installment(bigint) is
$$Lock a part of a plan, with its family and registration, for staff to act upon.

Raises installment_not_found, installment_closed, installment_processing.$$;
