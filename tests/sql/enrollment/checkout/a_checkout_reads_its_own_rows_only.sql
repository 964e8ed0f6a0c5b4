-- Statistics are gathered while there is nothing; then a season's rush comes before they are
-- gathered again. What a checkout reads of it must not grow with it.
begin;
set local search_path = tap, public;
select plan(6);
set local plan_cache_mode = 'force_generic_plan';
select tests.section('Rush', '{1}', p_capacity => 50) as rush \gset
select tests.section('Rush too', '{2}', p_capacity => 50) as rush_too \gset
select tests.cart(tests.student(tests.family()), :rush, :rush_too) as cart_before \gset
select tests.cart(tests.student(tests.family()), :rush, :rush_too) as cart_since \gset
select tests.cart(tests.student(tests.family()), :rush, :rush_too) as cart_anew \gset
select tests.cart(tests.student(tests.family()), :rush, :rush_too) as cart_known \gset

-- Rows read of what grows with each checkout, by this transaction.
create function pg_temp.rows_read() returns bigint language sql as $$
    select sum(t.seq_tup_read + coalesce(t.idx_tup_fetch, 0))::bigint
    from pg_stat_xact_user_tables as t
    where
        t.schemaname = 'enrollment'
        and t.relname in (
            'checkout_keys', 'registrations', 'enrollments', 'seats', 'cart_items', 'places'
        )
$$;
create function pg_temp.read_by_checkout(p_cart_id bigint) returns bigint language plpgsql as $$
declare
    v_before constant bigint := pg_temp.rows_read();
begin
    perform tests.checkout(p_cart_id);
    return pg_temp.rows_read() - v_before;
end;
$$;

-- As in a database that is new.
set local client_min_messages = 'warning';
set local session_replication_role = 'replica';
truncate enrollment.registrations, enrollment.enrollments, enrollment.seats,
enrollment.checkout_keys cascade;
set local session_replication_role = 'origin';
analyze enrollment.checkout_keys, enrollment.registrations, enrollment.enrollments,
enrollment.seats, enrollment.cart_items, enrollment.places;
select cmp_ok(
    pg_temp.read_by_checkout(:cart_before), '<', 1000::bigint,
    'a checkout of two classes reads some rows, the places among them'
);
-- Two thousand families with all they hold: in the same studio, term and sections.
set local session_replication_role = 'replica';
insert into enrollment.registrations (
    studio_id, family_id, term_id, cart_id, quote_id, total_minor, hold_expires_at
)
select r.studio_id, -n.number, r.term_id, -n.number, r.quote_id, r.total_minor, r.hold_expires_at
from enrollment.registrations as r
cross join generate_series(1, 2000) as n (number)
where r.cart_id = :cart_before;
insert into enrollment.cart_items (
    studio_id, family_id, cart_id, student_id, section_id, price_mode
)
select i.studio_id, r.family_id, r.cart_id, r.family_id, i.section_id, i.price_mode
from enrollment.registrations as r
inner join enrollment.cart_items as i on i.cart_id = :cart_before
where r.family_id < 0;
insert into enrollment.enrollments (
    studio_id, family_id, registration_id, student_id, section_id, price_mode
)
select i.studio_id, r.family_id, r.id, i.student_id, i.section_id, i.price_mode
from enrollment.registrations as r
inner join enrollment.cart_items as i on r.cart_id = i.cart_id
where r.family_id < 0;
insert into enrollment.seats (
    studio_id, family_id, enrollment_id, student_id, section_id, dates, during, unshared
)
select
    e.studio_id, e.family_id, e.id, e.student_id, e.section_id, p.dates, p.during, p.during
from enrollment.enrollments as e
inner join catalog.section_spans as p on e.section_id = p.section_id
where e.family_id < 0;
insert into enrollment.checkout_keys (
    studio_id, family_id, idempotency_key, arguments_hash, registration_id
)
select r.studio_id, r.family_id, 'key of ' || r.id, '', r.id
from enrollment.registrations as r
where r.family_id < 0;
set local session_replication_role = 'origin';
select is(
    (select count(*) from enrollment.seats as s where s.family_id < 0), 4000::bigint,
    'then there are thousands'
);
select cmp_ok(
    pg_temp.read_by_checkout(:cart_since), '<', 1000::bigint,
    'planned before, a checkout reads no more than that'
);
discard plans;
select cmp_ok(
    pg_temp.read_by_checkout(:cart_anew), '<', 1000::bigint,
    'planned by statistics of before, neither'
);
analyze enrollment.checkout_keys, enrollment.registrations, enrollment.enrollments,
enrollment.seats, enrollment.cart_items;
select cmp_ok(
    pg_temp.read_by_checkout(:cart_known), '<', 1000::bigint,
    'planned by statistics as they should be, neither'
);

-- The measure sees a look-up that is not keyed.
select pg_temp.rows_read() as before \gset
select count(*) from enrollment.seats as s where s.studio_id > 0 \g /dev/null
select cmp_ok(
    pg_temp.rows_read() - :before, '>=', 4000::bigint, 'looking through all seats is noticed'
);

select * from finish();
rollback;
