-- What is picked is asked about in one place, in a cart or imagined; tiers and dates are lines that
-- staff can set a price for.
-- depends: 0015.weekly-runs
-- squawk-ignore-file ban-drop-constraint, constraint-missing-not-valid
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create type pricing.picked_item as (
    cart_id bigint,
    family_id bigint,
    term_id bigint,
    student_id bigint,
    section_id bigint,
    tier_id bigint,
    dates date [],
    add_on_codes text [],
    enrolled boolean
);
alter type pricing.picked_item owner to pricing;
comment on type pricing.picked_item is
$$One student in one section as it was picked, before the catalogue is asked about the section.

In a cart, confirmed before (enrolled), or imagined: then family_id is null and student_id is any
number.$$;

alter table pricing.line_overrides drop constraint line_overrides_kind_known;
alter table pricing.line_overrides
add constraint line_overrides_kind_known check (
    kind in ('tuition', 'program', 'tier', 'drop_in', 'fee', 'add_on', 'plan_fee')
);
