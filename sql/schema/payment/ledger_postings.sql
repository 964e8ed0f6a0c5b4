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
            'price_reduction', 'price_restored', 'price_reduced_again', 'price_restored_again',
            'offline_refund', 'offline_payment', 'returned_payment', 'waiver'
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
transaction; price_reduction and price_restored of a refund, the same again of one that was done
after it had failed, and offline_refund; offline_payment, returned_payment; waiver (of an
installment)';
comment on column payment.ledger_postings.source_id is
'id of the registration, change, credit, use of a credit, transaction, refund, offline payment or
installment that the fact is about';
comment on column payment.ledger_postings.occurred_on is 'local day of the fact';
comment on column payment.ledger_postings.posted_on is
'local day to which it counts: occurred_on, or the first day of the first month that was open';
comment on column payment.ledger_postings.amount_minor is 'minor units: its debits together';
comment on column payment.ledger_postings.entry_count is 'how many entries it has';
