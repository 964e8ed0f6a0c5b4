create or replace function messaging.claim_messages(p_limit integer)
returns table (
    studio_id integer,
    message_id bigint,
    lease_token uuid,
    channel text,
    recipient text,
    subject text,
    body text,
    html text,
    send_key uuid
)
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id integer;
    v_message messaging.messages;
    v_rendered record;
    v_refusal text;
    v_left integer := p_limit;
begin
    for v_studio_id in
        -- In no order: a studio with many messages must not come first each time.
        select s.id from studio.active_studio_ids() as s (id) order by random()
    loop
        exit when v_left = 0;
        perform auth.enter_studio(v_studio_id);
        -- A claimer that died may have sent it. E-mail is sent once by its key all the same; a text
        -- may go out twice, which is better than not at all.
        for v_message in
            select m.*
            from messaging.messages as m
            where
                m.studio_id = v_studio_id
                and m.status = 'sending'
                and m.leased_until < clock_timestamp()
            for no key update skip locked
        loop
            perform messaging.note_attempt(v_message, false, null, null, 'lease ran out');
        end loop;
        loop
            exit when v_left = 0;
            for v_message in
                -- Materialized: a plan that runs it for each row would claim more than the limit.
                with due as materialized (
                    select d.id
                    from messaging.messages as d
                    where
                        d.studio_id = v_studio_id
                        and d.status = 'queued'
                        and d.next_attempt_at <= clock_timestamp()
                    order by d.next_attempt_at
                    limit v_left
                    for no key update skip locked
                )

                update messaging.messages as m
                set
                    status = 'sending',
                    attempts = m.attempts + 1,
                    lease_token = gen_random_uuid(),
                    leased_until
                    = clock_timestamp()
                    + make_interval(secs => (studio.settings_of()).message_lease_seconds)
                from due as d
                where m.studio_id = v_studio_id and m.id = d.id
                returning m.*
            loop
                select r.recipient, r.subject, r.body, r.html into v_rendered
                from messaging.render(v_message) as r;
                if not found then
                    v_left := v_left - 1;
                    perform messaging.note_attempt(
                        v_message, false, null, null, 'template missing'
                    );
                    perform messaging.tell_of_missing_template(v_message);
                    continue;
                end if;
                v_refusal := messaging.send_refusal(v_message, v_rendered.recipient);
                if v_refusal is not null then
                    -- None of the limit: whoever claims one wants one to send.
                    update messaging.messages as m
                    set
                        status = 'suppressed',
                        last_error = v_refusal,
                        lease_token = null,
                        leased_until = null
                    where m.studio_id = v_message.studio_id and m.id = v_message.id;
                    continue;
                end if;
                v_left := v_left - 1;
                return query
                select
                    v_message.studio_id, v_message.id, v_message.lease_token, v_message.channel,
                    v_rendered.recipient, v_rendered.subject, v_rendered.body, v_rendered.html,
                    v_message.send_key;
            end loop;
            exit when not found;
        end loop;
    end loop;
end;
$$;
alter function messaging.claim_messages(integer) owner to messaging;
grant execute on function messaging.claim_messages(integer) to thin_api;
comment on function messaging.claim_messages(integer) is
$$Take messages that are due for a while (a lease), in words and with the address they go to.

Those whose recipient doesn't want or can't get them become suppressed instead.
For login thin_api, which commits before it sends and then calls messaging.store_outcome().$$;
