create table payment.installments (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    registration_id bigint not null,
    number smallint not null,
    due_on date not null,
    amount_minor bigint not null,
    paid_minor bigint not null default 0,
    waived_minor bigint not null default 0,
    status text not null default 'scheduled',
    attempts smallint not null default 0,
    next_attempt_on date,
    last_error text,
    reported_on date,
    paid_at timestamptz,
    created_at timestamptz not null default now(),
    constraint installments_pkey primary key (studio_id, id),
    constraint installments_family_key unique (studio_id, family_id, id),
    constraint installments_registration_key
    unique (studio_id, family_id, registration_id, id),
    constraint installments_number_key unique (studio_id, registration_id, number),
    constraint installments_plan_fkey
    foreign key (studio_id, family_id, registration_id)
    references payment.payment_plans (studio_id, family_id, registration_id)
    on delete restrict,
    constraint installments_number_positive check (number > 0),
    constraint installments_amount_not_negative check (amount_minor >= 0),
    constraint installments_paid_range check (paid_minor between 0 and amount_minor),
    constraint installments_waived_not_negative check (waived_minor >= 0),
    constraint installments_attempts_not_negative check (attempts >= 0),
    constraint installments_status_known check (
        status in ('scheduled', 'processing', 'paid', 'overdue', 'failed', 'waived')
    ),
    constraint installments_status_by_amounts check (
        case status
            when 'paid' then amount_minor > 0 and paid_minor = amount_minor
            when 'waived' then amount_minor = 0
            else paid_minor < amount_minor
        end
    ),
    constraint installments_paid_at check ((status = 'paid') = (paid_at is not null))
);
create index installments_due_idx
on payment.installments (studio_id, due_on) where status in ('scheduled', 'overdue');
create index installments_staff_idx
on payment.installments (studio_id, registration_id)
where status = 'failed' or last_error is not null;
alter table payment.installments owner to payment;
alter table payment.installments enable row level security;
alter table payment.installments force row level security;
comment on table payment.installments is
$$One part of what a registration costs, with the day on which it is due and what became of it.

scheduled: not due yet, or its next try is to come; processing: its card is being charged; paid;
overdue: its day has passed; failed: all tries to charge it were declined, which is for staff;
waived: nothing of it is asked any more. What is open of all parts together is what is still owed
for the registration: a deferred trigger refuses anything else.$$;
comment on column payment.installments.due_on is 'local date of the studio';
comment on column payment.installments.amount_minor is
'minor units asked for; follows what the registration costs, from the last part on';
comment on column payment.installments.paid_minor is 'minor units of it that have been paid';
comment on column payment.installments.waived_minor is
'minor units that staff have waived; no longer within amount_minor';
comment on column payment.installments.attempts is
'charges that were declined since it was scheduled';
comment on column payment.installments.next_attempt_on is
'local date from which it is charged again; null: from due_on on';
comment on column payment.installments.last_error is
'why the last try came to nothing: a code of the gateway''s, card_needed or no_answer';
comment on column payment.installments.reported_on is
'local date of the summary in which staff were told that it needs them';
