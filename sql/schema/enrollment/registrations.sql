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
    balance_due_on date,
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
    ),
    constraint registrations_balance_dated
    check (status <> 'partial' or balance_due_on is not null)
);
-- Each is for one question: the second condition keeps the planner from taking it for the other,
-- where it would read all that a studio has pending.
create unique index registrations_pending_key
on enrollment.registrations (studio_id, family_id, term_id)
where status = 'pending_payment' and term_id is not null;
create index registrations_hold_idx
on enrollment.registrations (studio_id, hold_expires_at)
where status = 'pending_payment' and hold_expires_at is not null;
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
comment on column enrollment.registrations.balance_due_on is
'local day by which the rest is due of what was confirmed before all was paid; null: never so';
