create table enrollment.confirmations (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    registration_id bigint not null,
    cause text not null,
    transaction_id bigint,
    amount_minor bigint not null,
    confirmed_at timestamptz not null default now(),
    offline_payment_id bigint,
    constraint confirmations_pkey primary key (studio_id, id),
    constraint confirmations_registration_fkey
    foreign key (studio_id, family_id, registration_id)
    references enrollment.registrations (studio_id, family_id, id) on delete restrict,
    constraint confirmations_transaction_fkey
    foreign key (studio_id, family_id, transaction_id)
    references payment.transactions (studio_id, family_id, id) on delete restrict,
    constraint confirmations_offline_payment_fkey
    foreign key (studio_id, family_id, offline_payment_id)
    references payment.offline_payments (studio_id, family_id, id) on delete restrict,
    constraint confirmations_registration_key unique (studio_id, registration_id),
    constraint confirmations_registration_id_key unique (studio_id, registration_id, id),
    constraint confirmations_cause_known
    check (cause in ('transaction', 'nothing_due', 'offline', 'review')),
    constraint confirmations_cause_complete check (
        (cause = 'transaction') = (transaction_id is not null)
        and (cause in ('offline', 'review')) = (offline_payment_id is not null)
    ),
    constraint confirmations_amount_by_cause
    check ((cause = 'nothing_due') = (amount_minor = 0))
);
create index confirmations_registration_idx
on enrollment.confirmations (studio_id, family_id, registration_id);
create index confirmations_transaction_idx
on enrollment.confirmations (studio_id, family_id, transaction_id);
create index confirmations_offline_payment_idx
on enrollment.confirmations (studio_id, family_id, offline_payment_id);
create index confirmations_confirmed_at_idx
on enrollment.confirmations (studio_id, confirmed_at);
alter table enrollment.confirmations owner to confirmer;
alter table enrollment.confirmations enable row level security;
alter table enrollment.confirmations force row level security;
comment on table enrollment.confirmations is
$$Why a registration is confirmed: the authorized transaction that paid it, a payment that staff
recorded, by themselves (offline) or on the family's word (review), or that nothing was due.

Owned and written by role confirmer alone, through enrollment.record_confirmation().$$;
comment on column enrollment.confirmations.amount_minor is
'minor units that were due and authorized or recorded; less than was due where owners allowed it';
