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
