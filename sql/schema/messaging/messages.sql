create table messaging.messages (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint,
    account_id bigint not null,
    channel text not null,
    template_code text not null,
    registration_id bigint,
    dedupe_key text not null,
    send_key uuid not null default gen_random_uuid(),
    status text not null default 'queued',
    attempts integer not null default 0,
    next_attempt_at timestamptz not null default now(),
    lease_token uuid,
    leased_until timestamptz,
    provider_id text,
    last_error text,
    created_at timestamptz not null default now(),
    sent_at timestamptz,
    details jsonb not null default '{}',
    constraint messages_pkey primary key (studio_id, id),
    constraint messages_family_fkey
    foreign key (studio_id, family_id) references identity.families (studio_id, id)
    on delete restrict,
    constraint messages_account_fkey
    foreign key (account_id) references identity.accounts (id) on delete restrict,
    constraint messages_registration_fkey
    foreign key (studio_id, family_id, registration_id)
    references enrollment.registrations (studio_id, family_id, id) on delete restrict,
    constraint messages_dedupe_key_key unique (studio_id, dedupe_key),
    constraint messages_channel_known check (channel in ('email', 'sms')),
    constraint messages_status_known check (
        status in (
            'queued', 'sending', 'sent', 'delivered', 'bounced', 'complained', 'failed',
            'suppressed'
        )
    ),
    constraint messages_lease check (
        (status = 'sending') = (lease_token is not null)
        and (lease_token is null) = (leased_until is null)
    ),
    constraint messages_sent check (
        case
            when status in ('queued', 'sending', 'suppressed') then sent_at is null
            -- By us before it was sent, or by the provider afterwards.
            when status = 'failed' then true
            else sent_at is not null
        end
    )
);
create index messages_due_idx
on messaging.messages (studio_id, next_attempt_at) where status in ('queued', 'sending');
create index messages_provider_id_idx
on messaging.messages (studio_id, provider_id) where provider_id is not null;
create index messages_family_idx on messaging.messages (studio_id, family_id);
create index messages_account_idx on messaging.messages (account_id);
create index messages_registration_idx
on messaging.messages (studio_id, family_id, registration_id);
alter table messaging.messages owner to messaging;
alter table messaging.messages enable row level security;
alter table messaging.messages force row level security;
comment on table messaging.messages is
$$A message to be sent, queued in the transaction of the change it announces, once by dedupe_key.

Words and addresses are made when it is sent. sent: the provider has taken it; delivered, bounced,
complained, failed: what the provider told afterwards. failed without sent_at: given up.
suppressed: not sent, as its recipient does not want or can't get messages. Kept for staff to
see.$$;
comment on column messaging.messages.family_id is
'whom it is to or about; null: it is to the studio''s own office';
comment on column messaging.messages.details is
'what its words are about beside a registration: ids, days, amounts';
comment on column messaging.messages.dedupe_key is 'what it announces: queued once in the studio';
comment on column messaging.messages.last_error is
'a class of error or a code of the provider''s; why it was suppressed; no content';
comment on column messaging.messages.provider_id is 'by which the provider tells of it afterwards';
comment on column messaging.messages.send_key is
'by which a provider knows it, in this and every other installation: sent once';
