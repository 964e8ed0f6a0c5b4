begin;
set local search_path = tap, public;
select plan(7);
select tests.run(
    'update studio.settings set waitlist_on_capacity = ''automatic'', waitlist_on_lapse = ''automatic'''
);
select tests.section('For twins', '{1}', p_capacity => 1) as section \gset
select tests.family() as family, tests.family() as others \gset
select tests.student(:family) as ada, tests.student(:family, 'Ben') as ben \gset
select tests.run(format('update catalog.sections set capacity = 2 where id = %s', :section));
select tests.held(tests.cart(tests.student(:others), :section)) as one \gset
select tests.wait(:section, array[:ada, :ben]) as entry \gset
select is(tests.entry_status(:entry), 'waiting', 'one place is not enough for two');
select tests.as_staff(
    tests.worker(), format('api.reserve_place(%s, ''one by one'', %s)', :section, :ada)
) \g /dev/null
select tests.run(format('update catalog.sections set capacity = 4 where id = %s', :section));
select is(tests.entry_status(:entry), 'offered', 'two more are offered to both');
select is(tests.accept(:entry) ->> 'status', 'pending_payment', 'both accept');
select is(
    (
        select array_agg(s.student_id order by s.student_id) from enrollment.seats as s
        where s.section_id = :section and s.student_id in (:ada, :ben) and s.enrollment_id is not null
    ),
    array[:ada, :ben]::bigint [], 'each has one seat'
);
select is(
    (
        select array_agg(s.student_id) from enrollment.seats as s
        where s.section_id = :section and s.status = 'reserved'
    ),
    array[:ada]::bigint [], 'what staff kept beside it is kept'
);
select s.id as seat from enrollment.seats as s
where s.section_id = :section and s.status = 'reserved' \gset
select tests.as_staff(tests.worker(), format('api.release_reservation(%s)', :seat)) \g /dev/null
select is(
    (select count(*) from enrollment.seats as s where s.section_id = :section), 3::bigint,
    'until they let go of it'
);
select is(
    (
        select count(*) from enrollment.places as p
        where p.section_id = :section and isempty(p.taken)
    ),
    1::bigint, 'and then it is free'
);
select * from finish();
rollback;
