-- The gateway's batches, to be compared with the ledger.
-- depends: 0033.refunds-and-offline-payments
-- squawk-ignore-file ban-drop-constraint, constraint-missing-not-valid
-- squawk-ignore-file require-concurrent-index-creation, adding-foreign-key-constraint
set local lock_timeout = '3s';
set local statement_timeout = '60s';

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

create table payment.batch_items (
    studio_id integer not null,
    batch_id bigint not null,
    gateway_id text not null,
    type text not null,
    state text not null,
    amount_minor bigint,
    currency text,
    reference text,
    parent_gateway_id text,
    constraint batch_items_pkey primary key (studio_id, batch_id, gateway_id),
    constraint batch_items_batch_fkey
    foreign key (studio_id, batch_id) references payment.batches (studio_id, id)
    on delete restrict
);
alter table payment.batch_items owner to payment;
alter table payment.batch_items enable row level security;
alter table payment.batch_items force row level security;
comment on table payment.batch_items is
$$The transactions of a batch, as the gateway lists them. Append-only.$$;
comment on column payment.batch_items.gateway_id is 'the gateway''s id of the transaction';
comment on column payment.batch_items.amount_minor is
'minor units; null: the gateway''s amount can''t be read as such';
comment on column payment.batch_items.reference is 'ours, by which it is looked for';

create table payment.batch_cursors (
    studio_id integer not null,
    merchant_account_id bigint not null,
    seen_until timestamptz not null,
    constraint batch_cursors_pkey primary key (studio_id, merchant_account_id),
    constraint batch_cursors_merchant_account_fkey
    foreign key (studio_id, merchant_account_id)
    references payment.merchant_accounts (studio_id, id) on delete restrict
);
alter table payment.batch_cursors owner to payment;
alter table payment.batch_cursors enable row level security;
alter table payment.batch_cursors force row level security;
comment on table payment.batch_cursors is
$$How far the gateway's list of batches has been read for a merchant account.$$;
comment on column payment.batch_cursors.seen_until is
'by the gateway''s clock: the latest batch of the last list that was read to its end';

alter table payment.transactions
add column batch_id bigint;
alter table payment.transactions
add constraint transactions_batch_fkey
foreign key (studio_id, batch_id) references payment.batches (studio_id, id)
on delete restrict;
create index transactions_batch_idx on payment.transactions (studio_id, batch_id);
-- What should be in a batch of the gateway by now.
create index transactions_unbatched_idx
on payment.transactions (studio_id, updated_at)
where
batch_id is null
and type in ('sale', 'refund')
and state in ('authorized', 'captured', 'settlementDelayed', 'settled');
comment on column payment.transactions.batch_id is
'the gateway''s batch in which it was settled, once both sides agree about it';

alter table studio.settings
add column settlement_days integer;
update studio.settings as s
set settlement_days = 3
where s.term_id is null;
alter table studio.settings
drop constraint settings_studio_complete,
drop constraint settings_term_may_override;
alter table studio.settings
add constraint settings_studio_complete check (
    term_id is not null
    or num_nulls(
        hold_minutes, payment_minutes, final_answer_seconds, rate_step_basis, token_minutes,
        sign_in_attempts, sign_in_window_minutes, password_min_length, password_hash_cost,
        call_attempts, call_lease_seconds, call_courier_delay_seconds, message_attempts,
        message_lease_seconds, coupon_attempts, coupon_window_minutes, family_discount_later,
        tuition_proration, balance_days, hold_starts_at, waitlist_on_lapse,
        waitlist_on_cancel, waitlist_on_refund, waitlist_on_capacity, offer_hours,
        offer_reminder_hours, offer_stop_hours, stuck_hours, staff_hold_minutes,
        news_due_minutes, late_money, charge_at, charge_attempts, charge_summary_at,
        review_attempts, review_hours, refund_days, refund_reason_length, settlement_days
    ) = 0
),
add constraint settings_term_may_override check (
    term_id is null
    or num_nonnulls(
        token_minutes, sign_in_attempts, sign_in_window_minutes, password_min_length,
        password_hash_cost, call_attempts, call_lease_seconds,
        call_courier_delay_seconds, message_attempts, message_lease_seconds,
        coupon_attempts, coupon_window_minutes, news_due_minutes, charge_at, charge_attempts,
        charge_summary_at, settlement_days
    ) = 0
),
add constraint settings_settlement_days_range check (settlement_days between 1 and 60);
comment on column studio.settings.settlement_days is
'days after which card money should have been settled in a batch; later it is listed as unmatched';

-- What happened since the ledger was last looked at is found by when it did.
create index offline_payments_recorded_at_idx
on payment.offline_payments (studio_id, recorded_at);
create index offline_payments_returned_idx
on payment.offline_payments (studio_id, id) where status = 'returned';
create index refunds_requested_at_idx on payment.refunds (studio_id, requested_at);
create index refunds_settled_at_idx on payment.refunds (studio_id, settled_at);
