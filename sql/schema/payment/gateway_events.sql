create table payment.gateway_events (
    id bigint generated always as identity,
    merchant_account_id bigint not null,
    gateway_id text not null,
    event_type text not null,
    resource_type text not null,
    resource_id text not null,
    body jsonb not null,
    status text not null default 'received',
    deliveries integer not null default 1,
    failures integer not null default 0,
    last_error text,
    received_at timestamptz not null default now(),
    settled_at timestamptz,
    is_listed boolean not null default false,
    failed_at timestamptz[] not null default '{}',
    constraint gateway_events_pkey primary key (id),
    constraint gateway_events_merchant_account_fkey
    foreign key (merchant_account_id) references payment.merchant_accounts (id)
    on delete restrict,
    constraint gateway_events_gateway_id_key unique (merchant_account_id, gateway_id),
    constraint gateway_events_status_known
    check (status in ('received', 'applied', 'ignored', 'unmatched')),
    constraint gateway_events_settled check ((status = 'received') = (settled_at is null))
);
create index gateway_events_unsettled_idx
on payment.gateway_events (merchant_account_id, received_at) where status = 'received';
create index gateway_events_unmatched_idx
on payment.gateway_events (merchant_account_id, received_at) where status = 'unmatched';
alter table payment.gateway_events owner to payment;
alter table payment.gateway_events enable row level security;
alter table payment.gateway_events force row level security;
comment on table payment.gateway_events is
$$A notice of the gateway, recorded once by the gateway's id, however often it is delivered.

Platform table. The body is redacted before it is written. applied: what it pointed at was fetched
and taken over; ignored: of a kind that has no meaning here; unmatched: it points at nothing of
ours.$$;
comment on column payment.gateway_events.is_listed is
'whether it was first found in the gateway''s list, not delivered';
comment on column payment.gateway_events.failed_at is
'its last failures, in order: as many as escalate it';
