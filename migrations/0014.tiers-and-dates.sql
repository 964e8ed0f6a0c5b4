-- A tiered section is sold by tier, a drop-in section by date; what is picked has to fit the mode.
-- depends: 0013.plans-and-fees
-- squawk-ignore-file ban-drop-constraint, constraint-missing-not-valid
-- squawk-ignore-file adding-foreign-key-constraint, disallowed-unique-constraint
-- squawk-ignore-file adding-not-nullable-field, require-concurrent-index-creation
-- squawk-ignore-file require-concurrent-index-deletion
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table catalog.section_tiers (
    studio_id integer not null,
    id bigint generated always as identity,
    section_id bigint not null,
    code text not null,
    name text not null,
    starts_at time not null,
    ends_at time not null,
    position smallint not null,
    is_offered boolean not null default true,
    constraint section_tiers_pkey primary key (studio_id, id),
    constraint section_tiers_section_fkey
    foreign key (studio_id, section_id) references catalog.sections (studio_id, id)
    on delete restrict,
    constraint section_tiers_section_code_key unique (studio_id, section_id, code),
    constraint section_tiers_section_key unique (studio_id, section_id, id),
    constraint section_tiers_code_form check (code ~ '^[a-z][a-z0-9_]*$'),
    constraint section_tiers_name_given check (btrim(name) <> ''),
    constraint section_tiers_order check (starts_at < ends_at)
);
alter table catalog.section_tiers owner to catalog;
alter table catalog.section_tiers enable row level security;
alter table catalog.section_tiers force row level security;
comment on table catalog.section_tiers is
$$A named variant of a tiered section ("Half day"), with the hours a student is there on its dates.

Its price is a rule, in pricing.tier_prices. It has a seat like any other student, whatever the
tier. A code stays what it is: quotes name it.$$;
comment on column catalog.section_tiers.starts_at is 'local time of the studio, as ends_at';
comment on column catalog.section_tiers.is_offered is
'false: withdrawn; it goes on for those enrolled';

-- The mode goes down from the class to what is picked. Functions of the version before don't fill
-- it, and are replaced right after this.
alter table catalog.classes
add constraint classes_mode_key unique (studio_id, term_id, id, price_mode);

alter table catalog.sections add column price_mode text;
update catalog.sections as s
set price_mode = k.price_mode
from catalog.classes as k
where s.studio_id = k.studio_id and s.class_id = k.id;
alter table catalog.sections alter column price_mode set not null;
alter table catalog.sections drop constraint sections_class_fkey;
drop index catalog.sections_class_idx;
create index sections_class_idx on catalog.sections (studio_id, term_id, class_id, price_mode);
alter table catalog.sections
add constraint sections_class_fkey
foreign key (studio_id, term_id, class_id, price_mode)
references catalog.classes (studio_id, term_id, id, price_mode)
on update cascade on delete restrict,
add constraint sections_mode_key unique (studio_id, id, price_mode);
comment on column catalog.sections.price_mode is
'that of its class, kept beside it so that what is picked of the section has to fit it';

alter table enrollment.cart_items
add column price_mode text, add column tier_id bigint, add column dates date[];
alter table enrollment.enrollments
add column price_mode text, add column tier_id bigint, add column dates date[];
update enrollment.cart_items as i
set price_mode = s.price_mode
from catalog.sections as s
where i.studio_id = s.studio_id and i.section_id = s.id;
update enrollment.enrollments as e
set price_mode = s.price_mode
from catalog.sections as s
where e.studio_id = s.studio_id and e.section_id = s.id;
alter table enrollment.cart_items alter column price_mode set not null;
alter table enrollment.enrollments alter column price_mode set not null;

-- Until now such a section was taken as a whole, at a price that staff had set: by a tier of all
-- its hours, which is not offered to anybody else, or by all its dates.
insert into catalog.section_tiers (
    studio_id, section_id, code, name, starts_at, ends_at, position, is_offered
)
select
    s.studio_id,
    s.id,
    'whole' as code,
    'As scheduled' as name,
    coalesce(t.starts_at, '00:00') as starts_at,
    coalesce(t.ends_at, '24:00') as ends_at,
    1 as position,
    false as is_offered
from catalog.sections as s
cross join
    lateral (
        select
            min(st.starts_at) as starts_at,
            max(st.ends_at) as ends_at
        from catalog.section_times as st
        where st.studio_id = s.studio_id and st.section_id = s.id
    ) as t
where
    s.price_mode = 'tiered'
    and (
        exists (
            select
            from enrollment.cart_items as i
            where i.studio_id = s.studio_id and i.section_id = s.id
        )
        or exists (
            select
            from enrollment.enrollments as e
            where e.studio_id = s.studio_id and e.section_id = s.id
        )
    );
update enrollment.cart_items as i
set tier_id = t.id
from catalog.section_tiers as t
where i.studio_id = t.studio_id and i.section_id = t.section_id;
update enrollment.enrollments as e
set tier_id = t.id
from catalog.section_tiers as t
where e.studio_id = t.studio_id and e.section_id = t.section_id;
create temporary table days_of_sections on commit drop as
select
    s.studio_id,
    s.id as section_id,
    coalesce(
        array_agg(distinct m.held_on order by m.held_on) filter (where m.held_on is not null),
        array[s.starts_on]
    ) as dates
from catalog.sections as s
left join catalog.meetings as m
    on s.studio_id = m.studio_id and s.id = m.section_id and m.status = 'scheduled'
where s.price_mode = 'drop_in'
group by s.studio_id, s.id, s.starts_on;
update enrollment.cart_items as i
set dates = d.dates
from days_of_sections as d
where i.studio_id = d.studio_id and i.section_id = d.section_id;
update enrollment.enrollments as e
set dates = d.dates
from days_of_sections as d
where e.studio_id = d.studio_id and e.section_id = d.section_id;
-- Dates may have been cancelled since: a seat knows which ones were taken.
with days as (
    select
        s.studio_id,
        s.enrollment_id,
        array_agg(d.day::date order by d.day) as dates
    from enrollment.seats as s
    cross join lateral unnest(s.dates) as r (days)
    cross join
        lateral generate_series(
            lower(r.days)::timestamp, upper(r.days) - interval '1 day', interval '1 day'
        ) as d (day)
    group by s.studio_id, s.enrollment_id
)

update enrollment.enrollments as e
set dates = d.dates
from days as d
where e.price_mode = 'drop_in' and e.studio_id = d.studio_id and e.id = d.enrollment_id;

alter table enrollment.cart_items drop constraint cart_items_section_fkey;
drop index enrollment.cart_items_section_idx;
create index cart_items_section_idx on enrollment.cart_items (studio_id, section_id, price_mode);
create index cart_items_tier_idx on enrollment.cart_items (studio_id, section_id, tier_id);
alter table enrollment.cart_items
add constraint cart_items_section_fkey
foreign key (studio_id, section_id, price_mode)
references catalog.sections (studio_id, id, price_mode)
on update cascade on delete restrict,
add constraint cart_items_tier_fkey
foreign key (studio_id, section_id, tier_id)
references catalog.section_tiers (studio_id, section_id, id) on delete restrict,
add constraint cart_items_tier_by_mode
check ((price_mode = 'tiered') = (tier_id is not null)),
add constraint cart_items_dates_by_mode
check ((price_mode = 'drop_in') = (dates is not null)),
add constraint cart_items_dates_given
check (cardinality(dates) > 0 and array_position(dates, null) is null);
comment on table enrollment.cart_items is
$$One student for one section, in a cart, with the tier or the dates that were picked of it.

No seat is taken by it.$$;
comment on column enrollment.cart_items.price_mode is
'that of the section; it says whether a tier or dates are picked';
comment on column enrollment.cart_items.tier_id is 'the tier that was picked, in a tiered section';
comment on column enrollment.cart_items.dates is
'local days that were picked, in their order, in a section that is sold by date';

alter table enrollment.enrollments drop constraint enrollments_section_fkey;
drop index enrollment.enrollments_section_idx;
create index enrollments_section_idx on enrollment.enrollments (studio_id, section_id, price_mode);
create index enrollments_tier_idx on enrollment.enrollments (studio_id, section_id, tier_id);
alter table enrollment.enrollments
add constraint enrollments_section_fkey
foreign key (studio_id, section_id, price_mode)
references catalog.sections (studio_id, id, price_mode)
on update cascade on delete restrict,
add constraint enrollments_tier_fkey
foreign key (studio_id, section_id, tier_id)
references catalog.section_tiers (studio_id, section_id, id) on delete restrict,
add constraint enrollments_tier_by_mode
check ((price_mode = 'tiered') = (tier_id is not null)),
add constraint enrollments_dates_by_mode
check ((price_mode = 'drop_in') = (dates is not null)),
add constraint enrollments_dates_given
check (cardinality(dates) > 0 and array_position(dates, null) is null);
comment on table enrollment.enrollments is
$$One student in one section, by one registration.

It holds a row of enrollment.seats while it is live, one for each date where it is for dates. A
student has one live enrollment in a section, and any number for dates, each date once: that is for
the seats to refuse.$$;
comment on column enrollment.enrollments.price_mode is
'that of the section; it says whether a tier or dates are picked';
comment on column enrollment.enrollments.tier_id is 'the tier that was picked, in a tiered section';
comment on column enrollment.enrollments.dates is
'local days that were picked, in their order, in a section that is sold by date';

drop index enrollment.enrollments_live_key;
create unique index enrollments_live_key
on enrollment.enrollments (studio_id, student_id, section_id)
where status in ('pending', 'confirmed') and dates is null;
comment on table enrollment.seats is
$$A claim on a place: which student has it, on which days, at which minutes.

Two exclusion constraints are the promises: no place is taken twice on a date, no student is in two
places at once. An enrollment has one row; one for dates has a row for each of them, since they may
be on different places. A row lives as long as the claim; its history is in enrollments and domain
events.$$;

create table pricing.tier_prices (
    studio_id integer not null,
    id bigint generated always as identity,
    section_id bigint not null,
    tier_id bigint not null,
    amount_minor bigint not null,
    version integer not null default 1,
    valid_from timestamptz not null default now(),
    superseded_at timestamptz,
    constraint tier_prices_pkey primary key (studio_id, id),
    constraint tier_prices_tier_fkey
    foreign key (studio_id, section_id, tier_id)
    references catalog.section_tiers (studio_id, section_id, id) on delete restrict,
    constraint tier_prices_version_key
    unique (studio_id, section_id, tier_id, version),
    constraint tier_prices_amount_range check (amount_minor between 0 and 99999999999),
    constraint tier_prices_version_positive check (version > 0),
    constraint tier_prices_one_at_a_time
    exclude using gist (
        studio_id with =,
        section_id with =,
        tier_id with =,
        tstzrange(valid_from, superseded_at) with &&
    ),
    constraint tier_prices_validity_order check (superseded_at > valid_from)
);
create unique index tier_prices_live_key
on pricing.tier_prices (studio_id, section_id, tier_id) where superseded_at is null;
alter table pricing.tier_prices owner to pricing;
alter table pricing.tier_prices enable row level security;
alter table pricing.tier_prices force row level security;
comment on table pricing.tier_prices is
$$What a tier of a section costs a student, for all its dates together.

A change supersedes the row and adds the next version.$$;
comment on column pricing.tier_prices.amount_minor is 'minor units, once a student';

create table pricing.date_prices (
    studio_id integer not null,
    id bigint generated always as identity,
    section_id bigint not null,
    held_on date,
    amount_minor bigint not null,
    version integer not null default 1,
    valid_from timestamptz not null default now(),
    superseded_at timestamptz,
    constraint date_prices_pkey primary key (studio_id, id),
    constraint date_prices_section_fkey
    foreign key (studio_id, section_id) references catalog.sections (studio_id, id)
    on delete restrict,
    constraint date_prices_version_key
    unique nulls not distinct (studio_id, section_id, held_on, version),
    constraint date_prices_amount_range check (amount_minor between 0 and 99999999999),
    constraint date_prices_version_positive check (version > 0),
    constraint date_prices_one_at_a_time
    exclude using gist (
        studio_id with =,
        section_id with =,
        coalesce(held_on, '0001-01-01'::date) with =,
        tstzrange(valid_from, superseded_at) with &&
    ),
    constraint date_prices_validity_order check (superseded_at > valid_from)
);
create unique index date_prices_live_key
on pricing.date_prices (studio_id, section_id, held_on) nulls not distinct
where superseded_at is null;
alter table pricing.date_prices owner to pricing;
alter table pricing.date_prices enable row level security;
alter table pricing.date_prices force row level security;
comment on table pricing.date_prices is
$$What a date costs in a section that is sold by date: one price for all, and others for some.

A change supersedes the row and adds the next version.$$;
comment on column pricing.date_prices.held_on is
'local day of the studio; null: the price of every date that has none of its own';
comment on column pricing.date_prices.amount_minor is 'minor units, for one student and date';

alter table pricing.rule_sets drop constraint rule_sets_kind_known;
alter table pricing.rule_sets
add constraint rule_sets_kind_known check (
    kind in (
        'rates', 'programs', 'fees', 'family_discount', 'plans', 'discounts', 'coupons',
        'add_ons', 'tiers', 'class_prices', 'date_prices'
    )
);

comment on type pricing.basket_item is
$$One student in one section, as pricing sees it: the facts a price is made of, and no rule.

enrolled: confirmed before, so counted but not charged. weekdays: ISO, one entry a weekly meeting.
rate_step_basis: the setting of the term. exempt_fee_codes: fees that the class does not cause.
tier_id, dates, add_on_codes: what was chosen with it. meetings, meetings_left: dated ones of the
section, in all and not yet begun; days, days_left: of its time, in all and from the date of the
order on; all four where the term prorates anything. tuition_proration: the setting of the term.
auto_pay_offered: by the division.$$;

comment on type pricing.basket_order is
$$One order as pricing sees it beside its items: the facts of a cart and its family, and no rule.

awarded: the family has used its discount of the term. coupon_code: as it was entered, trimmed.
coupon_uses: array of {key, uses, family_uses}, of coupons with a cap that have been used.
adjustment_ids, line_override_ids: what staff have set for it. credit_minor: what the family has left
of its credits, null where it does not spend them.
ordered_on: local date of the studio. family_discount_later: the setting of the term.$$;
