-- Statistics are gathered while there are no seats; then a season's rush comes before they are
-- gathered again. What a hold that ends or is confirmed reads of it must not grow with it.
begin;
set local search_path = tap, public;
select plan(22);
set local plan_cache_mode = 'force_generic_plan';
select tests.section('Rush', '{1}', p_capacity => 50) as rush \gset
select tests.section('Rush by date', '{2}', p_mode => 'drop_in', p_capacity => 50) as dated \gset
select tests.date_price(:dated, 100) \g /dev/null

-- Rows read of what grows with each checkout, by this transaction.
create function pg_temp.rows_read() returns bigint language sql as $$
    select sum(t.seq_tup_read + coalesce(t.idx_tup_fetch, 0))::bigint
    from pg_stat_xact_user_tables as t
    where t.schemaname = 'enrollment' and t.relname in ('registrations', 'enrollments', 'seats')
$$;
create function pg_temp.read_for(p_role text, p_query text) returns bigint language plpgsql as $$
declare
    v_before constant bigint := pg_temp.rows_read();
begin
    if p_role = 'anon' then
        perform tests.act_as_anon();
    else
        perform tests.act_as_deploy();
    end if;
    execute p_query;
    perform tests.act_as_operator();
    return pg_temp.rows_read() - v_before;
end;
$$;
-- A hold that has lapsed in each of two sections is seen, seen by date, and released; another one
-- is confirmed.
create function pg_temp.few_are_read(p_when text, p_section bigint, p_dated bigint)
returns setof text language plpgsql as $$
declare
    v_read bigint;
    v_payment_id bigint;
    v_sale jsonb;
    v_registration_id bigint;
begin
    perform tests.lapse(tests.held(tests.cart(tests.student(tests.family()), p_section, p_dated)));
    return next cmp_ok(
        pg_temp.read_for(
            'anon', format('select s.seats_left from api.sections as s where s.id = %s', p_section)
        ),
        '<', 100::bigint, 'few are read to count free places, ' || p_when
    );
    return next cmp_ok(
        pg_temp.read_for(
            'anon',
            format(
                'select m.seats_left from api.meetings as m where m.section_id = %s limit 1',
                p_dated
            )
        ),
        '<', 100::bigint, 'or those of a date, ' || p_when
    );
    return next cmp_ok(
        pg_temp.read_for('deploy', 'select enrollment.expire_holds()'),
        '<', 100::bigint, 'to release a hold, ' || p_when
    );
    v_read := pg_temp.rows_read();
    v_registration_id := tests.held(
        tests.cart(tests.student(tests.family()), p_section, p_dated)
    );
    return next cmp_ok(
        pg_temp.rows_read() - v_read, '<', 200::bigint, 'from the cart to the hold, ' || p_when
    );
    v_payment_id := tests.payment(v_registration_id);
    v_sale := tests.sale(v_payment_id, 'trx-of-' || v_payment_id);
    v_read := pg_temp.rows_read();
    perform tests.apply(v_payment_id, v_sale);
    return next cmp_ok(
        pg_temp.rows_read() - v_read, '<', 200::bigint, 'to confirm it, ' || p_when
    );
end;
$$;

-- As in a database that is new.
set local client_min_messages = 'warning';
set local session_replication_role = 'replica';
truncate enrollment.registrations, enrollment.enrollments, enrollment.seats cascade;
set local session_replication_role = 'origin';
analyze enrollment.registrations, enrollment.enrollments, enrollment.seats;
select pg_temp.few_are_read('when there are few', :rush, :dated);
-- A thousand families with all they hold: in the same studio, term and sections.
set local session_replication_role = 'replica';
insert into enrollment.registrations (
    studio_id, family_id, term_id, cart_id, quote_id, total_minor, hold_expires_at
)
select r.studio_id, -n.number, r.term_id, -n.number, r.quote_id, r.total_minor, 'infinity'
from (select * from enrollment.registrations order by id limit 1) as r
cross join generate_series(1, 1000) as n (number);
insert into enrollment.enrollments (
    studio_id, family_id, registration_id, student_id, section_id, price_mode, dates
)
select r.studio_id, r.family_id, r.id, r.family_id, e.section_id, e.price_mode, e.dates
from enrollment.registrations as r
inner join enrollment.enrollments as e
    on e.registration_id = (select min(x.id) from enrollment.registrations as x)
where r.family_id < 0;
insert into enrollment.seats (
    studio_id, family_id, enrollment_id, student_id, section_id, dates, during, unshared
)
select
    e.studio_id, e.family_id, e.id, e.student_id, e.section_id, p.dates, p.during, p.during
from enrollment.enrollments as e
inner join catalog.section_spans as p on e.section_id = p.section_id
where e.family_id < 0;
set local session_replication_role = 'origin';
select is(
    (select count(*) from enrollment.seats as s where s.family_id < 0), 2000::bigint,
    'then there are thousands'
);
select pg_temp.few_are_read('planned before', :rush, :dated);
discard plans;
select pg_temp.few_are_read('planned by statistics of before', :rush, :dated);
analyze enrollment.registrations, enrollment.enrollments, enrollment.seats;
select pg_temp.few_are_read('planned by statistics as they should be', :rush, :dated);

-- The measure sees a look-up that is not keyed.
select cmp_ok(
    pg_temp.read_for(
        'deploy', 'select count(*) from enrollment.seats as s where s.studio_id > 0'
    ),
    '>=', 2000::bigint, 'looking through all seats is noticed'
);

select * from finish();
rollback;
