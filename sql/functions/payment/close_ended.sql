create or replace function payment.close_ended(p_payment_id bigint)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_payment payment.payments;
begin
    select p.* into strict v_payment
    from payment.payments as p
    where p.studio_id = auth.studio_id() and p.id = p_payment_id
    for no key update;
    if
        v_payment.status <> 'open'
        or v_payment.final_answer_due_at is null
        or exists (
            select
            from payment.gateway_calls as c
            where
                c.studio_id = v_payment.studio_id
                and c.payment_id = v_payment.id
                and c.status in ('queued', 'claimed')
        )
        -- Held for review or pending: the money may still come.
        or exists (
            select
            from payment.transactions as t
            where
                t.studio_id = v_payment.studio_id
                and t.family_id = v_payment.family_id
                and t.payment_id = v_payment.id
                and t.state_rank < payment.state_rank('authorized')
        )
    then
        return;
    elsif payment.ask_charge(v_payment.id) then
        -- Of the charge of a stored card nothing is known yet.
        return;
    end if;
    update payment.payments as p
    set status = 'expired'
    where p.studio_id = v_payment.studio_id and p.id = v_payment.id;
    perform ops.emit(
        'payment.expired',
        v_payment.id,
        v_payment.family_id,
        jsonb_build_object('registration_id', v_payment.registration_id)
    );
end;
$$;
alter function payment.close_ended(bigint) owner to payment;
comment on function payment.close_ended(bigint) is
$$Expire a payment whose session ended, once the gateway has answered that nothing was paid.$$;
