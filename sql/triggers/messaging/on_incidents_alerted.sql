create or replace function messaging.on_incidents_alerted()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_is_escalated constant boolean := new.kind = 'incidents.escalated';
begin
    insert into messaging.messages (
        studio_id, account_id, channel, template_code, dedupe_key, details
    )
    select
        new.studio_id, a.account_id, 'email',
        case when v_is_escalated then 'staff_escalation' else 'staff_incidents' end,
        new.kind || ':' || new.subject_id || ':' || a.account_id,
        jsonb_build_object('alert_ids', new.payload -> 'alert_ids')
    from studio.alert_account_ids(new.payload ->> 'lane', v_is_escalated) as a (account_id);
    return null;
end;
$$;
alter function messaging.on_incidents_alerted() owner to messaging;
comment on function messaging.on_incidents_alerted() is
$$Tell those whose lane it is what about money needs them, and owners as well what keeps failing.$$;

create or replace trigger _400_on_incidents_alerted
after insert on ops.domain_events
for each row when (new.kind in ('incidents.alerted', 'incidents.escalated'))
execute function messaging.on_incidents_alerted();
