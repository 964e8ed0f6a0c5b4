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
