-- Discounts with their conditions, coupons with their uses, and how often a code may be guessed.
-- depends: 0010.price-lists
-- squawk-ignore-file ban-drop-constraint, constraint-missing-not-valid
set local lock_timeout = '3s';
set local statement_timeout = '60s';

alter type pricing.basket_order add attribute coupon_uses jsonb;

alter table pricing.fee_rules add column discountable boolean not null default true;
comment on column pricing.fee_rules.discountable is
'false: no discount takes anything off it, as for a registration fee';
-- There was no discount, so no price that was told changes.
update pricing.fee_rules as f
set discountable = false
where f.code = 'registration';

alter table studio.settings add column coupon_attempts integer;
alter table studio.settings add column coupon_window_minutes integer;
comment on column studio.settings.coupon_attempts is
'coupon codes that don''t exist which a family may enter within coupon_window_minutes';
update studio.settings as s
set coupon_attempts = 10, coupon_window_minutes = 15
where s.term_id is null;
-- A handful of rows, which satisfy all of these.
alter table studio.settings drop constraint settings_studio_complete;
alter table studio.settings drop constraint settings_term_may_override;
alter table studio.settings
add constraint settings_studio_complete check (
    term_id is not null
    or num_nulls(
        hold_minutes, payment_minutes, final_answer_seconds, rate_step_basis, token_minutes,
        sign_in_attempts, sign_in_window_minutes, password_min_length, password_hash_cost,
        call_attempts, call_lease_seconds, call_courier_delay_seconds, message_attempts,
        message_lease_seconds, coupon_attempts, coupon_window_minutes
    ) = 0
),
add constraint settings_term_may_override check (
    term_id is null
    or num_nonnulls(
        token_minutes, sign_in_attempts, sign_in_window_minutes, password_min_length,
        password_hash_cost, call_attempts, call_lease_seconds,
        call_courier_delay_seconds, message_attempts, message_lease_seconds,
        coupon_attempts, coupon_window_minutes
    ) = 0
),
add constraint settings_coupon_attempts_range check (coupon_attempts between 1 and 100),
add constraint settings_coupon_window_range check (coupon_window_minutes between 1 and 1440);

create table pricing.discounts (
    studio_id integer not null,
    id bigint generated always as identity,
    term_id bigint not null,
    code text not null,
    label text not null,
    category text not null,
    threshold smallint,
    recipients text,
    kind text not null,
    percent_bp integer,
    amount_minor bigint,
    reduces_tuition boolean not null default true,
    reduces_fees boolean not null default true,
    reduces_programs boolean not null default false,
    available_from timestamptz,
    available_until timestamptz,
    position smallint not null,
    version integer not null default 1,
    valid_from timestamptz not null default now(),
    superseded_at timestamptz,
    constraint discounts_pkey primary key (studio_id, id),
    constraint discounts_term_fkey
    foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete restrict,
    constraint discounts_version_key unique (studio_id, term_id, code, version),
    constraint discounts_code_form check (code ~ '^[a-z][a-z0-9_]*$'),
    constraint discounts_label_given check (btrim(label) <> ''),
    constraint discounts_category_known
    check (category in ('students_in_family', 'weekly_classes', 'unconditional')),
    constraint discounts_threshold_positive check (threshold > 0),
    constraint discounts_recipients_known
    check (recipients in ('reaching', 'reaching_and_later')),
    constraint discounts_condition_complete check (
        case category
            when 'unconditional' then num_nonnulls(threshold, recipients) = 0
            else num_nulls(threshold, recipients) = 0
        end
    ),
    constraint discounts_kind_complete check (
        case kind
            when 'percent' then percent_bp is not null and amount_minor is null
            when 'flat' then amount_minor is not null and percent_bp is null
            else false
        end
    ),
    constraint discounts_percent_range check (percent_bp between 1 and 10000),
    constraint discounts_amount_range check (amount_minor between 1 and 99999999999),
    constraint discounts_reduces_something
    check (reduces_tuition or reduces_fees or reduces_programs),
    constraint discounts_window_order check (available_until > available_from),
    constraint discounts_version_positive check (version > 0),
    constraint discounts_one_at_a_time
    exclude using gist (
        studio_id with =,
        term_id with =,
        code with =,
        tstzrange(valid_from, superseded_at) with &&
    ),
    constraint discounts_validity_order check (superseded_at > valid_from)
);
create unique index discounts_live_key
on pricing.discounts (studio_id, term_id, code) where superseded_at is null;
alter table pricing.discounts owner to pricing;
alter table pricing.discounts enable row level security;
alter table pricing.discounts force row level security;
comment on table pricing.discounts is
$$What a student saves in a term: on what condition, how much, off which lines, and when.

Percentages are taken before amounts, each by position and code. Where it has rows in
pricing.discount_sections it looks at these sections alone: it counts and reduces nothing else.
A change supersedes the row and adds the next version.$$;
comment on column pricing.discounts.category is
$$what is counted, confirmed and in the cart: students of the family, or weekly classes of a student
as for the rate step; unconditional: nothing$$;
comment on column pricing.discounts.threshold is 'how many of what is counted it takes';
comment on column pricing.discounts.recipients is
$$reaching: only the student, or the order of a student, that reaches the threshold;
reaching_and_later: those that come after it, too$$;
comment on column pricing.discounts.percent_bp is
'basis points of what is left of the lines it may reduce';
comment on column pricing.discounts.amount_minor is
'minor units taken off each student it is given to, a positive number';
comment on column pricing.discounts.reduces_tuition is
'lines by rate table, tier and date, and prices set by staff';
comment on column pricing.discounts.reduces_fees is
'fees of the student, but for those whose rule says that they are not discountable';
comment on column pricing.discounts.reduces_programs is
'set prices of programs, and prices set by staff in their stead';
comment on column pricing.discounts.available_from is
'from when it is given; null: from the beginning';
comment on column pricing.discounts.available_until is
'until when it is given, exclusive; null: without end';

create table pricing.discount_sections (
    studio_id integer not null,
    discount_id bigint not null,
    section_id bigint not null,
    constraint discount_sections_pkey primary key (studio_id, discount_id, section_id),
    constraint discount_sections_discount_fkey
    foreign key (studio_id, discount_id) references pricing.discounts (studio_id, id)
    on delete restrict,
    constraint discount_sections_section_fkey
    foreign key (studio_id, section_id) references catalog.sections (studio_id, id)
    on delete restrict
);
create index discount_sections_section_idx on pricing.discount_sections (studio_id, section_id);
alter table pricing.discount_sections owner to pricing;
alter table pricing.discount_sections enable row level security;
alter table pricing.discount_sections force row level security;
comment on table pricing.discount_sections is
$$The sections that a version of a discount is limited to; one without any row is for all.

Append-only: another choice of sections is another version.$$;

create table pricing.coupons (
    studio_id integer not null,
    id bigint generated always as identity,
    term_id bigint not null,
    key text not null,
    name text not null,
    code text,
    kind text not null,
    percent_bp integer,
    amount_minor bigint,
    available_from timestamptz,
    available_until timestamptz,
    max_uses integer,
    max_uses_per_family integer default 1,
    stackable boolean not null default true,
    applies_to text[] not null default '{tuition,registration,recital}',
    most_expensive_only boolean not null default false,
    active boolean not null default true,
    version integer not null default 1,
    valid_from timestamptz not null default now(),
    superseded_at timestamptz,
    constraint coupons_pkey primary key (studio_id, id),
    constraint coupons_term_fkey
    foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete restrict,
    constraint coupons_version_key unique (studio_id, term_id, key, version),
    constraint coupons_key_form check (key ~ '^[a-z][a-z0-9_]*$'),
    constraint coupons_name_given check (btrim(name) <> ''),
    constraint coupons_code_form
    check (code = upper(btrim(code)) and length(code) between 3 and 40),
    constraint coupons_kind_complete check (
        case kind
            when 'percent' then percent_bp is not null and amount_minor is null
            when 'flat' then amount_minor is not null and percent_bp is null
            else false
        end
    ),
    constraint coupons_percent_range check (percent_bp between 1 and 10000),
    constraint coupons_amount_range check (amount_minor between 1 and 99999999999),
    constraint coupons_window_order check (available_until > available_from),
    constraint coupons_max_uses_positive check (max_uses > 0),
    constraint coupons_max_uses_per_family_positive check (max_uses_per_family > 0),
    constraint coupons_applies_to_known check (
        applies_to <@ array['tuition', 'registration', 'recital'] and cardinality(applies_to) > 0
    ),
    constraint coupons_version_positive check (version > 0),
    constraint coupons_one_at_a_time
    exclude using gist (
        studio_id with =,
        term_id with =,
        key with =,
        tstzrange(valid_from, superseded_at) with &&
    ),
    constraint coupons_validity_order check (superseded_at > valid_from)
);
create unique index coupons_live_key
on pricing.coupons (studio_id, term_id, key) where superseded_at is null;
create unique index coupons_code_key
on pricing.coupons (studio_id, code) where superseded_at is null;
alter table pricing.coupons owner to pricing;
alter table pricing.coupons enable row level security;
alter table pricing.coupons force row level security;
comment on table pricing.coupons is
$$What an order of a term saves by a code that the family enters, or by itself within its dates.

One coupon applies to an order, last of all. Where it has rows in pricing.coupon_sections it reduces
these sections alone. Never listed to families. A change supersedes the row and adds the next
version; uses are counted over all versions of a key.$$;
comment on column pricing.coupons.key is
'what stays the same over all versions; families never see it';
comment on column pricing.coupons.code is
'what families enter, in any case and with blanks around it; null: applied by itself';
comment on column pricing.coupons.percent_bp is
'basis points of the lines it applies to, less their discounts';
comment on column pricing.coupons.amount_minor is
'minor units, cut at the lines it applies to, less their discounts; a positive number';
comment on column pricing.coupons.available_from is
'from when it may be used; null: from the beginning';
comment on column pricing.coupons.available_until is
'until when it may be used, exclusive; null: without end';
comment on column pricing.coupons.max_uses is 'orders in all; null: any number';
comment on column pricing.coupons.max_uses_per_family is 'orders of one family; null: any number';
comment on column pricing.coupons.stackable is
'false: not beside a discount, though beside the family discount';
comment on column pricing.coupons.applies_to is
$$tuition: by whatever price mode, programs included; registration: the fee of that code; recital:
every other fee (costume, video); add-ons are outside$$;
comment on column pricing.coupons.most_expensive_only is
'only the line of those it applies to of which most is left';
comment on column pricing.coupons.active is 'false: refused for the time being';

create table pricing.coupon_sections (
    studio_id integer not null,
    coupon_id bigint not null,
    section_id bigint not null,
    constraint coupon_sections_pkey primary key (studio_id, coupon_id, section_id),
    constraint coupon_sections_coupon_fkey
    foreign key (studio_id, coupon_id) references pricing.coupons (studio_id, id)
    on delete restrict,
    constraint coupon_sections_section_fkey
    foreign key (studio_id, section_id) references catalog.sections (studio_id, id)
    on delete restrict
);
create index coupon_sections_section_idx on pricing.coupon_sections (studio_id, section_id);
alter table pricing.coupon_sections owner to pricing;
alter table pricing.coupon_sections enable row level security;
alter table pricing.coupon_sections force row level security;
comment on table pricing.coupon_sections is
$$The sections that a version of a coupon is limited to; one without any row is for all.

Append-only: another choice of sections is another version.$$;

create table pricing.coupon_attempts (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    attempted_at timestamptz not null default now(),
    constraint coupon_attempts_pkey primary key (studio_id, id),
    constraint coupon_attempts_family_fkey
    foreign key (studio_id, family_id) references identity.families (studio_id, id)
    on delete restrict
);
create index coupon_attempts_family_idx
on pricing.coupon_attempts (studio_id, family_id, attempted_at);
alter table pricing.coupon_attempts owner to pricing;
alter table pricing.coupon_attempts enable row level security;
alter table pricing.coupon_attempts force row level security;
comment on table pricing.coupon_attempts is
'Coupon codes that a family entered and that don''t exist, counted so that nobody guesses them.';

create table pricing.coupon_redemptions (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    coupon_id bigint not null,
    registration_id bigint not null,
    amount_minor bigint not null,
    status text not null default 'held',
    created_at timestamptz not null default now(),
    constraint coupon_redemptions_pkey primary key (studio_id, id),
    constraint coupon_redemptions_coupon_fkey
    foreign key (studio_id, coupon_id) references pricing.coupons (studio_id, id)
    on delete restrict,
    constraint coupon_redemptions_registration_fkey
    foreign key (studio_id, family_id, registration_id)
    references enrollment.registrations (studio_id, family_id, id) on delete restrict,
    constraint coupon_redemptions_registration_key unique (studio_id, family_id, registration_id),
    constraint coupon_redemptions_amount_positive check (amount_minor > 0),
    constraint coupon_redemptions_status_known check (status in ('held', 'used', 'returned'))
);
create index coupon_redemptions_coupon_idx on pricing.coupon_redemptions (studio_id, coupon_id);
alter table pricing.coupon_redemptions owner to pricing;
alter table pricing.coupon_redemptions enable row level security;
alter table pricing.coupon_redemptions force row level security;
comment on table pricing.coupon_redemptions is
$$The uses of coupons, one a registration at most; those held and used count towards the caps.

held with the seats at checkout, used at confirmation, returned when the hold ends.$$;
comment on column pricing.coupon_redemptions.amount_minor is 'minor units saved, a positive number';
comment on column pricing.coupon_redemptions.coupon_id is
'the version of the coupon that was live at checkout';

insert into ops.status_transitions (entity, from_status, to_status) values
('pricing.coupon_redemptions', 'held', 'used'),
('pricing.coupon_redemptions', 'held', 'returned'),
('pricing.coupon_redemptions', 'used', 'returned');
