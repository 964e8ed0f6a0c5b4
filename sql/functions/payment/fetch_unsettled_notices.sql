create or replace function payment.fetch_unsettled_notices()
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_silent_since constant timestamptz
    := now() - make_interval(mins => (studio.settings_of()).news_due_minutes);
    v_event payment.gateway_events;
    v_asked integer := 0;
begin
    for v_event in
        select e.*
        from payment.gateway_events as e
        inner join payment.merchant_accounts as m on e.merchant_account_id = m.id
        where
            m.studio_id = v_studio_id
            and m.status = 'active'
            and e.status = 'received'
            and e.received_at <= v_silent_since
            and not exists (
                select
                from payment.gateway_calls as c
                where
                    c.studio_id = v_studio_id
                    and c.event_id = e.id
                    and (
                        c.status in ('queued', 'claimed')
                        or c.created_at > v_silent_since
                        or c.answered_at > v_silent_since
                    )
            )
        order by e.id
    loop
        perform payment.fetch_noticed(v_event);
        v_asked := v_asked + 1;
    end loop;
    return v_asked;
end;
$$;
alter function payment.fetch_unsettled_notices() owner to payment;
grant execute on function payment.fetch_unsettled_notices() to scheduler;
comment on function payment.fetch_unsettled_notices() is
$$Job: fetch again what notices point at that could not be taken over yet; answers how many.

The gateway delivers a notice a few times only; after that it is ours to finish.$$;
