-- A ledger of double entry: accounts, postings with their entries, months that are closed.
-- depends: 0028.notices-that-are-listed
-- squawk-ignore-file require-concurrent-index-creation
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table payment.ledger_accounts (
    code text not null,
    kind text not null,
    position smallint not null,
    meaning text not null,
    constraint ledger_accounts_pkey primary key (code),
    constraint ledger_accounts_position_key unique (position),
    constraint ledger_accounts_code_form check (code ~ '^[a-z_]+(:[a-z_]+)?$'),
    constraint ledger_accounts_kind_known check (kind in ('asset', 'liability', 'revenue')),
    constraint ledger_accounts_meaning_given check (btrim(meaning) <> '')
);
alter table payment.ledger_accounts owner to payment;
alter table payment.ledger_accounts enable row level security;
alter table payment.ledger_accounts force row level security;
comment on table payment.ledger_accounts is
$$What a ledger counts: the accounts, the same at every studio.

Platform table, changed only by migrations. asset: what the studio has or is owed, more by a debit;
liability: what it owes to families, and revenue: what it earns, more by a credit. Accounts that
take off from what was earned (discounts, refunds) are revenue, too, and have debits.$$;

insert into payment.ledger_accounts (code, kind, position, meaning) values
('receivable', 'asset', 10, 'what families owe for confirmed registrations'),
('cash_in_transit', 'asset', 20, 'cards that were authorized and are not settled yet'),
('cash', 'asset', 30, 'money received: cards settled, cash, checks, transfers'),
('returned_items', 'asset', 40, 'checks that the bank gave back, off cash'),
('credits', 'liability', 50, 'credits that families have left to spend'),
('unapplied', 'liability', 60, 'money that has paid nothing yet, or that is to be given back'),
('revenue:tuition', 'revenue', 100, 'tuition by the rate table'),
('revenue:program', 'revenue', 110, 'set prices of programs'),
('revenue:override', 'revenue', 120, 'prices that staff have set for a student'),
('revenue:tier', 'revenue', 130, 'tiers'),
('revenue:drop_in', 'revenue', 140, 'classes by date'),
('revenue:fee', 'revenue', 150, 'fees'),
('revenue:add_on', 'revenue', 160, 'add-ons'),
('revenue:plan_fee', 'revenue', 170, 'fees of paying in parts'),
('revenue:adjustment', 'revenue', 180, 'what staff have added to a price or taken off'),
('revenue:change', 'revenue', 190, 'what changes of confirmed enrollments did to their price'),
('discounts', 'revenue', 200, 'discounts of students, families and coupons, off revenue'),
('refunds', 'revenue', 210, 'what refunds took off a price, off revenue'),
('credits_granted', 'revenue', 220, 'credits that nobody had paid for, off revenue'),
('waived', 'revenue', 230, 'installments that were waived, off revenue');

create table payment.ledger_periods (
    studio_id integer not null,
    month date not null,
    closed_by bigint,
    closed_at timestamptz not null default now(),
    constraint ledger_periods_pkey primary key (studio_id, month),
    constraint ledger_periods_studio_fkey
    foreign key (studio_id) references studio.studios (id) on delete restrict,
    constraint ledger_periods_closed_by_fkey
    foreign key (closed_by) references identity.accounts (id) on delete restrict,
    constraint ledger_periods_month_form check (extract(day from month) = 1)
);
create index ledger_periods_closed_by_idx on payment.ledger_periods (closed_by);
alter table payment.ledger_periods owner to payment;
alter table payment.ledger_periods enable row level security;
alter table payment.ledger_periods force row level security;
comment on table payment.ledger_periods is
$$The months of a studio's ledger that are closed: nothing is posted up to the end of the last one.

Closed by owners through api.close_month(), in their order, and never opened again. Append-only.$$;
comment on column payment.ledger_periods.month is 'first day of the month';

create table payment.ledger_totals (
    studio_id integer not null,
    month date not null,
    account text not null,
    debits_minor bigint not null,
    credits_minor bigint not null,
    constraint ledger_totals_pkey primary key (studio_id, month, account),
    constraint ledger_totals_studio_fkey
    foreign key (studio_id) references studio.studios (id) on delete restrict,
    constraint ledger_totals_account_fkey
    foreign key (account) references payment.ledger_accounts (code) on delete restrict,
    constraint ledger_totals_month_form check (extract(day from month) = 1),
    constraint ledger_totals_not_negative check (debits_minor >= 0 and credits_minor >= 0)
);
create index ledger_totals_account_idx on payment.ledger_totals (account);
alter table payment.ledger_totals owner to payment;
alter table payment.ledger_totals enable row level security;
alter table payment.ledger_totals force row level security;
comment on table payment.ledger_totals is
$$What was posted to each account in a month that is closed, as it was added up at its closing.

So a balance is read from these and from the entries of the months that are open. Nothing can be
posted to a closed month, so they stay right. Append-only. Minor units, credits without a sign.$$;

create table payment.ledger_marks (
    studio_id integer not null,
    posted_until timestamptz not null,
    constraint ledger_marks_pkey primary key (studio_id),
    constraint ledger_marks_studio_fkey
    foreign key (studio_id) references studio.studios (id) on delete restrict
);
alter table payment.ledger_marks owner to payment;
alter table payment.ledger_marks enable row level security;
alter table payment.ledger_marks force row level security;
comment on table payment.ledger_marks is
$$Until when each studio's ledger has all that happened, as payment.post_missing() has found.

So that it looks only at what came later. No row: it has never been looked at.$$;

create table payment.ledger_postings (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    registration_id bigint,
    source text not null,
    source_id bigint not null,
    occurred_on date not null,
    posted_on date not null,
    amount_minor bigint not null,
    entry_count smallint not null,
    posted_at timestamptz not null default now(),
    constraint ledger_postings_pkey primary key (studio_id, id),
    constraint ledger_postings_family_fkey
    foreign key (studio_id, family_id) references identity.families (studio_id, id)
    on delete restrict,
    constraint ledger_postings_registration_fkey
    foreign key (studio_id, family_id, registration_id)
    references enrollment.registrations (studio_id, family_id, id) on delete restrict,
    -- A fact is posted once, whoever comes to post it again.
    constraint ledger_postings_source_key unique (studio_id, source, source_id),
    constraint ledger_postings_source_known check (
        source in (
            'registration', 'change', 'credit', 'credit_return',
            'sale', 'application', 'refund', 'settlement', 'reversal',
            'price_reduction', 'price_restored', 'offline_refund',
            'offline_payment', 'returned_payment', 'waiver'
        )
    ),
    constraint ledger_postings_posted_after check (posted_on >= occurred_on),
    constraint ledger_postings_amount_positive check (amount_minor > 0),
    constraint ledger_postings_two_sides check (entry_count >= 2)
);
create index ledger_postings_family_idx on payment.ledger_postings (studio_id, family_id);
create index ledger_postings_registration_idx
on payment.ledger_postings (studio_id, family_id, registration_id);
create index ledger_postings_posted_on_idx on payment.ledger_postings (studio_id, posted_on);
alter table payment.ledger_postings owner to payment;
alter table payment.ledger_postings enable row level security;
alter table payment.ledger_postings force row level security;
comment on table payment.ledger_postings is
$$Everything that moved money, or that made it due, as one dated posting of double entry.

Made by payment.post() alone, once for each fact (source and source_id). Its entries
(payment.ledger_entries) add up to 0, which a deferred constraint checks at the end of the
transaction. Append-only, also for its owner. Amounts in minor units of the studio's currency.$$;
comment on column payment.ledger_postings.source is
'the kind of fact: registration (confirmed), change (of an enrollment), credit (granted),
credit_return; sale, application (of a sale to what it pays), refund, settlement and reversal of a
transaction; price_reduction, price_restored and offline_refund of a refund; offline_payment,
returned_payment; waiver (of an installment)';
comment on column payment.ledger_postings.source_id is
'id of the registration, change, credit, use of a credit, transaction, refund, offline payment or
installment that the fact is about';
comment on column payment.ledger_postings.occurred_on is 'local day of the fact';
comment on column payment.ledger_postings.posted_on is
'local day to which it counts: occurred_on, or the first day of the first month that was open';
comment on column payment.ledger_postings.amount_minor is 'minor units: its debits together';
comment on column payment.ledger_postings.entry_count is 'how many entries it has';

create table payment.ledger_entries (
    studio_id integer not null,
    posting_id bigint not null,
    number smallint not null,
    family_id bigint not null,
    account text not null,
    posted_on date not null,
    amount_minor bigint not null,
    constraint ledger_entries_pkey primary key (studio_id, posting_id, number),
    constraint ledger_entries_posting_fkey
    foreign key (studio_id, posting_id)
    references payment.ledger_postings (studio_id, id) on delete restrict,
    constraint ledger_entries_account_fkey
    foreign key (account) references payment.ledger_accounts (code) on delete restrict,
    constraint ledger_entries_amount_not_zero check (amount_minor <> 0)
);
-- What an account has come to by a day, without a look at the rows.
create index ledger_entries_account_idx
on payment.ledger_entries (account, studio_id, posted_on) include (family_id, amount_minor);
-- The same for what families owe and have.
create index ledger_entries_family_idx
on payment.ledger_entries (studio_id, family_id, account) include (amount_minor)
where account in ('receivable', 'credits', 'unapplied');
alter table payment.ledger_entries owner to payment;
alter table payment.ledger_entries enable row level security;
alter table payment.ledger_entries force row level security;
comment on table payment.ledger_entries is
$$The debits and credits of postings, which add up to 0 for each of them. Append-only.

family_id and posted_on are those of the posting: the deferred check looks at them as well.$$;
comment on column payment.ledger_entries.number is 'its place in the posting, from 1';
comment on column payment.ledger_entries.amount_minor is
'minor units: a debit, or a credit where it is negative';

-- What happened since the ledger was last looked at is found by when it did.
create index confirmations_confirmed_at_idx
on enrollment.confirmations (studio_id, confirmed_at);
create index changes_changed_at_idx on enrollment.changes (studio_id, changed_at);
create index credits_granted_at_idx on pricing.credits (studio_id, granted_at);
create index transactions_updated_at_idx on payment.transactions (studio_id, updated_at);
