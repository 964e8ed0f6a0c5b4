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
