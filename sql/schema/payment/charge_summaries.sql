create table payment.charge_summaries (
    studio_id integer not null,
    id bigint generated always as identity,
    told_on date not null,
    installment_ids bigint[] not null,
    created_at timestamptz not null default now(),
    constraint charge_summaries_pkey primary key (studio_id, id),
    constraint charge_summaries_studio_fkey
    foreign key (studio_id) references studio.studios (id) on delete restrict,
    constraint charge_summaries_told_on_key unique (studio_id, told_on),
    constraint charge_summaries_of_something check (installment_ids <> '{}')
);
alter table payment.charge_summaries owner to payment;
alter table payment.charge_summaries enable row level security;
alter table payment.charge_summaries force row level security;
comment on table payment.charge_summaries is
$$What staff were told on a day of installments that could not be charged, or need a card.

One a day, none where there is nothing. Append-only.$$;
comment on column payment.charge_summaries.told_on is 'local date of the studio';
comment on column payment.charge_summaries.installment_ids is
'which they are; no foreign keys, as it is a message that was sent';
