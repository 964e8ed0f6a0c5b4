create or replace function messaging.incidents_text(p_alert_ids bigint[])
returns text
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return (
        select
            string_agg(
                format(
                    '- %s: %s, since %s, %s',
                    replace(split_part(a.incident, ':', 1), '_', ' '),
                    replace(a.category, '_', ' '),
                    to_char(a.since at time zone s.timezone, 'FMDay, FMMonth FMDD, FMHH12:MI AM'),
                    case a.tries when 1 then 'once' else a.tries || ' times' end
                )
                || coalesce(', family ' || f.name, '')
                || coalesce(', registration ' || a.registration_id, ''),
                E'\n' order by a.id
            )
        from payment.incident_alerts as a
        inner join studio.studios as s on a.studio_id = s.id
        left join identity.families as f
            on a.studio_id = f.studio_id and a.family_id = f.id
        where a.studio_id = auth.studio_id() and a.id = any(p_alert_ids)
    );
end;
$$;
alter function messaging.incidents_text(bigint[]) owner to messaging;
comment on function messaging.incidents_text(bigint[]) is
$$Entries of the work list as those who are told read them: what, why, since when, how often.

The families' names are put in when it is sent.$$;
