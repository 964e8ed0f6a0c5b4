create or replace function ops.last_event_at(p_kind text, p_subject_id bigint)
returns timestamptz
language sql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
    select max(e.occurred_at)
    from ops.domain_events as e
    where
        e.studio_id = auth.studio_id() and e.kind = p_kind and e.subject_id = p_subject_id
$$;
alter function ops.last_event_at(text, bigint) owner to ops;
grant execute on function ops.last_event_at(text, bigint) to payment;
comment on function ops.last_event_at(text, bigint) is
$$When a fact was last announced of a row; null: never. For payment.$$;
