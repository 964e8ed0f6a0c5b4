-- What a registration costs may be paid in parts: plans, their parts, each try to charge a stored
-- card for one, and the days on which a studio does no business.
-- depends: 0031.allowed-calls
-- squawk-ignore-file ban-drop-constraint, ban-drop-not-null, constraint-missing-not-valid
-- squawk-ignore-file require-concurrent-index-creation, adding-foreign-key-constraint
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table studio.closures (
    studio_id integer not null,
    id bigint generated always as identity,
    starts_on date not null,
    ends_on date not null,
    label text not null,
    created_at timestamptz not null default now(),
    constraint closures_pkey primary key (studio_id, id),
    constraint closures_studio_fkey
    foreign key (studio_id) references studio.studios (id) on delete restrict,
    constraint closures_order check (ends_on >= starts_on),
    constraint closures_length check (ends_on - starts_on < 366),
    constraint closures_label_given check (btrim(label) <> '')
);
create index closures_days_idx on studio.closures (studio_id, ends_on, starts_on);
alter table studio.closures owner to studio;
alter table studio.closures enable row level security;
alter table studio.closures force row level security;
comment on table studio.closures is
$$Days on which a studio is closed: holidays, breaks. They are no business days.

Cards are charged for installments on business days alone: Monday to Friday without these.$$;
comment on column studio.closures.starts_on is 'first local day';
comment on column studio.closures.ends_on is 'last local day';

create table payment.payment_plans (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    registration_id bigint not null,
    auto_pay boolean not null,
    do_capture boolean not null,
    stored_method_id bigint,
    status text not null default 'active',
    created_at timestamptz not null default now(),
    constraint payment_plans_pkey primary key (studio_id, id),
    constraint payment_plans_registration_key unique (studio_id, family_id, registration_id),
    constraint payment_plans_registration_fkey
    foreign key (studio_id, family_id, registration_id)
    references enrollment.registrations (studio_id, family_id, id) on delete restrict,
    constraint payment_plans_stored_method_fkey
    foreign key (studio_id, family_id, stored_method_id)
    references payment.stored_methods (studio_id, family_id, id) on delete restrict,
    constraint payment_plans_method_of_auto_pay check (stored_method_id is null or auto_pay),
    constraint payment_plans_status_known check (status in ('active', 'completed'))
);
create index payment_plans_stored_method_idx
on payment.payment_plans (studio_id, family_id, stored_method_id);
alter table payment.payment_plans owner to payment;
alter table payment.payment_plans enable row level security;
alter table payment.payment_plans force row level security;
comment on table payment.payment_plans is
$$How a confirmed registration is paid in parts: by whom, and with which stored card.

Made when the registration is confirmed, where its quote has more than one part; the parts are
payment.installments. completed: nothing of it is open any more.$$;
comment on column payment.payment_plans.auto_pay is
'whether the studio charges the stored card when a part is due; else the family pays by hand';
comment on column payment.payment_plans.do_capture is
'whether a charge takes the money at once, or only authorizes it';
comment on column payment.payment_plans.stored_method_id is
'the card that is charged; null: there is none, which staff and family are told when a part is due';

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

create table payment.installment_payments (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    installment_id bigint not null,
    transaction_id bigint,
    offline_payment_id bigint,
    amount_minor bigint not null,
    created_at timestamptz not null default now(),
    constraint installment_payments_pkey primary key (studio_id, id),
    constraint installment_payments_installment_fkey
    foreign key (studio_id, family_id, installment_id)
    references payment.installments (studio_id, family_id, id) on delete restrict,
    constraint installment_payments_transaction_fkey
    foreign key (studio_id, family_id, transaction_id)
    references payment.transactions (studio_id, family_id, id) on delete restrict,
    constraint installment_payments_one_source
    check (num_nonnulls(transaction_id, offline_payment_id) = 1),
    constraint installment_payments_amount_given check (amount_minor <> 0)
);
create unique index installment_payments_transaction_key
on payment.installment_payments (studio_id, family_id, transaction_id, installment_id)
where amount_minor > 0;
create index installment_payments_installment_idx
on payment.installment_payments (studio_id, family_id, installment_id);
create index installment_payments_transaction_idx
on payment.installment_payments (studio_id, family_id, transaction_id);
alter table payment.installment_payments owner to payment;
alter table payment.installment_payments enable row level security;
alter table payment.installment_payments force row level security;
comment on table payment.installment_payments is
$$Which money paid which part of a plan. Append-only: what is taken back is a row of its own.

Money may pay several parts, and a part be paid by several; a sale that stands here keeps its money
as one does that confirmed a registration.$$;
comment on column payment.installment_payments.amount_minor is
'minor units; negative where the money is gone again and the part open';

create table payment.installment_changes (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    installment_id bigint not null,
    kind text not null,
    reason text not null,
    amount_minor bigint not null,
    due_before date not null,
    due_on date not null,
    changed_by bigint,
    changed_at timestamptz not null default now(),
    constraint installment_changes_pkey primary key (studio_id, id),
    constraint installment_changes_installment_fkey
    foreign key (studio_id, family_id, installment_id)
    references payment.installments (studio_id, family_id, id) on delete restrict,
    constraint installment_changes_changed_by_fkey
    foreign key (changed_by) references identity.accounts (id) on delete restrict,
    constraint installment_changes_kind_known check (kind in ('waived', 'rescheduled')),
    constraint installment_changes_reason_given check (btrim(reason) <> ''),
    constraint installment_changes_amount_by_kind
    check ((kind = 'waived') = (amount_minor > 0) and amount_minor >= 0)
);
create index installment_changes_installment_idx
on payment.installment_changes (studio_id, family_id, installment_id);
create index installment_changes_changed_by_idx on payment.installment_changes (changed_by);
alter table payment.installment_changes owner to payment;
alter table payment.installment_changes enable row level security;
alter table payment.installment_changes force row level security;
comment on table payment.installment_changes is
$$What staff changed about a part of a plan, why and who: waived, or put off. Append-only.$$;
comment on column payment.installment_changes.amount_minor is
'minor units that were waived; 0 where it was put off';
comment on column payment.installment_changes.due_before is 'local date on which it had been due';
comment on column payment.installment_changes.due_on is 'local date on which it is due since';

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

alter table payment.payments
add column installment_id bigint,
add column credential_type text,
add column hosted_card_ref text,
add column card_scheme text,
add column card_last4 text,
add column card_expires_on date,
add column card_fingerprint text;
alter table payment.payments
add constraint payments_credential_type_known
check (credential_type in ('recurring', 'unscheduled')),
add constraint payments_credential_type_by_flow
check ((flow = 'sale_first') = (credential_type is null)),
add constraint payments_card_by_flow check (
    flow = 'tokenise_first'
    or num_nonnulls(
        hosted_card_ref, card_scheme, card_last4, card_expires_on, card_fingerprint
    ) = 0
),
add constraint payments_hosted_card_ref_form check (hosted_card_ref ~ '^[A-Za-z0-9_-]+$'),
add constraint payments_card_last4_form check (card_last4 ~ '^[0-9]{4}$'),
add constraint payments_installment_fkey
foreign key (studio_id, family_id, registration_id, installment_id)
references payment.installments (studio_id, family_id, registration_id, id) on delete restrict;
create index payments_installment_idx
on payment.payments (studio_id, family_id, registration_id, installment_id);
comment on column payment.payments.installment_id is
'the part of a plan that is paid; null: what is due before the registration is confirmed';
comment on column payment.payments.credential_type is
'what the gateway is told of a charge that nobody is present at: recurring, one of the plan;
unscheduled, one by hand';
comment on column payment.payments.hosted_card_ref is
'the gateway''s one-time token of the card that a page has collected';
comment on column payment.payments.card_fingerprint is
'of that card: by it, or by its last digits and expiry, one that is stored already is found';

-- A repetition count has no more than 255, which shows when the first row comes.
alter table payment.stored_methods
drop constraint stored_methods_gateway_id_form,
add constraint stored_methods_gateway_id_form check (gateway_id ~ '^[A-Za-z0-9_-]+$');

alter table payment.transactions add column failure_reason text;
comment on column payment.transactions.failure_code is 'who declined it, as the gateway says';
comment on column payment.transactions.failure_reason is
'why, where the gateway says it: doNotResubmit, cardExpired …';

alter table pricing.payment_plans add column do_capture boolean not null default true;
comment on column pricing.payment_plans.accepts_checkout is
'false: the plan is quoted but can''t be taken';
comment on column pricing.payment_plans.do_capture is
'whether a card is charged at once; false: its charges are only authorized, and captured by staff';
alter table pricing.custom_schedules add column auto_pay boolean not null default false;
comment on column pricing.custom_schedules.auto_pay is
'whether the card of the first part is stored and charged for the others when they are due';

-- Messages to the studio's own office are no family's.
alter table messaging.messages alter column family_id drop not null;
comment on column messaging.messages.family_id is
'whom it is to or about; null: it is to the studio''s own office';
comment on table messaging.templates is
$$The studio's words for a kind of message.

Variables: {studio}, {guardian}, {receipt}, {total}, {term}; {class}, {student} and {until} where the
message is about a place; {from}, {other_class} and {amount} where an enrollment was changed; {was}
and {when} where it is about a meeting that was cancelled or moved; {part}, {open}, {due} and
{next_try} where it is about an installment; {charges} in what the office is told of charges.
The receipt and the charges are blocks made by the database; editors place them but can't change
what they say.$$;

insert into ops.status_transitions (entity, from_status, to_status) values
('payment.charge_attempts', 'open', 'paid'),
('payment.charge_attempts', 'open', 'declined'),
('payment.installments', 'scheduled', 'processing'),
('payment.installments', 'scheduled', 'paid'),
('payment.installments', 'scheduled', 'overdue'),
('payment.installments', 'scheduled', 'waived'),
('payment.installments', 'processing', 'scheduled'),
('payment.installments', 'processing', 'paid'),
('payment.installments', 'processing', 'overdue'),
('payment.installments', 'processing', 'failed'),
('payment.installments', 'processing', 'waived'),
('payment.installments', 'overdue', 'scheduled'),
('payment.installments', 'overdue', 'processing'),
('payment.installments', 'overdue', 'paid'),
('payment.installments', 'overdue', 'waived'),
('payment.installments', 'failed', 'scheduled'),
('payment.installments', 'failed', 'processing'),
('payment.installments', 'failed', 'paid'),
('payment.installments', 'failed', 'waived'),
('payment.installments', 'paid', 'scheduled'),
('payment.installments', 'paid', 'overdue'),
('payment.payment_plans', 'active', 'completed'),
('payment.payment_plans', 'completed', 'active'),
('payment.stored_methods', 'removed', 'active');
