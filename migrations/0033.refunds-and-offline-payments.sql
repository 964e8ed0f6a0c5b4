-- Money that comes without a card, and money that goes back: what families say they have paid, what
-- staff record, refunds with what they lower; registrations that are confirmed before all is paid.
-- depends: 0032.installments
-- squawk-ignore-file constraint-missing-not-valid, adding-foreign-key-constraint
-- squawk-ignore-file require-concurrent-index-creation, ban-drop-constraint
set local lock_timeout = '3s';
set local statement_timeout = '60s';

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

alter table payment.transactions
add column refunded_minor bigint not null default 0,
add constraint transactions_refunded_range check (refunded_minor between 0 and amount_minor);
comment on column payment.transactions.refunded_minor is
'of a sale: minor units that were given back or are about to be, kept by payment.count_refunds()';

create table payment.refunds (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    registration_id bigint not null,
    transaction_id bigint,
    offline_payment_id bigint,
    kind text not null,
    amount_minor bigint not null,
    price_reduction_minor bigint not null,
    currency text not null,
    cause text not null,
    reason text not null,
    status text not null default 'pending',
    reference text not null,
    waits_for_settlement boolean not null default false,
    return_gateway_id text,
    failure_code text,
    requested_by bigint,
    requested_at timestamptz not null default now(),
    settled_at timestamptz,
    constraint refunds_pkey primary key (studio_id, id),
    constraint refunds_family_key unique (studio_id, family_id, id),
    constraint refunds_registration_fkey
    foreign key (studio_id, family_id, registration_id)
    references enrollment.registrations (studio_id, family_id, id) on delete restrict,
    constraint refunds_transaction_fkey
    foreign key (studio_id, family_id, transaction_id)
    references payment.transactions (studio_id, family_id, id) on delete restrict,
    constraint refunds_offline_payment_fkey
    foreign key (studio_id, family_id, offline_payment_id)
    references payment.offline_payments (studio_id, family_id, id) on delete restrict,
    constraint refunds_requested_by_fkey
    foreign key (requested_by) references identity.accounts (id) on delete restrict,
    constraint refunds_reference_key unique (studio_id, reference),
    constraint refunds_return_key unique (studio_id, transaction_id, return_gateway_id),
    constraint refunds_kind_known check (kind in ('void', 'refund', 'offline')),
    constraint refunds_of_one check (
        num_nonnulls(transaction_id, offline_payment_id) = 1
        and (kind = 'offline') = (offline_payment_id is not null)
    ),
    constraint refunds_amount_positive check (amount_minor > 0),
    constraint refunds_price_reduction_range
    check (price_reduction_minor between 0 and amount_minor),
    constraint refunds_currency_form check (currency ~ '^[A-Z]{3}$'),
    constraint refunds_cause_known check (cause in ('staff', 'late', 'surplus', 'gateway')),
    constraint refunds_asked_for_by_staff check (cause <> 'staff' or requested_by is not null),
    constraint refunds_reason_given check (btrim(reason) <> ''),
    constraint refunds_status_known check (status in ('pending', 'done', 'failed')),
    constraint refunds_settled check ((status = 'pending') = (settled_at is null)),
    constraint refunds_failed_by_code check ((status = 'failed') = (failure_code is not null)),
    constraint refunds_done_by_gateway
    check (status <> 'done' or kind = 'void' or (kind = 'offline') = (return_gateway_id is null)),
    constraint refunds_waiting
    check (not waits_for_settlement or (status = 'pending' and kind = 'refund'))
);
create index refunds_registration_idx on payment.refunds (studio_id, family_id, registration_id);
create index refunds_transaction_idx on payment.refunds (studio_id, family_id, transaction_id);
create index refunds_offline_payment_idx
on payment.refunds (studio_id, family_id, offline_payment_id);
create index refunds_requested_by_idx on payment.refunds (requested_by);
create index refunds_pending_idx on payment.refunds (studio_id, id) where status = 'pending';
alter table payment.refunds owner to payment;
alter table payment.refunds enable row level security;
alter table payment.refunds force row level security;
comment on table payment.refunds is
$$Money that goes back to a family: of one sale, or of one payment without a card.

void: all of a sale that is not settled yet; refund: of one that is; offline: staff gave it back by
hand. pending until the gateway has said yes (done) or no (failed, with its code). One of a part of
a sale waits until that is settled (waits_for_settlement), as the gateway voids only the whole.
What is pending and done of a sale is never more than it: transactions.refunded_minor.$$;
comment on column payment.refunds.amount_minor is 'minor units of currency';
comment on column payment.refunds.price_reduction_minor is
'minor units by which the registration costs less by it, unless it failed; the rest of it had been
paid too much';
comment on column payment.refunds.cause is
'staff: they asked for it; late: the registration had ended; surplus: paid twice, or another amount;
gateway: done at the gateway, without us';
comment on column payment.refunds.reference is
'ours, the gateway''s customReference: by which it is looked for after a lost answer';
comment on column payment.refunds.return_gateway_id is
'the gateway''s transaction by which it was given back, or by which it was refused';
comment on column payment.refunds.failure_code is
'the gateway''s word for why not; no_answer: it never said';
comment on column payment.refunds.requested_by is
'the account; null: it followed from something else';

create table payment.refund_lines (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    refund_id bigint not null,
    line_number smallint,
    enrollment_id bigint,
    amount_minor bigint not null,
    constraint refund_lines_pkey primary key (studio_id, id),
    constraint refund_lines_refund_fkey
    foreign key (studio_id, family_id, refund_id)
    references payment.refunds (studio_id, family_id, id) on delete restrict,
    constraint refund_lines_enrollment_fkey
    foreign key (studio_id, enrollment_id)
    references enrollment.enrollments (studio_id, id) on delete restrict,
    constraint refund_lines_of_something
    check (num_nonnulls(line_number, enrollment_id) > 0),
    constraint refund_lines_amount_positive check (amount_minor > 0)
);
create index refund_lines_refund_idx on payment.refund_lines (studio_id, family_id, refund_id);
create index refund_lines_enrollment_idx on payment.refund_lines (studio_id, enrollment_id);
alter table payment.refund_lines owner to payment;
alter table payment.refund_lines enable row level security;
alter table payment.refund_lines force row level security;
comment on table payment.refund_lines is
$$What a refund is for, where staff have said: lines of the registration's quote, or enrollments.

Together no more than the refund. Append-only.$$;
comment on column payment.refund_lines.line_number is
'of the registration''s quote; null: of no single line';
comment on column payment.refund_lines.enrollment_id is
'the enrollment whose price it lowers: ending it gives back so much less';
comment on column payment.refund_lines.amount_minor is 'minor units';

alter table payment.gateway_calls
add column refund_id bigint,
add constraint gateway_calls_refund_fkey
foreign key (studio_id, refund_id) references payment.refunds (studio_id, id)
on delete restrict;
create index gateway_calls_refund_idx on payment.gateway_calls (studio_id, refund_id);

-- What was given back before is written down as well, and what is about to be.
insert into payment.refunds (
    studio_id, family_id, registration_id, transaction_id, kind, amount_minor,
    price_reduction_minor, currency, cause, reason, status, reference, return_gateway_id,
    requested_at, settled_at
)
select
    s.studio_id,
    s.family_id,
    p.registration_id,
    s.id,
    coalesce(r.type, 'void') as kind,
    coalesce(r.amount_minor, s.amount_minor) as amount_minor,
    0 as price_reduction_minor,
    s.currency,
    case
        when r.gateway_id is null and s.state <> 'voided' then 'late'
        else 'gateway'
    end as cause,
    'given back before refunds were kept' as reason,
    case when r.gateway_id is null and s.state <> 'voided' then 'pending' else 'done' end as status,
    'ref-' || gen_random_uuid() as reference,
    r.gateway_id,
    coalesce(r.created_at, s.updated_at) as requested_at,
    case
        when r.gateway_id is not null then r.updated_at
        when s.state = 'voided' then s.updated_at
    end as settled_at
from payment.transactions as s
inner join payment.payments as p on s.studio_id = p.studio_id and s.payment_id = p.id
left join payment.transactions as r
    on
        s.studio_id = r.studio_id
        and s.merchant_account_id = r.merchant_account_id
        and s.gateway_id = r.parent_gateway_id
        and r.type in ('void', 'refund')
        and r.is_authorized
        and r.state not in ('declined', 'voided', 'rejected', 'expired')
where
    s.type = 'sale'
    and s.is_authorized
    and (
        r.gateway_id is not null
        or s.state = 'voided'
        or exists (
            select
            from payment.gateway_calls as c
            where
                c.studio_id = s.studio_id
                and c.purpose = 'void_transaction'
                and c.status in ('queued', 'claimed')
                and c.body ->> 'parentTransaction' = s.gateway_id
        )
    );
update payment.gateway_calls as c
set refund_id = r.id
from payment.refunds as r
inner join payment.transactions as s on r.studio_id = s.studio_id and r.transaction_id = s.id
where
    c.studio_id = r.studio_id
    and c.purpose = 'void_transaction'
    and c.merchant_account_id = s.merchant_account_id
    and c.body ->> 'parentTransaction' = s.gateway_id
    and r.kind = 'void';
update payment.transactions as s
set refunded_minor = r.refunded_minor
from (
    select
        u.studio_id,
        u.transaction_id,
        sum(u.amount_minor)::bigint as refunded_minor
    from payment.refunds as u
    group by u.studio_id, u.transaction_id
) as r
where s.studio_id = r.studio_id and s.id = r.transaction_id;

alter table enrollment.registrations
add column balance_due_on date,
add constraint registrations_balance_dated
check (status <> 'partial' or balance_due_on is not null);
comment on column enrollment.registrations.balance_due_on is
'local day by which the rest is due of what was confirmed before all was paid; null: never so';

-- A payment that staff recorded confirms as well, of their own or on a family's word.
alter table enrollment.confirmations
drop constraint confirmations_cause_known,
drop constraint confirmations_cause_complete,
add column offline_payment_id bigint,
add constraint confirmations_offline_payment_fkey
foreign key (studio_id, family_id, offline_payment_id)
references payment.offline_payments (studio_id, family_id, id) on delete restrict,
add constraint confirmations_cause_known
check (cause in ('transaction', 'nothing_due', 'offline', 'review')),
add constraint confirmations_cause_complete check (
    (cause = 'transaction') = (transaction_id is not null)
    and (cause in ('offline', 'review')) = (offline_payment_id is not null)
);
create index confirmations_offline_payment_idx
on enrollment.confirmations (studio_id, family_id, offline_payment_id);
comment on table enrollment.confirmations is
$$Why a registration is confirmed: the authorized transaction that paid it, a payment that staff
recorded, by themselves (offline) or on the family's word (review), or that nothing was due.

Owned and written by role confirmer alone, through enrollment.record_confirmation().$$;
comment on column enrollment.confirmations.amount_minor is
'minor units that were due and authorized or recorded; less than was due where owners allowed it';

-- An enrollment that ended because all that was paid for it went back.
alter table enrollment.changes
drop constraint changes_kind_known,
add constraint changes_kind_known
check (kind in ('cancelled', 'transferred', 'weekdays_dropped', 'replaced', 'refunded'));
comment on table enrollment.changes is
$$What was changed about a confirmed enrollment, from when on, why, by whom, and for how much.

cancelled: it ends; transferred: the student goes on in another one of the same registration, which
names it (enrollments.from_enrollment_id); weekdays_dropped: it goes on without these weekdays;
replaced: an offer was accepted instead of it; refunded: it ends, as all that was paid went back.
What a registration costs is its total with the changes of its enrollments, less what refunds lower
it by. Append-only.$$;

-- A part of a plan may be paid without a card.
alter table payment.offline_payments
add constraint offline_payments_installment_fkey
foreign key (studio_id, family_id, installment_id)
references payment.installments (studio_id, family_id, id) on delete restrict;
create index offline_payments_installment_idx
on payment.offline_payments (studio_id, family_id, installment_id);
alter table payment.installment_payments
add constraint installment_payments_offline_payment_fkey
foreign key (studio_id, family_id, offline_payment_id)
references payment.offline_payments (studio_id, family_id, id) on delete restrict;
create index installment_payments_offline_payment_idx
on payment.installment_payments (studio_id, family_id, offline_payment_id);

comment on table messaging.templates is
$$The studio's words for a kind of message.

Variables: {studio}, {guardian}, {family}, {receipt}, {total}, {term}; {class}, {student} and {until}
where the message is about a place; {from}, {other_class} and {amount} where an enrollment was
changed; {was} and {when} where it is about a meeting that was cancelled or moved; {amount} where it
is about money that came or went back, {due_on} where a rest is due on a day; {part}, {open}, {due}
and {next_try} where it is about an installment; {charges} in what the office is told of charges. Of
a code that begins with staff_, {guardian} is who works in the office.
The receipt and the charges are blocks made by the database; editors place them but can't change
what they say.$$;

insert into ops.status_transitions (entity, from_status, to_status) values
-- Paid too late, and its seats were still free: back and confirmed in one transaction.
('enrollment.enrollments', 'failed', 'pending'),
('enrollment.registrations', 'failed', 'pending_payment'),
-- A check came back.
('enrollment.registrations', 'confirmed', 'partial'),
('payment.offline_payments', 'received', 'returned'),
('payment.payment_reviews', 'submitted', 'approved'),
('payment.payment_reviews', 'submitted', 'rejected'),
('payment.payment_reviews', 'submitted', 'withdrawn'),
('payment.refunds', 'pending', 'done'),
('payment.refunds', 'pending', 'failed'),
-- The gateway had done it after all.
('payment.refunds', 'failed', 'done'),
-- It was voided, or refused when it was to be settled.
('payment.payments', 'refunded', 'authorized'),
('payment.refunds', 'done', 'failed'),
('pricing.coupon_redemptions', 'returned', 'held'),
('pricing.credit_uses', 'returned', 'held'),
('pricing.family_awards', 'returned', 'held');
