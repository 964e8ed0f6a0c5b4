begin;
set local search_path = tap, public;
select plan(6);
select tests.worker() as staff, tests.family() as family \gset
select tests.student(:family, 'Ada') as ada, tests.student(:family, 'Ben') as ben,
tests.student(:family, 'Cleo') as cleo \gset
select tests.section('Asks', '{2}', p_capacity => 4) as section \gset
select s.class_id as class from catalog.sections as s where s.id = :section \gset
select tests.require(:section, '{"kind": "teacher_approval", "enforcement": "soft_warn"}') as rule \gset
create function pg_temp.ask(p_student bigint, p_section bigint) returns bigint language sql as $$
    select tests.as_family(
        u.family_id,
        format('api.request_approval(%s, %s, section_id => %s)', p_student, s.class_id, s.id)
    )::text::bigint
    from catalog.sections as s
    inner join identity.students as u on u.id = p_student
    where s.id = p_section
$$;
select pg_temp.ask(:ada, :section) as of_ada, pg_temp.ask(:ben, :section) as of_ben,
pg_temp.ask(:cleo, :section) as of_cleo \gset

-- Ada was only warned, and has it; for Ben it is kept; Cleo asks.
select tests.checkout_with(tests.cart(:ada, :section), '{approval_required}') \g /dev/null
select tests.as_staff(
    :staff, format('api.reserve_place(%s, ''asked'', %s)', :section, :ben)
) \g /dev/null
select tests.as_staff(:staff, format('api.decide_approval(%s, true)', a.id)) from (
    values (:of_ada), (:of_ben), (:of_cleo)
) as a (id) \g /dev/null
select is(
    (
        select array_agg(a.status) from enrollment.approvals as a
        where a.id in (:of_ada, :of_ben, :of_cleo)
    ),
    array['approved', 'approved', 'approved'], 'all three are approved'
);
select is(
    (
        select array_agg(w.student_id) from enrollment.waitlist_entries as w
        where w.section_id = :section
    ),
    array[:cleo]::bigint[], 'she who has no seat is offered one'
);
select is(
    (
        select array_agg(format('%s %s', s.student_id, s.status) order by s.student_id)
        from enrollment.seats as s where s.section_id = :section
    ),
    array[:ada || ' held', :ben || ' reserved', :cleo || ' offered'], 'each has one'
);
select is(
    (
        select count(*) from ops.domain_events as e
        where e.kind = 'waitlist.joined' and e.payload ->> 'section_id' = :'section'
    ), 1::bigint, 'nobody else is told that they wait'
);
select is_empty(
    format(
        'select from enrollment.waitlist_entries as w
        where w.section_id = %s and w.needs_staff is not null', :section
    ), 'and staff have nobody to see to'
);
select is(
    (
        select count(*) from enrollment.places as p
        where p.section_id = :section and isempty(p.taken)
    ), 1::bigint, 'the fourth place is free'
);
select * from finish();
rollback;
