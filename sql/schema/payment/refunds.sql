create table payment.refunds (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    registration_id bigint not null,
    transaction_id bigint,
    offline_payment_id bigint,
    kind text not null,
    amount_minor bigint not null,
    price_reduction_minor bigint not null,
    currency text not null,
    cause text not null,
    reason text not null,
    status text not null default 'pending',
    reference text not null,
    waits_for_settlement boolean not null default false,
    return_gateway_id text,
    failure_code text,
    requested_by bigint,
    requested_at timestamptz not null default now(),
    settled_at timestamptz,
    constraint refunds_pkey primary key (studio_id, id),
    constraint refunds_family_key unique (studio_id, family_id, id),
    constraint refunds_registration_fkey
    foreign key (studio_id, family_id, registration_id)
    references enrollment.registrations (studio_id, family_id, id) on delete restrict,
    constraint refunds_transaction_fkey
    foreign key (studio_id, family_id, transaction_id)
    references payment.transactions (studio_id, family_id, id) on delete restrict,
    constraint refunds_offline_payment_fkey
    foreign key (studio_id, family_id, offline_payment_id)
    references payment.offline_payments (studio_id, family_id, id) on delete restrict,
    constraint refunds_requested_by_fkey
    foreign key (requested_by) references identity.accounts (id) on delete restrict,
    constraint refunds_reference_key unique (studio_id, reference),
    constraint refunds_return_key unique (studio_id, transaction_id, return_gateway_id),
    constraint refunds_kind_known check (kind in ('void', 'refund', 'offline')),
    constraint refunds_of_one check (
        num_nonnulls(transaction_id, offline_payment_id) = 1
        and (kind = 'offline') = (offline_payment_id is not null)
    ),
    constraint refunds_amount_positive check (amount_minor > 0),
    constraint refunds_price_reduction_range
    check (price_reduction_minor between 0 and amount_minor),
    constraint refunds_currency_form check (currency ~ '^[A-Z]{3}$'),
    constraint refunds_cause_known check (cause in ('staff', 'late', 'surplus', 'gateway')),
    constraint refunds_asked_for_by_staff check (cause <> 'staff' or requested_by is not null),
    constraint refunds_reason_given check (btrim(reason) <> ''),
    constraint refunds_status_known check (status in ('pending', 'done', 'failed')),
    constraint refunds_settled check ((status = 'pending') = (settled_at is null)),
    constraint refunds_failed_by_code check ((status = 'failed') = (failure_code is not null)),
    constraint refunds_done_by_gateway
    check (status <> 'done' or kind = 'void' or (kind = 'offline') = (return_gateway_id is null)),
    constraint refunds_waiting
    check (not waits_for_settlement or (status = 'pending' and kind = 'refund'))
);
create index refunds_registration_idx on payment.refunds (studio_id, family_id, registration_id);
create index refunds_transaction_idx on payment.refunds (studio_id, family_id, transaction_id);
create index refunds_offline_payment_idx
on payment.refunds (studio_id, family_id, offline_payment_id);
create index refunds_requested_by_idx on payment.refunds (requested_by);
create index refunds_pending_idx on payment.refunds (studio_id, id) where status = 'pending';
create index refunds_requested_at_idx on payment.refunds (studio_id, requested_at);
create index refunds_settled_at_idx on payment.refunds (studio_id, settled_at);
alter table payment.refunds owner to payment;
alter table payment.refunds enable row level security;
alter table payment.refunds force row level security;
comment on table payment.refunds is
$$Money that goes back to a family: of one sale, or of one payment without a card.

void: all of a sale that is not settled yet; refund: of one that is; offline: staff gave it back by
hand. pending until the gateway has said yes (done) or no (failed, with its code). One of a part of
a sale waits until that is settled (waits_for_settlement), as the gateway voids only the whole.
What is pending and done of a sale is never more than it: transactions.refunded_minor.$$;
comment on column payment.refunds.amount_minor is 'minor units of currency';
comment on column payment.refunds.price_reduction_minor is
'minor units by which the registration costs less by it, unless it failed; the rest of it had been
paid too much';
comment on column payment.refunds.cause is
'staff: they asked for it; late: the registration had ended; surplus: paid twice, or another amount;
gateway: done at the gateway, without us';
comment on column payment.refunds.reference is
'ours, the gateway''s customReference: by which it is looked for after a lost answer';
comment on column payment.refunds.return_gateway_id is
'the gateway''s transaction by which it was given back, or by which it was refused';
comment on column payment.refunds.failure_code is
'the gateway''s word for why not; no_answer: it never said';
comment on column payment.refunds.requested_by is
'the account; null: it followed from something else';
