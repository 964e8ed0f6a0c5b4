create or replace function payment.decline_charge(
    p_payment_id bigint, p_error_code text, p_is_final boolean default false
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_today constant date := studio.local_date(now());
    v_payment payment.payments;
    v_attempt payment.charge_attempts;
    v_installment payment.installments;
    v_is_over boolean;
begin
    update payment.payments as p
    set status = 'declined'
    where p.studio_id = v_studio_id and p.id = p_payment_id and p.status = 'open'
    returning p.* into v_payment;
    if not found then
        return;
    end if;
    perform ops.emit(
        'payment.declined',
        v_payment.id,
        v_payment.family_id,
        jsonb_build_object(
            'registration_id', v_payment.registration_id,
            'installment_id', v_payment.installment_id,
            'error_code', p_error_code
        )
    );
    update payment.charge_attempts as a
    set status = 'declined', error_code = p_error_code, ended_at = now()
    where
        a.studio_id = v_studio_id
        and a.family_id = v_payment.family_id
        and a.payment_id = v_payment.id
        and a.status = 'open'
    returning a.* into v_attempt;
    if not found then
        -- Somebody is at a page, and may take another card.
        return;
    end if;
    select i.* into strict v_installment
    from payment.installments as i
    where i.studio_id = v_studio_id and i.id = v_attempt.installment_id
    for no key update;
    if v_installment.status <> 'processing' then
        return;
    end if;
    v_is_over := p_is_final
    or v_attempt.cause = 'staff'
    or v_installment.attempts + 1 >= (studio.settings_of()).charge_attempts;
    update payment.installments as i
    set
        status = case
            when v_is_over then 'failed' when i.due_on < v_today then 'overdue' else 'scheduled'
        end,
        attempts = i.attempts + 1::smallint,
        next_attempt_on = case when not v_is_over then studio.next_business_day(v_today) end,
        last_error = p_error_code
    where i.studio_id = v_studio_id and i.id = v_installment.id;
    perform ops.emit(
        case when v_is_over then 'installment.failed' else 'installment.declined' end,
        v_installment.id,
        v_installment.family_id,
        jsonb_build_object(
            'registration_id', v_installment.registration_id,
            'payment_id', v_payment.id,
            'attempt', v_attempt.number,
            'amount_minor', v_payment.amount_minor,
            'error_code', p_error_code
        )
    );
end;
$$;
alter function payment.decline_charge(bigint, text, boolean) owner to payment;
comment on function payment.decline_charge(bigint, text, boolean) is
$$Note that the charge of a stored card was declined, and decide what becomes of its installment.

It is tried again on the next business day, or after the last try (p_is_final: the gateway says never
to try again; a try by hand) it failed, which is for staff. The payment is over: a family that has
just given its card begins another one, with another card. A payment that is not open is left
alone.$$;
