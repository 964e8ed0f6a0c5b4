create or replace function ops.emit(
    p_kind text, p_subject_id bigint, p_family_id bigint default null, p_payload jsonb default '{}'
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    insert into ops.domain_events (studio_id, kind, subject_id, family_id, payload)
    values (auth.studio_id(), p_kind, p_subject_id, p_family_id, p_payload);
end;
$$;
alter function ops.emit(text, bigint, bigint, jsonb) owner to ops;
grant execute on function ops.emit(text, bigint, bigint, jsonb) to domain;
comment on function ops.emit(text, bigint, bigint, jsonb) is
$$Announce a fact of one's own domain; other domains react by triggers on ops.domain_events.

For domain roles. The payload carries ids, codes and amounts, no names and no addresses.$$;
