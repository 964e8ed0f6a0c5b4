create or replace function payment.raise_alerts(p_as_of timestamptz)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_settings constant studio.settings := studio.settings_of();
    v_mails bigint;
    v_mail record;
    v_count integer := 0;
begin
    -- Whoever comes second sees what the first has told.
    lock table payment.incident_alerts in share row exclusive mode;
    select count(distinct (a.lane, a.alerted_at)) into strict v_mails
    from payment.incident_alerts as a
    where
        a.studio_id = v_studio_id
        and a.cause = 'critical'
        and a.alerted_at > p_as_of - make_interval(mins => v_settings.alert_minutes);
    for v_mail in
        with listed as (
            select i.* from payment.incidents(p_as_of) as i where i.status <> 'wont_fix'
        ),

        waiting as (
            select 'critical' as cause, i.listed_at as first_at, i.*
            from listed as i
            where
                i.severity = 'critical'
                -- Of what somebody has seen by themselves nobody need be told.
                and i.status = 'new'
                and not exists (
                    select
                    from payment.incident_alerts as a
                    where
                        a.studio_id = v_studio_id
                        and a.cause = 'critical'
                        and a.incident = i.incident
                        and a.since = i.listed_at
                )
        ),

        failing as (
            select 'escalation' as cause, s.first_at, i.*
            from listed as i
            cross join lateral (
                select f.first_at
                from (
                    select
                        u.at,
                        lag(u.at, v_settings.escalation_failures - 1)
                            over (order by u.at) as first_at
                    from unnest(i.failed_at) as u (at)
                    where
                        -- What follows within the time of a series belongs to it.
                        u.at > coalesce(
                            (
                                select max(a.since)
                                from payment.incident_alerts as a
                                where
                                    a.studio_id = v_studio_id
                                    and a.cause = 'escalation'
                                    and a.incident = i.incident
                            ) + make_interval(mins => v_settings.escalation_minutes),
                            '-infinity'
                        )
                ) as f
                where f.at - f.first_at <= make_interval(mins => v_settings.escalation_minutes)
                order by f.at desc
                limit 1
            ) as s
        ),

        mails as (
            select w.cause, w.lane
            from waiting as w
            group by w.cause, w.lane
            order by min(w.since), w.lane
            limit greatest(v_settings.alert_mails - v_mails, 0)
        ),

        told as (
            insert into payment.incident_alerts (
                studio_id, family_id, registration_id, cause, incident, since, lane, category,
                tries, alerted_at
            )
            select
                v_studio_id, i.family_id, i.registration_id, i.cause, i.incident, i.first_at,
                i.lane, i.category, i.tries, p_as_of
            from (
                select w.*
                from waiting as w
                inner join mails as m on w.cause = m.cause and w.lane = m.lane
                union all
                select f.* from failing as f
            ) as i
            order by i.since, i.incident
            returning *
        )

        select t.cause, t.lane, array_agg(t.id order by t.id) as alert_ids
        from told as t
        group by t.cause, t.lane
    loop
        perform ops.emit(
            case v_mail.cause
                when 'critical' then 'incidents.alerted' else 'incidents.escalated'
            end,
            v_mail.alert_ids[1],
            null,
            jsonb_build_object('lane', v_mail.lane, 'alert_ids', to_jsonb(v_mail.alert_ids))
        );
        v_count := v_count + cardinality(v_mail.alert_ids);
    end loop;
    return v_count;
end;
$$;
alter function payment.raise_alerts(timestamptz) owner to payment;
comment on function payment.raise_alerts(timestamptz) is
$$Have somebody told by mail of what can't wait, and of what fails again and again.

critical: once each time that an entry is listed, one mail for each lane with all that waits, at
most as many mails within a time as the settings alert_mails and alert_minutes say: what is left
waits for the next. escalation: at the third failure of one entry within an hour
(escalation_failures, escalation_minutes), and again at the third of a series that begins later
than an hour after the first of that one; these wait for nothing. Answers of how many entries it
told.$$;
