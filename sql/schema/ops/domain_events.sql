create table ops.domain_events (
    id bigint generated always as identity,
    studio_id integer not null,
    kind text not null,
    subject_id bigint not null,
    family_id bigint,
    payload jsonb not null default '{}',
    occurred_at timestamptz not null default now(),
    constraint domain_events_pkey primary key (id),
    constraint domain_events_kind_form check (kind ~ '^[a-z_]+\.[a-z_]+$')
);
create index domain_events_subject_idx on ops.domain_events (studio_id, kind, subject_id);
alter table ops.domain_events owner to ops;
alter table ops.domain_events enable row level security;
alter table ops.domain_events force row level security;
comment on table ops.domain_events is
$$Facts that one domain announces and others react to, in the same transaction.

Append-only. Written by ops.emit() alone; listeners are triggers on this table. Ids and codes only,
no names and no addresses.$$;
comment on column ops.domain_events.kind is 'entity.fact, as in payment.authorized';
comment on column ops.domain_events.subject_id is 'id of the row the fact is about, in studio_id';
