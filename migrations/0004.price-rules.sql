-- What prices are made of: rates, fees, discounts, plans, overrides.
-- depends: 0003.catalogue
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table pricing.rates (
    studio_id integer not null,
    id bigint generated always as identity,
    term_id bigint not null,
    division_id bigint not null,
    weekly_count smallint not null,
    amount_minor bigint not null,
    version integer not null default 1,
    valid_from timestamptz not null default now(),
    superseded_at timestamptz,
    constraint rates_pkey primary key (studio_id, id),
    constraint rates_term_fkey
    foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete restrict,
    constraint rates_division_fkey
    foreign key (studio_id, division_id) references catalog.divisions (studio_id, id)
    on delete restrict,
    constraint rates_version_key
    unique (studio_id, term_id, division_id, weekly_count, version),
    constraint rates_weekly_count_positive check (weekly_count > 0),
    constraint rates_amount_not_negative check (amount_minor >= 0),
    constraint rates_version_positive check (version > 0),
    constraint rates_validity_order check (superseded_at > valid_from)
);
create unique index rates_live_key
on pricing.rates (studio_id, term_id, division_id, weekly_count) where superseded_at is null;
create index rates_division_idx on pricing.rates (studio_id, division_id);
alter table pricing.rates owner to pricing;
alter table pricing.rates enable row level security;
alter table pricing.rates force row level security;
comment on table pricing.rates is
$$The rate table: tuition of a whole term by division and weekly count (the rate step).

Stored figures, never derived; tuition only, no fee inside. A change supersedes the row and adds
the next version.$$;
comment on column pricing.rates.amount_minor is
'minor units, for all weekly classes of the step together';

create table pricing.program_prices (
    studio_id integer not null,
    id bigint generated always as identity,
    term_id bigint not null,
    program_id bigint not null,
    amount_minor bigint not null,
    version integer not null default 1,
    valid_from timestamptz not null default now(),
    superseded_at timestamptz,
    constraint program_prices_pkey primary key (studio_id, id),
    constraint program_prices_term_fkey
    foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete restrict,
    constraint program_prices_program_fkey
    foreign key (studio_id, program_id) references catalog.programs (studio_id, id)
    on delete restrict,
    constraint program_prices_version_key unique (studio_id, term_id, program_id, version),
    constraint program_prices_amount_not_negative check (amount_minor >= 0),
    constraint program_prices_version_positive check (version > 0),
    constraint program_prices_validity_order check (superseded_at > valid_from)
);
create unique index program_prices_live_key
on pricing.program_prices (studio_id, term_id, program_id) where superseded_at is null;
create index program_prices_program_idx on pricing.program_prices (studio_id, program_id);
alter table pricing.program_prices owner to pricing;
alter table pricing.program_prices enable row level security;
alter table pricing.program_prices force row level security;
comment on table pricing.program_prices is
$$The set price of a program for a term, outside rate table, fees and discounts.

A change supersedes the row and adds the next version.$$;
comment on column pricing.program_prices.amount_minor is 'minor units, once a student and term';

create table pricing.fee_rules (
    studio_id integer not null,
    id bigint generated always as identity,
    term_id bigint not null,
    code text not null,
    label text not null,
    unit text not null,
    amount_minor bigint not null,
    charged_modes text[] not null,
    division_id bigint,
    division_of text,
    position smallint not null,
    version integer not null default 1,
    valid_from timestamptz not null default now(),
    superseded_at timestamptz,
    constraint fee_rules_pkey primary key (studio_id, id),
    constraint fee_rules_term_fkey
    foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete restrict,
    constraint fee_rules_division_fkey
    foreign key (studio_id, division_id) references catalog.divisions (studio_id, id)
    on delete restrict,
    constraint fee_rules_version_key unique (studio_id, term_id, code, version),
    constraint fee_rules_code_form check (code ~ '^[a-z][a-z0-9_]*$'),
    constraint fee_rules_label_given check (btrim(label) <> ''),
    constraint fee_rules_unit_known
    check (unit in ('class', 'weekly_meeting', 'student', 'family')),
    constraint fee_rules_amount_not_negative check (amount_minor >= 0),
    constraint fee_rules_charged_modes_known
    check (
        charged_modes <@ array['standard', 'program', 'tiered', 'drop_in']
        and cardinality(charged_modes) > 0
    ),
    constraint fee_rules_division_of_known check (division_of in ('class', 'student')),
    constraint fee_rules_division_complete
    check ((division_id is null) = (division_of is null)),
    constraint fee_rules_version_positive check (version > 0),
    constraint fee_rules_validity_order check (superseded_at > valid_from)
);
create unique index fee_rules_live_key
on pricing.fee_rules (studio_id, term_id, code) where superseded_at is null;
create index fee_rules_division_idx on pricing.fee_rules (studio_id, division_id);
alter table pricing.fee_rules owner to pricing;
alter table pricing.fee_rules enable row level security;
alter table pricing.fee_rules force row level security;
comment on table pricing.fee_rules is
$$A fee of a term: what is counted, for which classes, and how much for each.

What the student (or family) already has confirmed in the term is not charged again.
A change supersedes the row and adds the next version.$$;
comment on column pricing.fee_rules.unit is
'what is counted: each class, each weekly meeting, each student or the family once';
comment on column pricing.fee_rules.amount_minor is 'minor units for one unit';
comment on column pricing.fee_rules.charged_modes is
'price modes of the classes that cause the fee';
comment on column pricing.fee_rules.division_of is
'whose division must be division_id: the class''s own, or the one the student is priced in';

create table pricing.fee_exemptions (
    studio_id integer not null,
    fee_rule_id bigint not null,
    class_id bigint not null,
    constraint fee_exemptions_pkey primary key (studio_id, fee_rule_id, class_id),
    constraint fee_exemptions_fee_rule_fkey
    foreign key (studio_id, fee_rule_id) references pricing.fee_rules (studio_id, id)
    on delete restrict,
    constraint fee_exemptions_class_fkey
    foreign key (studio_id, class_id) references catalog.classes (studio_id, id)
    on delete restrict
);
create index fee_exemptions_class_idx on pricing.fee_exemptions (studio_id, class_id);
alter table pricing.fee_exemptions owner to pricing;
alter table pricing.fee_exemptions enable row level security;
alter table pricing.fee_exemptions force row level security;
comment on table pricing.fee_exemptions is
'A class that does not cause a fee although its price mode would.';

create table pricing.family_discounts (
    studio_id integer not null,
    id bigint generated always as identity,
    term_id bigint not null,
    min_students smallint not null,
    amount_minor bigint not null,
    version integer not null default 1,
    valid_from timestamptz not null default now(),
    superseded_at timestamptz,
    constraint family_discounts_pkey primary key (studio_id, id),
    constraint family_discounts_term_fkey
    foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete restrict,
    constraint family_discounts_version_key unique (studio_id, term_id, version),
    constraint family_discounts_min_students_range check (min_students >= 2),
    constraint family_discounts_amount_positive check (amount_minor > 0),
    constraint family_discounts_version_positive check (version > 0),
    constraint family_discounts_validity_order check (superseded_at > valid_from)
);
create unique index family_discounts_live_key
on pricing.family_discounts (studio_id, term_id) where superseded_at is null;
alter table pricing.family_discounts owner to pricing;
alter table pricing.family_discounts enable row level security;
alter table pricing.family_discounts force row level security;
comment on table pricing.family_discounts is
$$What a family saves once a term when enough of its students are enrolled or in the cart.

A change supersedes the row and adds the next version.$$;
comment on column pricing.family_discounts.amount_minor is
'minor units taken off, a positive number';

create table pricing.payment_plans (
    studio_id integer not null,
    id bigint generated always as identity,
    term_id bigint not null,
    code text not null,
    label text not null,
    installments smallint not null,
    auto_pay boolean not null,
    fee_per_installment_minor bigint not null default 0,
    accepts_checkout boolean not null,
    version integer not null default 1,
    valid_from timestamptz not null default now(),
    superseded_at timestamptz,
    constraint payment_plans_pkey primary key (studio_id, id),
    constraint payment_plans_term_fkey
    foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete restrict,
    constraint payment_plans_version_key unique (studio_id, term_id, code, version),
    constraint payment_plans_code_form check (code ~ '^[a-z][a-z0-9_]*$'),
    constraint payment_plans_label_given check (btrim(label) <> ''),
    constraint payment_plans_installments_range check (installments between 1 and 12),
    constraint payment_plans_auto_pay_parts check (auto_pay = (installments > 1)),
    constraint payment_plans_fee_not_negative check (fee_per_installment_minor >= 0),
    constraint payment_plans_version_positive check (version > 0),
    constraint payment_plans_validity_order check (superseded_at > valid_from)
);
create unique index payment_plans_live_key
on pricing.payment_plans (studio_id, term_id, code) where superseded_at is null;
alter table pricing.payment_plans owner to pricing;
alter table pricing.payment_plans enable row level security;
alter table pricing.payment_plans force row level security;
comment on table pricing.payment_plans is
$$How a total may be paid in a term: at once, or in monthly parts charged to a stored card.

Equal parts, the first today, then on the same day of each month (or its last); the last part
takes the rest. A change supersedes the row and adds the next version.$$;
comment on column pricing.payment_plans.fee_per_installment_minor is
'minor units added to the total for each part';
comment on column pricing.payment_plans.accepts_checkout is
'false: the plan is quoted but can''t be taken yet';

create table pricing.overrides (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    student_id bigint not null,
    section_id bigint not null,
    amount_minor bigint not null,
    reason text not null,
    set_by bigint not null,
    valid_from timestamptz not null default now(),
    superseded_at timestamptz,
    constraint overrides_pkey primary key (studio_id, id),
    constraint overrides_student_fkey
    foreign key (studio_id, family_id, student_id)
    references identity.students (studio_id, family_id, id) on delete restrict,
    constraint overrides_section_fkey
    foreign key (studio_id, section_id) references catalog.sections (studio_id, id)
    on delete restrict,
    constraint overrides_set_by_fkey
    foreign key (set_by) references identity.accounts (id) on delete restrict,
    constraint overrides_amount_range check (amount_minor between 0 and 99999999999),
    constraint overrides_reason_given check (btrim(reason) <> ''),
    constraint overrides_validity_order check (superseded_at > valid_from)
);
create unique index overrides_live_key
on pricing.overrides (studio_id, student_id, section_id) where superseded_at is null;
create index overrides_student_idx on pricing.overrides (studio_id, family_id, student_id);
create index overrides_section_idx on pricing.overrides (studio_id, section_id);
create index overrides_set_by_idx on pricing.overrides (set_by);
alter table pricing.overrides owner to pricing;
alter table pricing.overrides enable row level security;
alter table pricing.overrides force row level security;
comment on table pricing.overrides is
$$A tuition that staff set for one student in one section: who, when, why.

It wins over every price mode and leaves the fees as they are. Setting another supersedes the
row.$$;
comment on column pricing.overrides.amount_minor is
'minor units of tuition for the section, 0 allowed';

create type pricing.basket_item as (
    cart_id bigint,
    family_id bigint,
    term_id bigint,
    student_id bigint,
    section_id bigint,
    class_id bigint,
    price_mode text,
    division_id bigint,
    program_id bigint,
    weekdays smallint [],
    starts_on date,
    ends_on date,
    enrolled boolean
);
alter type pricing.basket_item owner to pricing;
comment on type pricing.basket_item is
$$One student in one section, as pricing sees it: the facts a price is made of, and no rule.

enrolled: confirmed before, so counted but not charged. weekdays: ISO, one entry a weekly
meeting.$$;

create type pricing.line as (
    cart_id bigint,
    student_id bigint,
    kind text,
    code text,
    section_id bigint,
    basis jsonb,
    amount_minor bigint,
    rule_table text,
    rule_id bigint,
    rule_version integer
);
alter type pricing.line owner to pricing;
comment on type pricing.line is
$$One line of a price: for whom, what, from which inputs, how much, by which rule's version.

student_id null: a line of the whole family. amount_minor: minor units, negative where it is taken
off.$$;
