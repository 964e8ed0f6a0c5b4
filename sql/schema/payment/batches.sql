create table payment.batches (
    studio_id integer not null,
    id bigint generated always as identity,
    merchant_account_id bigint not null,
    gateway_id text not null,
    state text not null,
    debits_minor bigint,
    debit_count integer,
    credits_minor bigint,
    credit_count integer,
    net_minor bigint,
    currency text,
    opened_at timestamptz not null,
    read_at timestamptz,
    matched_at timestamptz,
    created_at timestamptz not null default now(),
    constraint batches_pkey primary key (studio_id, id),
    constraint batches_merchant_account_fkey
    foreign key (studio_id, merchant_account_id)
    references payment.merchant_accounts (studio_id, id) on delete restrict,
    constraint batches_gateway_id_key unique (studio_id, merchant_account_id, gateway_id),
    constraint batches_gateway_id_form check (gateway_id ~ '^[A-Za-z0-9_-]+$'),
    constraint batches_matched_when_read check (matched_at is null or read_at is not null)
);
create index batches_open_idx
on payment.batches (studio_id, merchant_account_id, opened_at) where matched_at is null;
alter table payment.batches owner to payment;
alter table payment.batches enable row level security;
alter table payment.batches force row level security;
comment on table payment.batches is
$$What the gateway settled with the bank at a time, as it says, to be compared with the ledger.

Read by payment.ask_batches(). Its transactions are in payment.batch_items, once it is settled or
rejected; what disagrees with the ledger is listed by api.unmatched.$$;
comment on column payment.batches.state is
'the gateway''s: submitted, then settled, rejected, or failed (another one has its transactions)';
comment on column payment.batches.debits_minor is
'minor units of its sales; null: the gateway''s amount can''t be read as such';
comment on column payment.batches.credits_minor is 'minor units of its refunds';
comment on column payment.batches.net_minor is 'what the studio gets by it, below 0: what it pays';
comment on column payment.batches.opened_at is 'when it was made, by the gateway''s clock';
comment on column payment.batches.read_at is 'when its transactions were read to the end';
comment on column payment.batches.matched_at is
'when all of them, and their sums, were found to be what the ledger has';
