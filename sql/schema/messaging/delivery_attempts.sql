create table messaging.delivery_attempts (
    studio_id integer not null,
    id bigint generated always as identity,
    message_id bigint not null,
    attempted_at timestamptz not null default now(),
    outcome text not null,
    provider_status integer,
    error text,
    constraint delivery_attempts_pkey primary key (studio_id, id),
    constraint delivery_attempts_message_fkey
    foreign key (studio_id, message_id) references messaging.messages (studio_id, id)
    on delete restrict,
    constraint delivery_attempts_outcome_known check (outcome in ('sent', 'failed'))
);
create index delivery_attempts_message_idx
on messaging.delivery_attempts (studio_id, message_id);
alter table messaging.delivery_attempts owner to messaging;
alter table messaging.delivery_attempts enable row level security;
alter table messaging.delivery_attempts force row level security;
comment on table messaging.delivery_attempts is
'Each try to send a message, with what the provider answered. Append-only.';
