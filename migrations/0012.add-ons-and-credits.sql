-- Add-ons, credits that are spent in parts, and what staff set or adjust of a price.
-- depends: 0011.discounts-and-coupons
-- squawk-ignore-file ban-drop-constraint, constraint-missing-not-valid, adding-field-with-default
-- squawk-ignore-file adding-foreign-key-constraint, renaming-column, changing-column-type
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- No stored row is of these types: quotes keep them as JSON.
alter type pricing.basket_item rename attribute add_on_ids to add_on_codes;
alter type pricing.basket_item alter attribute add_on_codes type text[];

alter type pricing.basket_order add attribute adjustment_ids bigint[];
alter type pricing.basket_order add attribute line_override_ids bigint[];
alter type pricing.basket_order add attribute credit_minor bigint;

alter table enrollment.carts add column uses_credit boolean not null default false;
comment on column enrollment.carts.uses_credit is
'whether its price is lowered by what the family has left of its credits';
alter table enrollment.cart_items add column add_on_codes text[] not null default '{}';
comment on column enrollment.cart_items.add_on_codes is
'codes of the add-ons asked for; each is priced by its version at the quote';

-- What is stored satisfies the new constraint: it only allows more.
alter table pricing.rule_sets drop constraint rule_sets_kind_known;
alter table pricing.rule_sets
add constraint rule_sets_kind_known check (
    kind in (
        'rates', 'programs', 'fees', 'family_discount', 'plans', 'discounts', 'coupons',
        'add_ons', 'tiers', 'class_prices'
    )
);

create table pricing.line_overrides (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    term_id bigint not null,
    student_id bigint,
    kind text not null,
    code text not null,
    amount_minor bigint not null,
    reason text not null,
    set_by bigint not null,
    valid_from timestamptz not null default now(),
    superseded_at timestamptz,
    constraint line_overrides_pkey primary key (studio_id, id),
    constraint line_overrides_family_fkey
    foreign key (studio_id, family_id) references identity.families (studio_id, id)
    on delete restrict,
    constraint line_overrides_term_fkey
    foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete restrict,
    constraint line_overrides_student_fkey
    foreign key (studio_id, family_id, student_id)
    references identity.students (studio_id, family_id, id) on delete restrict,
    constraint line_overrides_set_by_fkey
    foreign key (set_by) references identity.accounts (id) on delete restrict,
    constraint line_overrides_kind_known
    check (kind in ('tuition', 'program', 'fee', 'add_on', 'plan_fee')),
    constraint line_overrides_amount_range check (amount_minor between 0 and 99999999999),
    constraint line_overrides_reason_given check (btrim(reason) <> ''),
    constraint line_overrides_one_at_a_time
    exclude using gist (
        studio_id with =,
        family_id with =,
        term_id with =,
        coalesce(student_id, 0) with =,
        kind with =,
        code with =,
        tstzrange(valid_from, superseded_at) with &&
    ),
    constraint line_overrides_validity_order check (superseded_at > valid_from)
);
create unique index line_overrides_live_key
on pricing.line_overrides (studio_id, family_id, term_id, coalesce(student_id, 0), kind, code)
where superseded_at is null;
create index line_overrides_term_idx on pricing.line_overrides (studio_id, term_id);
create index line_overrides_student_idx
on pricing.line_overrides (studio_id, family_id, student_id);
create index line_overrides_set_by_idx on pricing.line_overrides (set_by);
alter table pricing.line_overrides owner to pricing;
alter table pricing.line_overrides enable row level security;
alter table pricing.line_overrides force row level security;
comment on table pricing.line_overrides is
$$What staff let one line of a price cost, for a student or a family in a term: who, when, why.

The line itself stays as the rules make it; an adjustment beside it makes the difference. It holds
until a checkout in which it made a difference is confirmed. Setting another supersedes the row.$$;
comment on column pricing.line_overrides.amount_minor is
'minor units, for all lines of the kind and code together, 0 allowed';
comment on column pricing.line_overrides.student_id is 'null: a line of the whole family';

create table pricing.class_prices (
    studio_id integer not null,
    id bigint generated always as identity,
    class_id bigint not null,
    amount_minor bigint not null,
    reason text not null,
    set_by bigint not null,
    version integer not null default 1,
    valid_from timestamptz not null default now(),
    superseded_at timestamptz,
    constraint class_prices_pkey primary key (studio_id, id),
    constraint class_prices_class_fkey
    foreign key (studio_id, class_id) references catalog.classes (studio_id, id)
    on delete restrict,
    constraint class_prices_set_by_fkey
    foreign key (set_by) references identity.accounts (id) on delete restrict,
    constraint class_prices_version_key unique (studio_id, class_id, version),
    constraint class_prices_amount_range check (amount_minor between 0 and 99999999999),
    constraint class_prices_reason_given check (btrim(reason) <> ''),
    constraint class_prices_version_positive check (version > 0),
    constraint class_prices_one_at_a_time
    exclude using gist (
        studio_id with =,
        class_id with =,
        tstzrange(valid_from, superseded_at) with &&
    ),
    constraint class_prices_validity_order check (superseded_at > valid_from)
);
create unique index class_prices_live_key
on pricing.class_prices (studio_id, class_id) where superseded_at is null;
create index class_prices_set_by_idx on pricing.class_prices (set_by);
alter table pricing.class_prices owner to pricing;
alter table pricing.class_prices enable row level security;
alter table pricing.class_prices force row level security;
comment on table pricing.class_prices is
$$A flat tuition of a standard class, for everybody, in place of the rate table.

The class then does not count for anybody's rate step; its fees stay. A change supersedes the row
and adds the next version.$$;
comment on column pricing.class_prices.amount_minor is
'minor units of tuition for one section of the class, 0 allowed';

create table pricing.add_ons (
    studio_id integer not null,
    id bigint generated always as identity,
    section_id bigint not null,
    code text not null,
    name text not null,
    description text,
    amount_minor bigint not null,
    required boolean not null,
    position smallint not null,
    version integer not null default 1,
    valid_from timestamptz not null default now(),
    superseded_at timestamptz,
    constraint add_ons_pkey primary key (studio_id, id),
    constraint add_ons_section_fkey
    foreign key (studio_id, section_id) references catalog.sections (studio_id, id)
    on delete restrict,
    constraint add_ons_version_key unique (studio_id, section_id, code, version),
    constraint add_ons_code_form check (code ~ '^[a-z][a-z0-9_]{0,62}$'),
    constraint add_ons_name_length check (length(btrim(name)) between 1 and 100),
    constraint add_ons_description_length check (length(btrim(description)) between 1 and 1000),
    constraint add_ons_amount_range check (amount_minor between 0 and 99999999999),
    constraint add_ons_version_positive check (version > 0),
    constraint add_ons_one_at_a_time
    exclude using gist (
        studio_id with =,
        section_id with =,
        code with =,
        tstzrange(valid_from, superseded_at) with &&
    ),
    constraint add_ons_validity_order check (superseded_at > valid_from)
);
create unique index add_ons_live_key
on pricing.add_ons (studio_id, section_id, code) where superseded_at is null;
alter table pricing.add_ons owner to pricing;
alter table pricing.add_ons enable row level security;
alter table pricing.add_ons force row level security;
comment on table pricing.add_ons is
$$What can be had beside a section, such as an early drop-off: once a student, never discounted.

A required one is charged with the section, another only where it was asked for. A change supersedes
the row and adds the next version; who had asked for it gets the new price at the next quote.$$;
comment on column pricing.add_ons.amount_minor is 'minor units for one student';
comment on column pricing.add_ons.description is 'for families, null when the name says it all';

create table pricing.adjustments (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    term_id bigint not null,
    student_id bigint,
    kind text not null,
    label text not null,
    amount_minor bigint not null,
    reason text not null,
    set_by bigint not null,
    status text not null default 'open',
    registration_id bigint,
    withdrawal_reason text,
    created_at timestamptz not null default now(),
    constraint adjustments_pkey primary key (studio_id, id),
    constraint adjustments_family_fkey
    foreign key (studio_id, family_id) references identity.families (studio_id, id)
    on delete restrict,
    constraint adjustments_term_fkey
    foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete restrict,
    constraint adjustments_student_fkey
    foreign key (studio_id, family_id, student_id)
    references identity.students (studio_id, family_id, id) on delete restrict,
    constraint adjustments_registration_fkey
    foreign key (studio_id, family_id, registration_id)
    references enrollment.registrations (studio_id, family_id, id) on delete restrict,
    constraint adjustments_set_by_fkey
    foreign key (set_by) references identity.accounts (id) on delete restrict,
    constraint adjustments_kind_known
    check (kind in ('tuition_adjustment', 'proration', 'other')),
    constraint adjustments_label_given check (btrim(label) <> ''),
    constraint adjustments_amount_range
    check (abs(amount_minor) between 1 and 99999999999),
    constraint adjustments_reason_given check (btrim(reason) <> ''),
    constraint adjustments_status_known
    check (status in ('open', 'held', 'used', 'withdrawn')),
    constraint adjustments_registration_complete
    check ((registration_id is not null) = (status in ('held', 'used'))),
    constraint adjustments_withdrawal_reason
    check ((btrim(withdrawal_reason) <> '') is true = (status = 'withdrawn'))
);
create index adjustments_live_idx
on pricing.adjustments (studio_id, family_id, term_id) where status in ('open', 'held');
create index adjustments_term_idx on pricing.adjustments (studio_id, term_id);
create index adjustments_student_idx on pricing.adjustments (studio_id, family_id, student_id);
create index adjustments_registration_idx
on pricing.adjustments (studio_id, family_id, registration_id);
create index adjustments_set_by_idx on pricing.adjustments (set_by);
alter table pricing.adjustments owner to pricing;
alter table pricing.adjustments enable row level security;
alter table pricing.adjustments force row level security;
comment on table pricing.adjustments is
$$An amount that staff add to a family's next checkout of a term or take off it: who, why.

It is used whole by the first checkout in which it has a line: one that would take off more than
there is, is cut there, and the rest of it lapses. One for a student waits for a checkout with
something for that student. open until then, held with the seats, used at confirmation; open again
when the hold ends; withdrawn by staff. What it says never changes.$$;
comment on column pricing.adjustments.amount_minor is
'minor units, negative where it is taken off';
comment on column pricing.adjustments.label is 'what the family reads';
comment on column pricing.adjustments.reason is 'for the staff who look at it later';
comment on column pricing.adjustments.student_id is 'null: of the whole family';

create table pricing.credits (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    amount_minor bigint not null,
    reason text not null,
    issued_by bigint not null,
    registration_id bigint,
    granted_at timestamptz not null default now(),
    constraint credits_pkey primary key (studio_id, id),
    constraint credits_family_key unique (studio_id, family_id, id),
    constraint credits_family_fkey
    foreign key (studio_id, family_id) references identity.families (studio_id, id)
    on delete restrict,
    constraint credits_registration_fkey
    foreign key (studio_id, family_id, registration_id)
    references enrollment.registrations (studio_id, family_id, id) on delete restrict,
    constraint credits_issued_by_fkey
    foreign key (issued_by) references identity.accounts (id) on delete restrict,
    constraint credits_amount_range check (amount_minor between 1 and 99999999999),
    constraint credits_reason_given check (btrim(reason) <> '')
);
create index credits_registration_idx
on pricing.credits (studio_id, family_id, registration_id);
create index credits_issued_by_idx on pricing.credits (issued_by);
alter table pricing.credits owner to pricing;
alter table pricing.credits enable row level security;
alter table pricing.credits force row level security;
comment on table pricing.credits is
$$Money that the studio keeps for a family: how much was granted, by whom and why. Append-only.

What is spent of it is in pricing.credit_uses, in as many parts as it takes; the rest stays.$$;
comment on column pricing.credits.amount_minor is 'minor units granted';
comment on column pricing.credits.registration_id is 'the checkout it was granted for, if for any';

create table pricing.credit_uses (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    credit_id bigint not null,
    registration_id bigint not null,
    amount_minor bigint not null,
    status text not null default 'held',
    created_at timestamptz not null default now(),
    constraint credit_uses_pkey primary key (studio_id, id),
    constraint credit_uses_credit_fkey
    foreign key (studio_id, family_id, credit_id)
    references pricing.credits (studio_id, family_id, id) on delete restrict,
    constraint credit_uses_registration_fkey
    foreign key (studio_id, family_id, registration_id)
    references enrollment.registrations (studio_id, family_id, id) on delete restrict,
    constraint credit_uses_credit_registration_key
    unique (studio_id, credit_id, registration_id),
    constraint credit_uses_amount_positive check (amount_minor > 0),
    constraint credit_uses_status_known check (status in ('held', 'used', 'returned'))
);
create index credit_uses_credit_idx on pricing.credit_uses (studio_id, family_id, credit_id);
create index credit_uses_registration_idx
on pricing.credit_uses (studio_id, family_id, registration_id);
alter table pricing.credit_uses owner to pricing;
alter table pricing.credit_uses enable row level security;
alter table pricing.credit_uses force row level security;
comment on table pricing.credit_uses is
$$A part of a credit as it was spent by a checkout.

held with the seats at checkout, used at confirmation, returned when the hold ends. What is held and
used of a credit is never more than was granted.$$;
comment on column pricing.credit_uses.amount_minor is 'minor units taken from the credit';

insert into ops.status_transitions (entity, from_status, to_status) values
('pricing.adjustments', 'open', 'held'),
('pricing.adjustments', 'open', 'withdrawn'),
('pricing.adjustments', 'held', 'used'),
('pricing.adjustments', 'held', 'open'),
('pricing.credit_uses', 'held', 'used'),
('pricing.credit_uses', 'held', 'returned'),
('pricing.credit_uses', 'used', 'returned');
