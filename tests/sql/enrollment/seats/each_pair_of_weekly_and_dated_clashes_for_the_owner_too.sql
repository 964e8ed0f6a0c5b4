-- Weekly and dated, first and second: each of the four pairs, by the cart's findings, and by the
-- constraint when the table's owner writes the second seat, whatever the functions would say.
begin;
set local search_path = tap, public;
select plan(24);
select tests.section('Pair W', '{1}', p_capacity => 30) as weekly \gset
select tests.section(
    'Pair W2', '{1}', p_starts_at => '10:30', p_ends_at => '11:30'
) as weekly_too \gset
select tests.section('Pair D', '{1}', p_mode => 'drop_in', p_capacity => 30) as dated \gset
select tests.section(
    'Pair D2', '{1}', p_mode => 'drop_in', p_starts_at => '10:30', p_ends_at => '11:30'
) as dated_too \gset
select tests.section('Pair T', '{1}', p_starts_at => '11:30', p_ends_at => '12:30') as touching
\gset
select tests.date_price(:dated, 100), tests.date_price(:dated_too, 100) \g /dev/null
create temporary table pairs (first bigint, second bigint, what text);
insert into pairs values
(:weekly, :weekly_too, 'weekly, then weekly'),
(:weekly, :dated_too, 'weekly, then dated'),
(:dated, :weekly_too, 'dated, then weekly'),
(:dated, :dated_too, 'dated, then dated');

create function pg_temp.checked(p_first bigint, p_second bigint) returns jsonb
language plpgsql as $$
declare
    v_family_id constant bigint := tests.family();
    v_student_id constant bigint := tests.student(v_family_id);
begin
    perform tests.confirmed(tests.cart(v_student_id, p_first));
    return tests.as_family(
        v_family_id, format('api.check_cart(%s)', tests.cart(v_student_id, p_second))
    );
end;
$$;
create temporary table checked as
select p.what, p.first, pg_temp.checked(p.first, p.second) as findings from pairs as p;
select is(
    (
        select jsonb_agg(f.value -> 'code' || (f.value -> 'details' -> 'other_section_id'))
        from jsonb_array_elements(c.findings) as f
    ),
    jsonb_build_array(jsonb_build_array('schedule_conflict', c.first)),
    c.what || ', by check_cart'
)
from checked as c;
select is(pg_temp.checked(:weekly_too, :touching), '[]', 'what touches is no clash');

-- The second seat as it would be written, with no place, by the owner of the table.
create function pg_temp.seated_by_owner(
    p_first bigint, p_second bigint, p_status text, p_has_triggers boolean default true
)
returns text language plpgsql as $$
declare
    v_student_id constant bigint := tests.student(tests.family());
    v_registration_id constant bigint := tests.held(tests.cart(v_student_id, p_first));
    v_error jsonb;
begin
    perform set_config(
        'session_replication_role', case when p_has_triggers then 'origin' else 'replica' end, true
    );
    perform tests.act_as_deploy();
    set local role enrollment;
    v_error := tests.error(
        format(
            $owner$
            with second as (
                insert into enrollment.enrollments (
                    studio_id, family_id, registration_id, student_id, section_id, price_mode,
                    dates
                )
                select
                    e.studio_id, e.family_id, e.registration_id, e.student_id, s.id, s.price_mode,
                    case s.price_mode when 'drop_in' then tests.dates(s.id) end
                from enrollment.enrollments as e
                inner join catalog.sections as s on e.studio_id = s.studio_id and s.id = %1$s
                where e.registration_id = %2$s
                returning *
            )
            insert into enrollment.seats (
                studio_id, family_id, enrollment_id, student_id, section_id, dates, during,
                status,
                unshared, reason
            )
            select
                e.studio_id, e.family_id, case when %3$L <> 'reserved' then e.id end,
                e.student_id, e.section_id,
                range_agg(daterange(m.held_on, m.held_on + 1)),
                range_agg(tstzrange(m.starts_at, m.ends_at)), %3$L,
                range_agg(tstzrange(m.starts_at, m.ends_at)),
                case when %3$L = 'reserved' then 'for a friend' end
            from second as e
            inner join catalog.meetings as m
                on
                    e.studio_id = m.studio_id
                    and e.section_id = m.section_id
                    and (e.dates is null or m.held_on = any(e.dates))
            group by e.studio_id, e.family_id, e.id, e.student_id, e.section_id
            $owner$,
            p_second, v_registration_id, p_status
        )
    );
    perform tests.act_as_operator();
    perform set_config('session_replication_role', 'origin', true);
    return coalesce(
        case v_error ->> 'code'
            when '23P01' then v_error ->> 'details' else v_error ->> 'code'
        end,
        'seated'
    );
end;
$$;
select is(
    pg_temp.seated_by_owner(p.first, p.second, s.status), 'schedule_conflict',
    format('%s, %s, by the trigger, which names the class', p.what, s.status)
)
from pairs as p cross join (values ('held'), ('confirmed')) as s (status);
select is(
    pg_temp.seated_by_owner(p.first, p.second, s.status, false), 'seats_student_in_one_place',
    format('%s, %s, by the constraint', p.what, s.status)
)
from pairs as p cross join (values ('held'), ('confirmed')) as s (status);
-- The same statement goes through where the times don't meet, so it is the clash that is refused.
select is(pg_temp.seated_by_owner(:weekly_too, :touching, 'held'), 'seated', 'weekly, touching');
select is(pg_temp.seated_by_owner(:dated_too, :touching, 'held'), 'seated', 'dated, touching');
-- What is merely reserved may clash: the student has not taken it.
select is(
    pg_temp.seated_by_owner(:weekly, :weekly_too, 'reserved'), 'seated', 'reserved beside held'
);
select * from finish();
rollback;
