create or replace function payment.ask_ended_sessions()
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_candidate record;
    v_registration enrollment.registrations;
    v_payment payment.payments;
    v_asked integer := 0;
begin
    for v_candidate in
        select p.id, p.registration_id
        from payment.payments as p
        where
            p.studio_id = auth.studio_id()
            and p.status = 'open'
            and p.session_ends_at <= now()
            -- While a call waits for its turn, nothing more is asked; the time runs all the same.
            and (
                p.final_answer_due_at is null
                or not exists (
                    select
                    from payment.gateway_calls as c
                    where
                        c.studio_id = p.studio_id
                        and c.payment_id = p.id
                        and c.status in ('queued', 'claimed')
                )
            )
        order by p.registration_id
    loop
        v_registration := enrollment.lock_registration(v_candidate.registration_id);
        select p.* into v_payment
        from payment.payments as p
        where p.studio_id = auth.studio_id() and p.id = v_candidate.id
        for no key update;
        continue when v_payment.status <> 'open';
        update payment.payments as p
        set
            -- Asking again does not keep the seats any longer.
            final_answer_due_at = coalesce(
                p.final_answer_due_at,
                now()
                + make_interval(
                    secs => (studio.settings_of(v_registration.term_id)).final_answer_seconds
                )
            )
        where p.studio_id = v_payment.studio_id and p.id = v_payment.id;
        if exists (
            select
            from payment.gateway_calls as c
            where
                c.studio_id = v_payment.studio_id
                and c.payment_id = v_payment.id
                and c.status in ('queued', 'claimed')
        ) then
            continue;
        elsif v_payment.session_ref is not null then
            perform payment.queue_call(
                v_payment.merchant_account_id,
                'fetch_session',
                '/payment-sessions/' || v_payment.session_ref,
                null,
                v_payment.id
            );
        else
            -- Nobody was ever sent to a hosted page, so nothing can have been paid.
            perform payment.close_ended(v_payment.id);
        end if;
        v_asked := v_asked + 1;
    end loop;
    return v_asked;
end;
$$;
alter function payment.ask_ended_sessions() owner to payment;
grant execute on function payment.ask_ended_sessions() to scheduler;
comment on function payment.ask_ended_sessions() is
$$Job: ask the gateway what became of payment sessions that have ended; answers how many.

So a payment whose notice was lost still reaches its end.$$;
