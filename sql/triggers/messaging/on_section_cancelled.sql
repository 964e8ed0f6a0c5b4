create or replace function messaging.on_section_cancelled()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- Families of the section, whoever staff act for.
set "callboard.family_id" = ''
as $$
begin
    perform messaging.queue_message(
        f.id,
        'section_cancelled',
        new.kind || ':' || new.id || ':' || f.id,
        null,
        jsonb_build_object('section_id', new.payload -> 'section_id')
    )
    from jsonb_to_record(new.payload) as p (family_ids bigint [])
    cross join lateral unnest(p.family_ids) as f (id)
    order by f.id;
    return null;
end;
$$;
alter function messaging.on_section_cancelled() owner to messaging;
comment on function messaging.on_section_cancelled() is
$$Tell families that were about to pay for a section, or to leave it later, that it is cancelled.$$;

create or replace trigger _400_on_section_cancelled
after insert on ops.domain_events
for each row when (new.kind = 'section.cancelled')
execute function messaging.on_section_cancelled();
