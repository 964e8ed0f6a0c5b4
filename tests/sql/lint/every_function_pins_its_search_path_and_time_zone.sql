begin;
set local search_path = tap, public;
\ir catalog.psql
select plan(6);

create view tests.functions_with_open_settings as
select f.oid, f.entity, f.is_definer, f.is_plpgsql
from tests.own_functions as f
where
    not coalesce(f.config, '{}') @> array['search_path=""']
    or not coalesce(f.config, '{}') @> array['TimeZone=UTC'];

select set_eq(
    'select f.entity from tests.functions_with_open_settings as f',
    array[
        -- called for every row that row security judges: a SET clause would cost each call
        'auth.account_id',
        'auth.acting_role',
        'auth.family_id',
        'auth.studio_id',
        -- inlined into their callers
        'enrollment.conflicts',
        'enrollment.lapsed_carts',
        'enrollment.lapsed_offers',
        'enrollment.lapsed_registrations',
        'enrollment.picked_items',
        'payment.live_sales',
        -- pure, and called for each order by pricing.price_baskets, which pins
        'pricing.add_on_lines',
        'pricing.apart_minor',
        'pricing.are_sorted',
        'pricing.coupon_lines',
        'pricing.credit_lines',
        'pricing.discount_lines',
        'pricing.discount_recipients',
        'pricing.drop_in_lines',
        'pricing.due_left',
        'pricing.due_of_run',
        'pricing.family_discount_lines',
        'pricing.fee_lines',
        'pricing.installments',
        'pricing.items_left',
        'pricing.line_share',
        'pricing.override_lines',
        'pricing.plan_fee_lines',
        'pricing.priced_divisions',
        'pricing.program_lines',
        'pricing.prorated',
        'pricing.rate_lines',
        'pricing.rate_of_run',
        'pricing.round_minor',
        'pricing.sum_minor',
        'pricing.tier_lines',
        'pricing.units_left',
        'pricing.weekly_runs',
        -- called for each price, by functions of the domain that pin
        'pricing.basket_items',
        'pricing.coupon_facts',
        'pricing.rules_of',
        -- called for each item of a cart or of a checkout, by functions that pin
        'enrollment.have_free_dates',
        'enrollment.picked_minutes',
        -- in a CHECK: called for each quote, by whoever writes it, and pure
        'pricing.are_lines_of',
        'pricing.are_parts_of',
        -- called for each line, by pricing.line_labels, which pins
        'pricing.left_words',
        'pricing.line_label',
        -- called for each row that is recorded, by ops.audit and ops.audit_inserts, which pin
        'ops.changed_columns',
        -- commits
        'ops.run_job'
    ],
    'all functions pin search_path and timezone, but for those that can''t'
);
select is_empty(
    'select f.entity from tests.functions_with_open_settings as f where f.is_definer',
    'no definer function is among the exceptions'
);

select is_empty(
    $$
        select f.entity, r.role
        from tests.functions_with_open_settings as f
        cross join unnest(
            array['anon', 'customer', 'platform_admin', 'scheduler', 'thin_api']
        ) as r (role)
        where not f.is_plpgsql and has_function_privilege(r.role, f.oid, 'execute')
    $$,
    'what is inlined runs inside functions that pin, and is executed by nobody else'
);

-- Row security shows a definer function the family in scope; these see every family's rows.
create view tests.functions_across_families as
select f.entity
from tests.own_functions as f
where exists (select from unnest(f.config) as c (setting) where c.setting ~ '^callboard\.');

select set_eq(
    'table tests.functions_across_families',
    array[
        -- seats of every family count
        'enrollment.lapsed_seats',
        'enrollment.take_place',
        -- and need a place when there are to be fewer
        'api.set_capacity',
        'api.set_date_capacity',
        'enrollment.on_section_capacity_set',
        'enrollment.on_section_sale_ended',
        'enrollment.places_needed',
        -- and follow the meetings
        'api.add_meeting',
        'api.cancel_meeting',
        'api.cancel_section',
        'api.move_meeting',
        'enrollment.due_seats',
        'enrollment.enrollment_span',
        'enrollment.follow_dates',
        'enrollment.follow_meetings',
        'enrollment.follow_places',
        'enrollment.keep_claims_out',
        'enrollment.meeting_answer',
        'enrollment.meeting_clashes',
        'enrollment.seat_changes',
        'enrollment.seats_of',
        'messaging.on_meeting_changed',
        'messaging.on_section_cancelled',
        -- and may not be at hours of a tier that nobody chose
        'enrollment.on_tier_times_changed',
        -- a term is sold when anybody has enrolled
        'enrollment.is_sold',
        -- a class, too
        'enrollment.is_class_sold',
        -- what a term has sold, to whomever
        'enrollment.stopped_enrollments',
        -- signing in ends being in another family
        'identity.open_family',
        -- whoever finds a lapsed hold releases it, whichever family it was of
        'enrollment.free_seats',
        'enrollment.release_cart',
        'enrollment.release_lapsed',
        'enrollment.passed_on',
        'enrollment.end_due_enrollments',
        'enrollment.release_registration',
        'enrollment.stuck_registrations',
        -- a place that a family gave up goes to another one, and who waits is of every family
        'api.assign_place',
        'api.release_reservation',
        'api.reopen_place',
        'api.reserve_place',
        'enrollment.close_queues',
        'enrollment.end_offers',
        'enrollment.is_owed',
        'enrollment.keep_rest',
        'enrollment.waiting_groups',
        'enrollment.offer_places',
        'enrollment.offer_seats',
        'enrollment.on_approval_approved',
        'enrollment.pass_on',
        'enrollment.pass_on_places',
        'enrollment.place_in_queue',
        'enrollment.remind_offers',
        'enrollment.section_counts',
        'messaging.on_waitlist_moved',
        -- a ledger is of all families
        'api.close_month',
        'payment.batch_differences',
        'payment.match_batch',
        'payment.unmatched',
        'payment.post_fact',
        'payment.require_balanced',
        'payment.trial_balance',
        'payment.unposted_facts',
        -- uses of every family count towards a coupon's cap, and are given back by whoever lapsed
        'pricing.coupon_holders',
        'pricing.coupon_uses',
        'pricing.retake',
        'pricing.take_coupon'
    ],
    'only these functions clear the family in scope'
);

create function payment.half_pinned() returns void
language sql security definer set search_path = '' as '';
create function payment.pinned_elsewhere() returns void
language sql set search_path = 'public' set timezone = 'UTC' set callboard.studio_id = '1' as '';
select set_has(
    'select f.entity, f.is_definer from tests.functions_with_open_settings as f',
    $$values ('payment.half_pinned', true), ('payment.pinned_elsewhere', false)$$,
    'the rule sees a missing time zone and a search path that names a schema'
);
select set_has(
    'table tests.functions_across_families',
    $$values ('payment.pinned_elsewhere')$$,
    'the rule sees a function that sets a scope of its own'
);

select * from finish();
rollback;
