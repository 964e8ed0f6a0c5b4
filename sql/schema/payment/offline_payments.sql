create table payment.offline_payments (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    registration_id bigint not null,
    installment_id bigint,
    kind text not null,
    amount_minor bigint not null,
    refunded_minor bigint not null default 0,
    currency text not null,
    reference text,
    received_on date not null,
    recorded_by bigint not null,
    recorded_at timestamptz not null default now(),
    status text not null default 'received',
    returned_on date,
    return_reason text,
    review_id bigint,
    constraint offline_payments_pkey primary key (studio_id, id),
    constraint offline_payments_family_key unique (studio_id, family_id, id),
    constraint offline_payments_registration_fkey
    foreign key (studio_id, family_id, registration_id)
    references enrollment.registrations (studio_id, family_id, id) on delete restrict,
    constraint offline_payments_review_fkey
    foreign key (studio_id, family_id, review_id)
    references payment.payment_reviews (studio_id, family_id, id) on delete restrict,
    constraint offline_payments_recorded_by_fkey
    foreign key (recorded_by) references identity.accounts (id) on delete restrict,
    constraint offline_payments_kind_known check (kind in ('cash', 'check', 'ach', 'transfer')),
    constraint offline_payments_amount_positive check (amount_minor > 0),
    constraint offline_payments_refunded_range
    check (refunded_minor between 0 and amount_minor),
    constraint offline_payments_currency_form check (currency ~ '^[A-Z]{3}$'),
    constraint offline_payments_reference_by_kind
    check (kind <> 'check' or reference is not null),
    constraint offline_payments_reference_given check (btrim(reference) <> ''),
    constraint offline_payments_status_known check (status in ('received', 'returned')),
    constraint offline_payments_returned check (
        (status = 'returned') = (returned_on is not null)
        and (status = 'returned') = (return_reason is not null)
    ),
    -- What bounced was never there to be given back.
    constraint offline_payments_returned_or_refunded
    check (status <> 'returned' or (kind in ('check', 'ach') and refunded_minor = 0))
);
create index offline_payments_registration_idx
on payment.offline_payments (studio_id, family_id, registration_id);
create index offline_payments_review_idx
on payment.offline_payments (studio_id, family_id, review_id);
create index offline_payments_recorded_by_idx on payment.offline_payments (recorded_by);
create index offline_payments_recorded_at_idx
on payment.offline_payments (studio_id, recorded_at);
create index offline_payments_returned_idx
on payment.offline_payments (studio_id, id) where status = 'returned';
alter table payment.offline_payments owner to payment;
alter table payment.offline_payments enable row level security;
alter table payment.offline_payments force row level security;
comment on table payment.offline_payments is
$$Money that came without the gateway, as staff have recorded it.

received: it counts as paid; returned: the bank sent the check, or the debit, back, and what it paid
is due again. What of it was given back to the family is in payment.refunds.$$;
comment on column payment.offline_payments.amount_minor is 'minor units of currency';
comment on column payment.offline_payments.refunded_minor is
'minor units of it that were given back, kept by payment.count_refunds()';
comment on column payment.offline_payments.reference is
'a check''s number, which a check must have; else by which staff find the money again';
comment on column payment.offline_payments.received_on is 'local day on which the studio got it';
comment on column payment.offline_payments.returned_on is
'local day on which the bank sent it back';
comment on column payment.offline_payments.installment_id is
'the installment it was recorded for; null: for the registration as a whole';
comment on column payment.offline_payments.review_id is
'the family''s word for it that staff approved; null: staff recorded it by themselves';
