create table messaging.receipts (
    id bigint generated always as identity,
    provider text not null,
    event_key text not null,
    kind text not null,
    code text,
    provider_id text,
    studio_id integer,
    message_id bigint,
    created_at timestamptz not null default now(),
    constraint receipts_pkey primary key (id),
    constraint receipts_message_fkey
    foreign key (studio_id, message_id) references messaging.messages (studio_id, id)
    on delete restrict,
    constraint receipts_event_key_key unique (provider, event_key),
    constraint receipts_provider_known check (provider in ('twilio', 'resend')),
    constraint receipts_kind_known check (
        kind in (
            'sent', 'delivered', 'bounced', 'complained', 'failed', 'stopped', 'started', 'other'
        )
    ),
    constraint receipts_code_form check (code ~ '^[A-Za-z0-9_.-]{1,64}$'),
    constraint receipts_message_complete check ((studio_id is null) = (message_id is null))
);
create index receipts_message_idx on messaging.receipts (studio_id, message_id);
create index receipts_provider_id_idx
on messaging.receipts (provider_id) where message_id is null and provider_id is not null;
alter table messaging.receipts owner to messaging;
alter table messaging.receipts enable row level security;
alter table messaging.receipts force row level security;
comment on table messaging.receipts is
$$What a provider told afterwards: of a message, or that somebody answered STOP or START.

Platform table: it is recorded before it is known whose it is. Once by the provider's own key,
however often it is delivered. No address and no words of anybody's are kept.$$;
comment on column messaging.receipts.event_key is 'by which the provider knows what it tells';
comment on column messaging.receipts.code is 'the provider''s code of an error, or kind of event';
comment on column messaging.receipts.provider_id is
'the message it is about; one that comes before we know that id waits for it';
