create table payment.payment_reviews (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    registration_id bigint not null,
    kind text not null,
    amount_minor bigint not null,
    currency text not null,
    reference text not null,
    note text,
    status text not null default 'submitted',
    submitted_by bigint not null,
    submitted_at timestamptz not null default now(),
    decided_by bigint,
    decided_at timestamptz,
    decision_reason text,
    constraint payment_reviews_pkey primary key (studio_id, id),
    constraint payment_reviews_family_key unique (studio_id, family_id, id),
    constraint payment_reviews_registration_fkey
    foreign key (studio_id, family_id, registration_id)
    references enrollment.registrations (studio_id, family_id, id) on delete restrict,
    constraint payment_reviews_submitted_by_fkey
    foreign key (submitted_by) references identity.accounts (id) on delete restrict,
    constraint payment_reviews_decided_by_fkey
    foreign key (decided_by) references identity.accounts (id) on delete restrict,
    constraint payment_reviews_kind_known check (kind in ('cash', 'check', 'ach', 'transfer')),
    constraint payment_reviews_amount_positive check (amount_minor > 0),
    constraint payment_reviews_currency_form check (currency ~ '^[A-Z]{3}$'),
    constraint payment_reviews_reference_given check (btrim(reference) <> ''),
    constraint payment_reviews_note_given check (btrim(note) <> ''),
    constraint payment_reviews_status_known
    check (status in ('submitted', 'approved', 'rejected', 'withdrawn')),
    constraint payment_reviews_decided check ((status = 'submitted') = (decided_at is null)),
    -- What is withdrawn was decided by nobody: something else has settled it.
    constraint payment_reviews_decided_by
    check ((status in ('approved', 'rejected')) = (decided_by is not null)),
    constraint payment_reviews_rejected_with_reason
    check (status <> 'rejected' or (btrim(decision_reason) <> '') is true)
);
create unique index payment_reviews_submitted_key
on payment.payment_reviews (studio_id, registration_id) where status = 'submitted';
create index payment_reviews_registration_idx
on payment.payment_reviews (studio_id, family_id, registration_id);
create index payment_reviews_submitted_by_idx on payment.payment_reviews (submitted_by);
create index payment_reviews_decided_by_idx on payment.payment_reviews (decided_by);
alter table payment.payment_reviews owner to payment;
alter table payment.payment_reviews enable row level security;
alter table payment.payment_reviews force row level security;
comment on table payment.payment_reviews is
$$What a family says it has paid without a card, for staff to look for and to decide on.

submitted until staff approve it, which records the payment and confirms, or reject it with a
reason; withdrawn: the registration was paid otherwise or given up meanwhile. Every row is one try;
so many rejected ones as the setting review_attempts end the registration.$$;
comment on column payment.payment_reviews.amount_minor is
'minor units: what is due, read when it was submitted';
comment on column payment.payment_reviews.reference is
'by which staff find the money: of a transfer, a check''s number';
