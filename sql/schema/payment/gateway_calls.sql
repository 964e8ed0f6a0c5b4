create table payment.gateway_calls (
    studio_id integer not null,
    id bigint generated always as identity,
    merchant_account_id bigint not null,
    purpose text not null,
    payment_id bigint,
    event_id bigint,
    method text not null,
    path text not null,
    body jsonb,
    status text not null default 'queued',
    attempts integer not null default 0,
    next_attempt_at timestamptz not null default now(),
    lease_token uuid,
    leased_until timestamptz,
    answer_status integer,
    answer jsonb,
    last_error text,
    created_at timestamptz not null default now(),
    answered_at timestamptz,
    resource text,
    failures jsonb,
    refund_id bigint,
    constraint gateway_calls_pkey primary key (studio_id, id),
    constraint gateway_calls_merchant_account_fkey
    foreign key (studio_id, merchant_account_id)
    references payment.merchant_accounts (studio_id, id) on delete restrict,
    constraint gateway_calls_payment_fkey
    foreign key (studio_id, payment_id) references payment.payments (studio_id, id)
    on delete restrict,
    constraint gateway_calls_event_fkey
    foreign key (event_id) references payment.gateway_events (id) on delete restrict,
    constraint gateway_calls_refund_fkey
    foreign key (studio_id, refund_id) references payment.refunds (studio_id, id)
    on delete restrict,
    constraint gateway_calls_allowed check (payment.is_allowed_call(purpose, method, path)),
    constraint gateway_calls_body_by_method check ((method = 'POST') = (body is not null)),
    constraint gateway_calls_status_known
    check (status in ('queued', 'claimed', 'answered', 'failed')),
    constraint gateway_calls_lease check (
        (status = 'claimed') = (lease_token is not null)
        and (lease_token is null) = (leased_until is null)
    ),
    constraint gateway_calls_answered check ((status = 'answered') = (answered_at is not null)),
    constraint gateway_calls_failures_form check (jsonb_typeof(failures) = 'array')
);
create index gateway_calls_due_idx
on payment.gateway_calls (studio_id, next_attempt_at) where status in ('queued', 'claimed');
-- Also for what was asked last of a kind.
create index gateway_calls_merchant_account_idx
on payment.gateway_calls (studio_id, merchant_account_id, purpose, id);
-- When a transaction was asked about, whoever asked.
create index gateway_calls_transaction_idx
on payment.gateway_calls (studio_id, path) where purpose = 'fetch_transaction';
create index gateway_calls_payment_idx on payment.gateway_calls (studio_id, payment_id);
create index gateway_calls_event_idx on payment.gateway_calls (event_id);
create index gateway_calls_refund_idx on payment.gateway_calls (studio_id, refund_id);
alter table payment.gateway_calls owner to payment;
alter table payment.gateway_calls enable row level security;
alter table payment.gateway_calls force row level security;
comment on table payment.gateway_calls is
$$Every request to the gateway, composed here and committed before it is sent.

Claimed by lease, by shim or courier alike. Where a second one would do harm (a shopper, a void) and
the outcome is unknown, the gateway is asked by our reference before it is tried again.$$;
comment on column payment.gateway_calls.path is 'path and query on our own configured host';
comment on column payment.gateway_calls.answer is 'the gateway''s answer without personal data';
comment on column payment.gateway_calls.answer_status is
'HTTP status of the last answer; it is no outcome: of money the transaction says that';
comment on column payment.gateway_calls.failures is
'what the last answer says went wrong: [{"code", "field"}], without words; read by
payment.has_failure()';
comment on column payment.gateway_calls.resource is
'what of the gateway''s the call is about, where neither payment nor path say it';
