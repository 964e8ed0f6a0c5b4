create table payment.transactions (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    payment_id bigint not null,
    merchant_account_id bigint not null,
    gateway_id text not null,
    type text not null,
    state text not null,
    state_rank smallint not null,
    is_authorized boolean not null,
    amount_minor bigint not null,
    currency text not null,
    parent_gateway_id text,
    failure_code text,
    card_scheme text,
    card_last4 text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    failure_reason text,
    refunded_minor bigint not null default 0,
    batch_id bigint,
    constraint transactions_pkey primary key (studio_id, id),
    constraint transactions_family_key unique (studio_id, family_id, id),
    constraint transactions_payment_key unique (studio_id, family_id, payment_id, id),
    constraint transactions_payment_fkey
    foreign key (studio_id, family_id, payment_id)
    references payment.payments (studio_id, family_id, id) on delete restrict,
    constraint transactions_merchant_account_fkey
    foreign key (studio_id, merchant_account_id)
    references payment.merchant_accounts (studio_id, id) on delete restrict,
    constraint transactions_batch_fkey
    foreign key (studio_id, batch_id) references payment.batches (studio_id, id)
    on delete restrict,
    constraint transactions_gateway_id_key unique (studio_id, merchant_account_id, gateway_id),
    constraint transactions_type_known check (type in ('sale', 'void', 'refund')),
    constraint transactions_amount_positive check (amount_minor > 0),
    constraint transactions_currency_form check (currency ~ '^[A-Z]{3}$'),
    constraint transactions_card_last4_form check (card_last4 ~ '^[0-9]{4}$'),
    constraint transactions_refunded_range check (refunded_minor between 0 and amount_minor)
);
-- Those of a payment, whosever it is.
create index transactions_payment_idx on payment.transactions (studio_id, payment_id);
-- Sales by which no money is with us: few, so that what had paid and is gone is found.
create index transactions_lost_idx
on payment.transactions (studio_id, family_id, id)
where type = 'sale' and state in ('declined', 'expired', 'rejected');
create index transactions_batch_idx on payment.transactions (studio_id, batch_id);
-- What should be in a batch of the gateway by now.
create index transactions_unbatched_idx
on payment.transactions (studio_id, updated_at)
where
batch_id is null
and type in ('sale', 'refund')
and state in ('authorized', 'captured', 'settlementDelayed', 'settled');
create index transactions_updated_at_idx on payment.transactions (studio_id, updated_at);
alter table payment.transactions owner to payment;
alter table payment.transactions enable row level security;
alter table payment.transactions force row level security;
comment on table payment.transactions is
$$What the gateway says happened with money: a sale, a void or a refund, in its latest known state.

A state only moves forward (state_rank); an older answer never replaces a newer one.$$;
comment on column payment.transactions.failure_code is 'who declined it, as the gateway says';
comment on column payment.transactions.failure_reason is
'why, where the gateway says it: doNotResubmit, cardExpired …';
comment on column payment.transactions.refunded_minor is
'of a sale: minor units that were given back or are about to be, kept by payment.count_refunds()';
comment on column payment.transactions.batch_id is
'the gateway''s batch in which it was settled, once both sides agree about it';
