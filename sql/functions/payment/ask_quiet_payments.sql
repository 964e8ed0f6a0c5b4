create or replace function payment.ask_quiet_payments()
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_candidate record;
    v_payment payment.payments;
    v_asked integer := 0;
begin
    for v_candidate in
        select p.id, p.registration_id
        from payment.payments as p
        where p.studio_id = auth.studio_id() and p.status = 'open' and payment.is_quiet(p)
        order by p.registration_id
    loop
        perform enrollment.lock_registration(v_candidate.registration_id);
        select p.* into v_payment
        from payment.payments as p
        where p.studio_id = auth.studio_id() and p.id = v_candidate.id
        for no key update;
        -- Read again: somebody may have heard of it while we waited.
        if v_payment.status = 'open' and payment.is_quiet(v_payment) then
            perform payment.ask_about(v_payment);
            v_asked := v_asked + 1;
        end if;
    end loop;
    return v_asked;
end;
$$;
alter function payment.ask_quiet_payments() owner to payment;
grant execute on function payment.ask_quiet_payments() to scheduler;
comment on function payment.ask_quiet_payments() is
$$Job: ask the gateway about open payments that nothing was heard of lately; answers how many.

The setting news_due_minutes says how long that is. So a lost notice or answer heals itself within
minutes, while the family still waits.$$;
