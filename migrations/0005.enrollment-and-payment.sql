-- Carts, quotes, registrations, seats; payments, and what a confirmation rests on.
-- depends: 0004.price-rules
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table enrollment.carts (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    term_id bigint not null,
    status text not null default 'open',
    created_at timestamptz not null default now(),
    constraint carts_pkey primary key (studio_id, id),
    constraint carts_family_fkey
    foreign key (studio_id, family_id) references identity.families (studio_id, id)
    on delete restrict,
    constraint carts_term_fkey
    foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete restrict,
    constraint carts_family_key unique (studio_id, family_id, id),
    constraint carts_status_known check (status in ('open', 'checked_out'))
);
create unique index carts_open_key
on enrollment.carts (studio_id, family_id, term_id) where status = 'open';
create index carts_term_idx on enrollment.carts (studio_id, term_id);
alter table enrollment.carts owner to enrollment;
alter table enrollment.carts enable row level security;
alter table enrollment.carts force row level security;
comment on table enrollment.carts is
$$What a family is about to enroll for in one term; it has one open cart a term.

checked_out when all that was in it is confirmed; a failed registration leaves the cart as it was.$$;

create table enrollment.cart_items (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    cart_id bigint not null,
    student_id bigint not null,
    section_id bigint not null,
    created_at timestamptz not null default now(),
    constraint cart_items_pkey primary key (studio_id, id),
    constraint cart_items_cart_fkey
    foreign key (studio_id, family_id, cart_id)
    references enrollment.carts (studio_id, family_id, id) on delete restrict,
    constraint cart_items_student_fkey
    foreign key (studio_id, family_id, student_id)
    references identity.students (studio_id, family_id, id) on delete restrict,
    constraint cart_items_section_fkey
    foreign key (studio_id, section_id) references catalog.sections (studio_id, id)
    on delete restrict,
    constraint cart_items_student_section_key unique (studio_id, cart_id, student_id, section_id)
);
create index cart_items_cart_idx on enrollment.cart_items (studio_id, family_id, cart_id);
create index cart_items_student_idx on enrollment.cart_items (studio_id, family_id, student_id);
create index cart_items_section_idx on enrollment.cart_items (studio_id, section_id);
alter table enrollment.cart_items owner to enrollment;
alter table enrollment.cart_items enable row level security;
alter table enrollment.cart_items force row level security;
comment on table enrollment.cart_items is
'One student for one section, in a cart. No seat is taken by it.';

create table pricing.quotes (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    cart_id bigint not null,
    term_id bigint not null,
    plan_id bigint not null,
    auto_pay boolean not null,
    priced_at timestamptz not null,
    engine_version integer not null,
    inputs jsonb not null,
    lines_digest text not null,
    total_minor bigint not null,
    schedule jsonb not null,
    created_at timestamptz not null default now(),
    constraint quotes_pkey primary key (studio_id, id),
    constraint quotes_family_key unique (studio_id, family_id, id),
    constraint quotes_cart_fkey
    foreign key (studio_id, family_id, cart_id)
    references enrollment.carts (studio_id, family_id, id) on delete restrict,
    constraint quotes_plan_fkey
    foreign key (studio_id, plan_id) references pricing.payment_plans (studio_id, id)
    on delete restrict,
    constraint quotes_term_fkey
    foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete restrict,
    constraint quotes_total_not_negative check (total_minor >= 0),
    constraint quotes_schedule_form check (jsonb_typeof(schedule) = 'array')
);
create index quotes_cart_idx on pricing.quotes (studio_id, family_id, cart_id);
create index quotes_plan_idx on pricing.quotes (studio_id, plan_id);
create index quotes_term_idx on pricing.quotes (studio_id, term_id);
alter table pricing.quotes owner to pricing;
alter table pricing.quotes enable row level security;
alter table pricing.quotes force row level security;
comment on table pricing.quotes is
$$A price as it was told to a family, with the facts it was made from.

So it can be explained and replayed.
inputs: the basket (pricing.basket_item). priced_at: the instant whose rules were applied.
Append-only.$$;
comment on column pricing.quotes.schedule is
'array of {number, due_on, amount_minor}; the amounts add up to total_minor';
comment on column pricing.quotes.engine_version is
'version of the pricing pipeline that made the lines';

create table pricing.quote_lines (
    studio_id integer not null,
    quote_id bigint not null,
    line_number smallint not null,
    family_id bigint not null,
    student_id bigint,
    kind text not null,
    code text not null,
    section_id bigint,
    basis jsonb not null,
    amount_minor bigint not null,
    rule_table text not null,
    rule_id bigint not null,
    rule_version integer not null,
    constraint quote_lines_pkey primary key (studio_id, quote_id, line_number),
    constraint quote_lines_quote_fkey
    foreign key (studio_id, family_id, quote_id)
    references pricing.quotes (studio_id, family_id, id) on delete restrict,
    constraint quote_lines_student_fkey
    foreign key (studio_id, family_id, student_id)
    references identity.students (studio_id, family_id, id) on delete restrict,
    constraint quote_lines_kind_known check (
        kind in ('tuition', 'program', 'override', 'fee', 'family_discount', 'plan_fee')
    ),
    constraint quote_lines_sign check ((kind = 'family_discount') = (amount_minor < 0))
);
create index quote_lines_quote_idx on pricing.quote_lines (studio_id, family_id, quote_id);
create index quote_lines_student_idx on pricing.quote_lines (studio_id, family_id, student_id);
alter table pricing.quote_lines owner to pricing;
alter table pricing.quote_lines enable row level security;
alter table pricing.quote_lines force row level security;
comment on table pricing.quote_lines is
$$The lines of a quote: ids, codes and amounts; words are rendered on reading. Append-only.$$;
comment on column pricing.quote_lines.amount_minor is 'minor units, negative where it is taken off';
comment on column pricing.quote_lines.basis is
'the inputs of the line: counts, unit amounts, division';

create table enrollment.registrations (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    term_id bigint not null,
    cart_id bigint not null,
    quote_id bigint not null,
    status text not null default 'pending_payment',
    status_reason text,
    total_minor bigint not null,
    acknowledged text[] not null default '{}',
    hold_expires_at timestamptz not null,
    hold_extended boolean not null default false,
    confirmation_id bigint,
    created_at timestamptz not null default now(),
    constraint registrations_pkey primary key (studio_id, id),
    constraint registrations_family_key unique (studio_id, family_id, id),
    constraint registrations_cart_fkey
    foreign key (studio_id, family_id, cart_id)
    references enrollment.carts (studio_id, family_id, id) on delete restrict,
    constraint registrations_term_fkey
    foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete restrict,
    constraint registrations_status_known check (
        status in ('pending_payment', 'confirmed', 'partial', 'failed', 'cancelled', 'refunded')
    ),
    constraint registrations_status_reason check (
        (status in ('failed', 'cancelled', 'refunded')) = (status_reason is not null)
    ),
    constraint registrations_total_not_negative check (total_minor >= 0),
    constraint registrations_confirmed_by_cause check (
        (status in ('confirmed', 'partial', 'refunded')) <= (confirmation_id is not null)
        and (status = 'pending_payment') <= (confirmation_id is null)
    )
);
create unique index registrations_pending_key
on enrollment.registrations (studio_id, family_id, term_id) where status = 'pending_payment';
create index registrations_hold_idx
on enrollment.registrations (studio_id, hold_expires_at) where status = 'pending_payment';
create index registrations_cart_idx on enrollment.registrations (studio_id, family_id, cart_id);
create index registrations_term_idx on enrollment.registrations (studio_id, term_id);
alter table enrollment.registrations owner to enrollment;
alter table enrollment.registrations enable row level security;
alter table enrollment.registrations force row level security;
comment on table enrollment.registrations is
$$One checkout of a family: the seats it holds, what is due for them, and what became of it.

confirmed only with a row in enrollment.confirmations, which says by what cause.$$;
comment on column enrollment.registrations.total_minor is
'minor units, from the quote it was made of';
comment on column enrollment.registrations.hold_expires_at is
'until when unpaid seats are kept; later still while a payment is open';
comment on column enrollment.registrations.acknowledged is
'codes of the warnings the family had read at checkout';
comment on column enrollment.registrations.hold_extended is
'the start of a payment extends the hold once';

create table enrollment.enrollments (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    registration_id bigint not null,
    student_id bigint not null,
    section_id bigint not null,
    status text not null default 'pending',
    created_at timestamptz not null default now(),
    constraint enrollments_pkey primary key (studio_id, id),
    constraint enrollments_family_key unique (studio_id, family_id, student_id, section_id, id),
    constraint enrollments_registration_fkey
    foreign key (studio_id, family_id, registration_id)
    references enrollment.registrations (studio_id, family_id, id) on delete restrict,
    constraint enrollments_student_fkey
    foreign key (studio_id, family_id, student_id)
    references identity.students (studio_id, family_id, id) on delete restrict,
    constraint enrollments_section_fkey
    foreign key (studio_id, section_id) references catalog.sections (studio_id, id)
    on delete restrict,
    constraint enrollments_status_known
    check (status in ('pending', 'confirmed', 'failed', 'cancelled'))
);
create unique index enrollments_live_key
on enrollment.enrollments (studio_id, student_id, section_id)
where status in ('pending', 'confirmed');
create index enrollments_registration_idx
on enrollment.enrollments (studio_id, family_id, registration_id);
create index enrollments_section_idx on enrollment.enrollments (studio_id, section_id);
alter table enrollment.enrollments owner to enrollment;
alter table enrollment.enrollments enable row level security;
alter table enrollment.enrollments force row level security;
comment on table enrollment.enrollments is
$$One student in one section, by one registration.

It holds a row of enrollment.seats while it is live.$$;

create table enrollment.places (
    studio_id integer not null,
    section_id bigint not null,
    place_number integer not null,
    taken datemultirange not null default '{}',
    constraint places_pkey primary key (studio_id, section_id, place_number),
    constraint places_section_fkey
    foreign key (studio_id, section_id) references catalog.sections (studio_id, id)
    on delete restrict,
    constraint places_place_number_positive check (place_number > 0)
)
-- A claim updates the row: room on the page lets the update stay there.
with (fillfactor = 70);
create index places_free_idx
on enrollment.places (studio_id, section_id, place_number) where isempty(taken);
alter table enrollment.places owner to enrollment;
alter table enrollment.places enable row level security;
alter table enrollment.places force row level security;
comment on table enrollment.places is
$$A section's capacity: one row a place, with the dates on which it is taken.

A claim locks and changes one row, so two claimers can't choose the same place.
Sections without a capacity have no rows here.$$;

create table enrollment.seats (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    enrollment_id bigint not null,
    student_id bigint not null,
    section_id bigint not null,
    place_number integer,
    dates datemultirange not null,
    during tstzmultirange not null,
    status text not null default 'held',
    created_at timestamptz not null default now(),
    constraint seats_pkey primary key (studio_id, id),
    constraint seats_enrollment_fkey
    foreign key (studio_id, family_id, student_id, section_id, enrollment_id)
    references enrollment.enrollments (studio_id, family_id, student_id, section_id, id)
    on delete restrict,
    constraint seats_place_fkey
    foreign key (studio_id, section_id, place_number)
    references enrollment.places (studio_id, section_id, place_number) on delete restrict,
    constraint seats_status_known check (status in ('held', 'offered', 'reserved', 'confirmed')),
    constraint seats_dates_given check (not isempty(dates) and not isempty(during)),
    constraint seats_place_taken_once
    exclude using gist (
        studio_id with =, section_id with =, place_number with =, dates with &&
    ),
    constraint seats_student_in_one_place
    exclude using gist (studio_id with =, student_id with =, during with &&)
    where (status in ('held', 'confirmed'))
);
create index seats_enrollment_idx
on enrollment.seats (studio_id, family_id, student_id, section_id, enrollment_id);
create index seats_place_idx on enrollment.seats (studio_id, section_id, place_number);
create index seats_student_idx on enrollment.seats (studio_id, student_id);
alter table enrollment.seats owner to enrollment;
alter table enrollment.seats enable row level security;
alter table enrollment.seats force row level security;
comment on table enrollment.seats is
$$A claim on a place: which student has it, on which days, at which minutes.

Two exclusion constraints are the promises: no place is taken twice on a date, no student is in two
places at once. A row lives as long as the claim; its history is in enrollments and domain
events.$$;
comment on column enrollment.seats.dates is 'local days on which the place is taken';
comment on column enrollment.seats.during is 'the minutes the student is there';
comment on column enrollment.seats.place_number is 'null in a section without a capacity';

create table enrollment.checkout_keys (
    studio_id integer not null,
    family_id bigint not null,
    idempotency_key text not null,
    arguments_hash text not null,
    registration_id bigint,
    created_at timestamptz not null default now(),
    constraint checkout_keys_pkey primary key (studio_id, family_id, idempotency_key),
    constraint checkout_keys_registration_fkey
    foreign key (studio_id, family_id, registration_id)
    references enrollment.registrations (studio_id, family_id, id) on delete restrict,
    constraint checkout_keys_key_length
    check (length(idempotency_key) between 8 and 200)
);
create index checkout_keys_registration_idx
on enrollment.checkout_keys (studio_id, family_id, registration_id);
alter table enrollment.checkout_keys owner to enrollment;
alter table enrollment.checkout_keys enable row level security;
alter table enrollment.checkout_keys force row level security;
comment on table enrollment.checkout_keys is
$$The idempotency keys of checkouts: a repeated key answers the registration it made.

registration_id is null only inside the transaction that makes it.$$;

create table pricing.family_awards (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    term_id bigint not null,
    family_discount_id bigint not null,
    registration_id bigint not null,
    amount_minor bigint not null,
    status text not null default 'held',
    created_at timestamptz not null default now(),
    constraint family_awards_pkey primary key (studio_id, id),
    constraint family_awards_discount_fkey
    foreign key (studio_id, family_discount_id)
    references pricing.family_discounts (studio_id, id) on delete restrict,
    constraint family_awards_registration_fkey
    foreign key (studio_id, family_id, registration_id)
    references enrollment.registrations (studio_id, family_id, id) on delete restrict,
    constraint family_awards_term_fkey
    foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete restrict,
    constraint family_awards_amount_positive check (amount_minor > 0),
    constraint family_awards_status_known check (status in ('held', 'used', 'returned'))
);
create unique index family_awards_live_key
on pricing.family_awards (studio_id, family_id, term_id) where status in ('held', 'used');
create index family_awards_discount_idx on pricing.family_awards (studio_id, family_discount_id);
create index family_awards_registration_idx
on pricing.family_awards (studio_id, family_id, registration_id);
create index family_awards_term_idx on pricing.family_awards (studio_id, term_id);
alter table pricing.family_awards owner to pricing;
alter table pricing.family_awards enable row level security;
alter table pricing.family_awards force row level security;
comment on table pricing.family_awards is
$$The family discount as it was taken: at most one live row for a family and term.

held with the seats at checkout, used at confirmation, returned when the hold ends.$$;

create table payment.merchant_accounts (
    id bigint generated always as identity,
    studio_id integer not null,
    code text not null,
    alias text not null,
    merchant_ref text not null,
    host text not null,
    status text not null default 'active',
    created_at timestamptz not null default now(),
    constraint merchant_accounts_pkey primary key (id),
    constraint merchant_accounts_studio_fkey
    foreign key (studio_id) references studio.studios (id) on delete restrict,
    constraint merchant_accounts_code_key unique (code),
    constraint merchant_accounts_studio_key unique (studio_id, id),
    constraint merchant_accounts_code_form check (code ~ '^[a-z][a-z0-9_]*$'),
    constraint merchant_accounts_host_form check (host ~ '^[a-z][a-z0-9_]*$'),
    constraint merchant_accounts_status_known check (status in ('active', 'inactive'))
);
create unique index merchant_accounts_active_key
on payment.merchant_accounts (studio_id) where status = 'active';
alter table payment.merchant_accounts owner to payment;
alter table payment.merchant_accounts enable row level security;
alter table payment.merchant_accounts force row level security;
comment on table payment.merchant_accounts is
$$The account at the card gateway that a studio's money goes to.

Platform table. Secrets are not here: the shim reads them from its environment by `code`, and the
gateway's address by `host`.$$;
comment on column payment.merchant_accounts.alias is 'user name of our calls to the gateway';
comment on column payment.merchant_accounts.merchant_ref is
'the gateway''s id of the merchant; notices must carry it';

create table payment.shoppers (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    merchant_account_id bigint not null,
    reference text not null,
    gateway_id text,
    created_at timestamptz not null default now(),
    constraint shoppers_pkey primary key (studio_id, id),
    constraint shoppers_family_fkey
    foreign key (studio_id, family_id) references identity.families (studio_id, id)
    on delete restrict,
    constraint shoppers_merchant_account_fkey
    foreign key (studio_id, merchant_account_id)
    references payment.merchant_accounts (studio_id, id) on delete restrict,
    constraint shoppers_family_key unique (studio_id, family_id, id),
    constraint shoppers_family_account_key unique (studio_id, family_id, merchant_account_id),
    constraint shoppers_reference_key unique (studio_id, reference)
);
create index shoppers_merchant_account_idx on payment.shoppers (studio_id, merchant_account_id);
alter table payment.shoppers owner to payment;
alter table payment.shoppers enable row level security;
alter table payment.shoppers force row level security;
comment on table payment.shoppers is
$$A family as the gateway knows it.

`reference` is ours, by which the gateway is asked after a lost answer.$$;

create table payment.payments (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    registration_id bigint not null,
    merchant_account_id bigint not null,
    shopper_id bigint not null,
    reference text not null,
    amount_minor bigint not null,
    currency text not null,
    status text not null default 'open',
    return_url text not null,
    cancel_url text not null,
    order_ref text,
    session_ref text,
    session_url text,
    session_ends_at timestamptz not null,
    final_answer_due_at timestamptz,
    accepted_sale_id bigint,
    created_at timestamptz not null default now(),
    constraint payments_pkey primary key (studio_id, id),
    constraint payments_family_key unique (studio_id, family_id, id),
    constraint payments_registration_fkey
    foreign key (studio_id, family_id, registration_id)
    references enrollment.registrations (studio_id, family_id, id) on delete restrict,
    constraint payments_merchant_account_fkey
    foreign key (studio_id, merchant_account_id)
    references payment.merchant_accounts (studio_id, id) on delete restrict,
    constraint payments_shopper_fkey
    foreign key (studio_id, family_id, shopper_id)
    references payment.shoppers (studio_id, family_id, id) on delete restrict,
    constraint payments_reference_key unique (studio_id, reference),
    constraint payments_amount_positive check (amount_minor > 0),
    constraint payments_currency_form check (currency ~ '^[A-Z]{3}$'),
    constraint payments_status_known
    check (status in ('open', 'authorized', 'expired', 'failed', 'voided')),
    constraint payments_accepted_sale check (
        (status in ('authorized', 'voided')) = (accepted_sale_id is not null)
    ),
    constraint payments_session_complete
    check ((session_ref is null) = (session_url is null))
);
create unique index payments_open_key
on payment.payments (studio_id, registration_id) where status = 'open';
create unique index payments_session_ref_key
on payment.payments (studio_id, merchant_account_id, session_ref);
create index payments_registration_idx
on payment.payments (studio_id, family_id, registration_id);
create index payments_merchant_account_idx on payment.payments (studio_id, merchant_account_id);
create index payments_shopper_idx on payment.payments (studio_id, family_id, shopper_id);
create index payments_session_end_idx
on payment.payments (studio_id, session_ends_at) where status = 'open';
alter table payment.payments owner to payment;
alter table payment.payments enable row level security;
alter table payment.payments force row level security;
comment on table payment.payments is
$$One try of a family to pay a registration on the gateway's hosted page.

open until a transaction is authorized, or its session ended without one (expired), or it could not
be set up (failed). A decline leaves it open: the next card may be approved.$$;
comment on column payment.payments.reference is
'our reference, the gateway''s orderReference; it reaches the transaction';
comment on column payment.payments.accepted_sale_id is
'the transaction that authorized it; any other one is given back';
comment on column payment.payments.final_answer_due_at is
'set when the gateway is asked, after the end of the session, what became of it: later than this
its silence no longer keeps the seats';

create table payment.gateway_events (
    id bigint generated always as identity,
    merchant_account_id bigint not null,
    gateway_id text not null,
    event_type text not null,
    resource_type text not null,
    resource_id text not null,
    body jsonb not null,
    status text not null default 'received',
    deliveries integer not null default 1,
    failures integer not null default 0,
    last_error text,
    received_at timestamptz not null default now(),
    settled_at timestamptz,
    constraint gateway_events_pkey primary key (id),
    constraint gateway_events_merchant_account_fkey
    foreign key (merchant_account_id) references payment.merchant_accounts (id)
    on delete restrict,
    constraint gateway_events_gateway_id_key unique (merchant_account_id, gateway_id),
    constraint gateway_events_status_known
    check (status in ('received', 'applied', 'ignored', 'unmatched')),
    constraint gateway_events_settled check ((status = 'received') = (settled_at is null))
);
alter table payment.gateway_events owner to payment;
alter table payment.gateway_events enable row level security;
alter table payment.gateway_events force row level security;
comment on table payment.gateway_events is
$$A notice of the gateway, recorded once by the gateway's id, however often it is delivered.

Platform table. The body is redacted before it is written. applied: what it pointed at was fetched
and taken over; ignored: of a kind that has no meaning here; unmatched: it points at nothing of
ours.$$;

create table payment.gateway_calls (
    studio_id integer not null,
    id bigint generated always as identity,
    merchant_account_id bigint not null,
    purpose text not null,
    payment_id bigint,
    event_id bigint,
    method text not null,
    path text not null,
    body jsonb,
    status text not null default 'queued',
    attempts integer not null default 0,
    next_attempt_at timestamptz not null default now(),
    lease_token uuid,
    leased_until timestamptz,
    answer_status integer,
    answer jsonb,
    last_error text,
    created_at timestamptz not null default now(),
    answered_at timestamptz,
    constraint gateway_calls_pkey primary key (studio_id, id),
    constraint gateway_calls_merchant_account_fkey
    foreign key (studio_id, merchant_account_id)
    references payment.merchant_accounts (studio_id, id) on delete restrict,
    constraint gateway_calls_payment_fkey
    foreign key (studio_id, payment_id) references payment.payments (studio_id, id)
    on delete restrict,
    constraint gateway_calls_event_fkey
    foreign key (event_id) references payment.gateway_events (id) on delete restrict,
    constraint gateway_calls_purpose_known check (
        purpose in (
            'find_shopper', 'create_shopper', 'create_order', 'create_session',
            'fetch_session', 'fetch_transaction', 'void_transaction'
        )
    ),
    constraint gateway_calls_method_known check (method in ('GET', 'POST')),
    constraint gateway_calls_body_by_method check ((method = 'POST') = (body is not null)),
    constraint gateway_calls_path_form check (path ~ '^/[a-z-]+(/[A-Za-z0-9_-]+)?(\?[^\s#]*)?$'),
    constraint gateway_calls_status_known
    check (status in ('queued', 'claimed', 'answered', 'failed')),
    constraint gateway_calls_lease check (
        (status = 'claimed') = (lease_token is not null)
        and (lease_token is null) = (leased_until is null)
    ),
    constraint gateway_calls_answered check ((status = 'answered') = (answered_at is not null))
);
create index gateway_calls_due_idx
on payment.gateway_calls (studio_id, next_attempt_at) where status in ('queued', 'claimed');
create index gateway_calls_merchant_account_idx
on payment.gateway_calls (studio_id, merchant_account_id);
create index gateway_calls_payment_idx on payment.gateway_calls (studio_id, payment_id);
create index gateway_calls_event_idx on payment.gateway_calls (event_id);
alter table payment.gateway_calls owner to payment;
alter table payment.gateway_calls enable row level security;
alter table payment.gateway_calls force row level security;
comment on table payment.gateway_calls is
$$Every request to the gateway, composed here and committed before it is sent.

Claimed by lease, by shim or courier alike. Where a second one would do harm (a shopper, a void) and
the outcome is unknown, the gateway is asked by our reference before it is tried again.$$;
comment on column payment.gateway_calls.path is 'path and query on our own configured host';
comment on column payment.gateway_calls.answer is 'the gateway''s answer without personal data';

create table payment.transactions (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    payment_id bigint not null,
    merchant_account_id bigint not null,
    gateway_id text not null,
    type text not null,
    state text not null,
    state_rank smallint not null,
    is_authorized boolean not null,
    amount_minor bigint not null,
    currency text not null,
    parent_gateway_id text,
    failure_code text,
    card_scheme text,
    card_last4 text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint transactions_pkey primary key (studio_id, id),
    constraint transactions_family_key unique (studio_id, family_id, id),
    constraint transactions_payment_key unique (studio_id, family_id, payment_id, id),
    constraint transactions_payment_fkey
    foreign key (studio_id, family_id, payment_id)
    references payment.payments (studio_id, family_id, id) on delete restrict,
    constraint transactions_merchant_account_fkey
    foreign key (studio_id, merchant_account_id)
    references payment.merchant_accounts (studio_id, id) on delete restrict,
    constraint transactions_gateway_id_key unique (studio_id, merchant_account_id, gateway_id),
    constraint transactions_type_known check (type in ('sale', 'void', 'refund')),
    constraint transactions_amount_positive check (amount_minor > 0),
    constraint transactions_currency_form check (currency ~ '^[A-Z]{3}$'),
    constraint transactions_card_last4_form check (card_last4 ~ '^[0-9]{4}$')
);
alter table payment.transactions owner to payment;
alter table payment.transactions enable row level security;
alter table payment.transactions force row level security;
comment on table payment.transactions is
$$What the gateway says happened with money: a sale, a void or a refund, in its latest known state.

A state only moves forward (state_rank); an older answer never replaces a newer one.$$;

-- Payments and their transactions point at each other, so one of the keys comes after both.
alter table payment.payments
add constraint payments_accepted_sale_fkey
foreign key (studio_id, family_id, id, accepted_sale_id)
references payment.transactions (studio_id, family_id, payment_id, id) on delete restrict;
create index payments_accepted_sale_idx
on payment.payments (studio_id, family_id, id, accepted_sale_id);

create table enrollment.confirmations (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    registration_id bigint not null,
    cause text not null,
    transaction_id bigint,
    amount_minor bigint not null,
    confirmed_at timestamptz not null default now(),
    constraint confirmations_pkey primary key (studio_id, id),
    constraint confirmations_registration_fkey
    foreign key (studio_id, family_id, registration_id)
    references enrollment.registrations (studio_id, family_id, id) on delete restrict,
    constraint confirmations_transaction_fkey
    foreign key (studio_id, family_id, transaction_id)
    references payment.transactions (studio_id, family_id, id) on delete restrict,
    constraint confirmations_registration_key unique (studio_id, registration_id),
    constraint confirmations_registration_id_key unique (studio_id, registration_id, id),
    constraint confirmations_cause_known check (cause in ('transaction', 'nothing_due')),
    constraint confirmations_cause_complete
    check ((cause = 'transaction') = (transaction_id is not null)),
    constraint confirmations_amount_by_cause
    check ((cause = 'nothing_due') = (amount_minor = 0))
);
create index confirmations_registration_idx
on enrollment.confirmations (studio_id, family_id, registration_id);
create index confirmations_transaction_idx
on enrollment.confirmations (studio_id, family_id, transaction_id);
alter table enrollment.confirmations owner to confirmer;
alter table enrollment.confirmations enable row level security;
alter table enrollment.confirmations force row level security;
comment on table enrollment.confirmations is
$$Why a registration is confirmed: the authorized transaction that paid it, or that nothing was due.

Owned and written by role confirmer alone, through enrollment.record_confirmation().$$;
comment on column enrollment.confirmations.amount_minor is
'minor units that were due and authorized';

-- Registrations and their confirmations point at each other, so one of the keys comes after both.
alter table enrollment.registrations
add constraint registrations_confirmation_fkey
foreign key (studio_id, id, confirmation_id)
references enrollment.confirmations (studio_id, registration_id, id) on delete restrict;
create index registrations_confirmation_idx
on enrollment.registrations (studio_id, id, confirmation_id);
alter table enrollment.registrations
add constraint registrations_quote_fkey
foreign key (studio_id, family_id, quote_id)
references pricing.quotes (studio_id, family_id, id) on delete restrict;
create index registrations_quote_idx on enrollment.registrations (studio_id, family_id, quote_id);
