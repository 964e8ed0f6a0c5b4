create table payment.charge_attempts (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    installment_id bigint not null,
    number smallint not null,
    payment_id bigint not null,
    cause text not null,
    status text not null default 'open',
    error_code text,
    started_at timestamptz not null default now(),
    ended_at timestamptz,
    constraint charge_attempts_pkey primary key (studio_id, id),
    constraint charge_attempts_installment_fkey
    foreign key (studio_id, family_id, installment_id)
    references payment.installments (studio_id, family_id, id) on delete restrict,
    constraint charge_attempts_payment_fkey
    foreign key (studio_id, family_id, payment_id)
    references payment.payments (studio_id, family_id, id) on delete restrict,
    constraint charge_attempts_number_key unique (studio_id, installment_id, number),
    constraint charge_attempts_payment_key unique (studio_id, family_id, payment_id),
    constraint charge_attempts_number_positive check (number > 0),
    constraint charge_attempts_cause_known check (cause in ('schedule', 'staff')),
    constraint charge_attempts_status_known check (status in ('open', 'paid', 'declined')),
    constraint charge_attempts_error_by_status
    check ((status = 'declined') = (error_code is not null)),
    constraint charge_attempts_ended check ((status = 'open') = (ended_at is null))
);
create unique index charge_attempts_open_key
on payment.charge_attempts (studio_id, installment_id) where status = 'open';
create index charge_attempts_installment_idx
on payment.charge_attempts (studio_id, family_id, installment_id);
alter table payment.charge_attempts owner to payment;
alter table payment.charge_attempts enable row level security;
alter table payment.charge_attempts force row level security;
comment on table payment.charge_attempts is
$$Each try to charge a stored card for an installment, committed before the gateway is asked.

One at a time is open, and none has another's number: so whatever runs twice or is killed, no part
is charged twice. Its payment carries the reference by which the gateway is asked what became of a
charge whose answer was lost.$$;
comment on column payment.charge_attempts.cause is 'schedule: the part was due; staff: by hand';
comment on column payment.charge_attempts.error_code is
'the gateway''s code of a decline, or no_answer: asked for by its reference, there was no charge';
