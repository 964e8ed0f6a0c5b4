create or replace function payment.start_charges(p_installment_ids bigint[], p_cause text)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_currency constant text := studio.currency();
    v_count integer;
begin
    with started as (
        insert into payment.payments (
            studio_id, family_id, registration_id, merchant_account_id, shopper_id, reference,
            amount_minor, currency, flow, do_capture, stored_method_id, installment_id,
            credential_type
        )
        select
            i.studio_id, i.family_id, i.registration_id, m.merchant_account_id, m.shopper_id,
            'pay-' || gen_random_uuid(), i.amount_minor - i.paid_minor, v_currency,
            'stored_method', l.do_capture, m.id, i.id,
            case p_cause when 'schedule' then 'recurring' else 'unscheduled' end
        from payment.installments as i
        inner join payment.payment_plans as l
            on
                i.studio_id = l.studio_id
                and i.family_id = l.family_id
                and i.registration_id = l.registration_id
        inner join payment.stored_methods as m
            on
                l.studio_id = m.studio_id
                and l.family_id = m.family_id
                and l.stored_method_id = m.id
        where
            i.studio_id = v_studio_id
            and i.id = any(p_installment_ids)
            and m.status = 'active'
        returning *
    ),

    attempts as (
        insert into payment.charge_attempts (
            studio_id, family_id, installment_id, number, payment_id, cause
        )
        select
            p.studio_id,
            p.family_id,
            p.installment_id,
            coalesce(
                (
                    select max(a.number)
                    from payment.charge_attempts as a
                    where
                        a.studio_id = p.studio_id
                        and a.family_id = p.family_id
                        and a.installment_id = p.installment_id
                ),
                0
            ) + 1,
            p.id,
            p_cause
        from started as p
        returning id
    ),

    calls as (
        insert into payment.gateway_calls (
            studio_id, merchant_account_id, purpose, payment_id, method, path, body
        )
        select
            p.studio_id, p.merchant_account_id, 'charge_stored_card', p.id, 'POST',
            '/transactions', payment.charge_body(p, m.gateway_id)
        from started as p
        inner join payment.stored_methods as m
            on
                p.studio_id = m.studio_id
                and p.family_id = m.family_id
                and p.stored_method_id = m.id
        returning id
    )

    update payment.installments as i
    set status = 'processing', next_attempt_on = null, last_error = null, reported_on = null
    from started as p
    where i.studio_id = p.studio_id and i.id = p.installment_id;
    get diagnostics v_count = row_count;
    return v_count;
end;
$$;
alter function payment.start_charges(bigint[], text) owner to payment;
comment on function payment.start_charges(bigint[], text) is
$$Begin to charge the stored cards of installments; answers how many.

A payment, an attempt and a request to the gateway for each, all committed before it is sent. The
caller has locked the registrations, and seen that nothing else of them is under way.$$;
