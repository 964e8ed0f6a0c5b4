create or replace function payment.queue_charge(p_payment_id bigint)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_payment payment.payments;
    v_card_ref text;
begin
    select p.* into strict v_payment
    from payment.payments as p
    where p.studio_id = v_studio_id and p.id = p_payment_id
    for no key update;
    if v_payment.status <> 'open' then
        return;
    elsif v_payment.installment_id is null and (
        not exists (
            select
            from enrollment.registrations as r
            where
                r.studio_id = v_studio_id
                and r.family_id = v_payment.family_id
                and r.id = v_payment.registration_id
                and r.status = 'pending_payment'
        )
        or exists (
            select
            from enrollment.lapsed_registrations(now()) as r
            where
                r.studio_id = v_studio_id
                and r.family_id = v_payment.family_id
                and r.id = v_payment.registration_id
        )
    ) then
        -- Too late: no money is taken for seats that are not kept any more.
        update payment.payments as p
        set status = 'expired'
        where p.studio_id = v_studio_id and p.id = v_payment.id;
        perform ops.emit(
            'payment.expired',
            v_payment.id,
            v_payment.family_id,
            jsonb_build_object('registration_id', v_payment.registration_id)
        );
        return;
    elsif exists (
        select
        from payment.installments as i
        where
            i.studio_id = v_studio_id
            and i.family_id = v_payment.family_id
            and i.id = v_payment.installment_id
            and i.amount_minor - i.paid_minor <> v_payment.amount_minor
    ) then
        -- It was paid in another way, waived, or follows another price by now.
        perform payment.decline_charge(v_payment.id, 'amount_changed');
        return;
    end if;
    select m.gateway_id into strict v_card_ref
    from payment.stored_methods as m
    where
        m.studio_id = v_studio_id
        and m.family_id = v_payment.family_id
        and m.id = v_payment.stored_method_id;
    update payment.payments as p
    set
        final_answer_due_at = greatest(
            p.final_answer_due_at,
            now() + make_interval(secs => (studio.settings_of()).final_answer_seconds)
        )
    where
        p.studio_id = v_studio_id
        and p.id = v_payment.id
        and p.final_answer_due_at is not null;
    perform payment.queue_call(
        v_payment.merchant_account_id,
        'charge_stored_card',
        '/transactions',
        payment.charge_body(v_payment, v_card_ref),
        v_payment.id
    );
end;
$$;
alter function payment.queue_charge(bigint) owner to payment;
comment on function payment.queue_charge(bigint) is
$$Queue the charge of a payment's stored card, if what it is for is still to be paid.

For a card that a family has just given, and for a charge that did not reach the gateway. While it
is asked, the seats are kept for it.$$;
