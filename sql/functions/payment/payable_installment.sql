create or replace function payment.payable_installment(
    p_registration_id bigint, p_installment_id bigint
)
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
        and i.registration_id = p_registration_id
        and i.id = p_installment_id
    for no key update;
    if not found then
        perform ops.fail('installment_not_found');
    elsif v_installment.status in ('paid', 'waived') then
        perform ops.fail('installment_closed');
    elsif v_installment.status = 'processing' then
        perform ops.fail('installment_processing');
    end if;
    return v_installment;
end;
$$;
alter function payment.payable_installment(bigint, bigint) owner to payment;
comment on function payment.payable_installment(bigint, bigint) is
$$Lock a part of a registration's plan that can be paid or changed at this moment.

The caller has locked the registration. Raises installment_not_found, installment_closed (paid or
waived), installment_processing (its card is being charged).$$;
