-- A request names the weekdays it is for, as a cart does; the place that is kept is for them alone.
begin;
set local search_path = tap, public;
select plan(16);
select tests.worker() as staff, tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.section('Asks', '{2,4}', p_capacity => 1) as section \gset
select s.class_id as class from catalog.sections as s where s.id = :section \gset
select tests.require(:section, '{"kind": "teacher_approval"}') as rule \gset
select tests.run(
    format('update catalog.sections set sold_by_weekday = true where id = %s', :section)
) \g /dev/null
select is(
    tests.family_error_code(
        :family,
        format('api.request_approval(%s, %s, section_id => %s, %s)', :student, :class, :section, r.wish)
    ),
    r.code, r.wish
)
from (
    values
    ('weekdays => ''{}''', 'weekdays_invalid'),
    ('weekdays => ''{2,2}''', 'weekdays_invalid'),
    ('weekdays => ''{2,null}''', 'weekdays_invalid'),
    ('weekdays => ''{3}''', 'weekday_unknown'),
    (
        format('weekdays => ''{2}'', dates => ''{%s}''', (tests.dates(:section))[1]),
        'dates_not_offered'
    )
) as r (wish, code);
select is(
    (select count(*) from enrollment.approvals as a where a.family_id = :family), 0::bigint,
    'nothing is written'
);
select tests.as_family(
    :family,
    format(
        'api.request_approval(%s, %s, section_id => %s, weekdays => ''{4,2}'')', :student, :class,
        :section
    )
) as approval \gset
select is(
    tests.as_family(
        :family, format('(select a.weekdays from api.approvals as a where a.id = %s)', :approval)
    ),
    '[2, 4]', 'the family reads them, in their order'
);
select is(
    tests.error(
        format('select tests.run(%L)', format('update enrollment.approvals set %s', c.change))
    ) ->> 'details',
    c.violated, c.change
)
from (
    values
    ('weekdays = ''{}''', 'approvals_weekdays_given'),
    ('weekdays = ''{2,null}''', 'approvals_weekdays_given'),
    ('dates = ''{2027-01-01}''', 'approvals_weekdays_given'),
    ('section_id = null', 'approvals_wish_of_section')
) as c (change, violated);
select tests.act_as_operator() \g /dev/null
select tests.as_family(:family, format('api.withdraw_approval(%s)', :approval)) \g /dev/null

-- Approved for Thursdays: they are kept, Tuesdays go on to be sold, and the checkout takes them.
select tests.as_family(
    :family,
    format(
        'api.request_approval(%s, %s, section_id => %s, weekdays => ''{4}'')', :student, :class,
        :section
    )
) as approval \gset
select tests.as_staff(:staff, format('api.decide_approval(%s, true)', :approval)) \g /dev/null
select w.id as entry, w.cart_id as cart from enrollment.waitlist_entries as w
where w.section_id = :section \gset
select is(
    (
        select array_agg(distinct extract(isodow from m.held_on)::integer)
        from enrollment.seats as s
        inner join catalog.meetings as m on s.section_id = m.section_id and s.dates @> m.held_on
        where s.waitlist_entry_id = :entry and s.status = 'offered'
    ),
    array[4], 'Thursdays are offered'
);
select tests.student(tests.family()) as other \gset
select tests.as_staff(
    :staff, format('api.record_approval(%s, %s, ''teacher_approval'')', :other, :class)
) \g /dev/null
select tests.open_cart(:other) as other_cart \gset
select tests.put(:other_cart, :other, :section, 'weekdays => ''{2}''') \g /dev/null
select isnt(tests.held(:other_cart), null, 'somebody else has the Tuesdays');
select tests.accept(:entry) ->> 'registration_id' as registration \gset
select is(
    (
        select e.weekdays from enrollment.enrollments as e
        where e.registration_id = :registration and e.student_id = :student
    ),
    '{4}'::smallint [], 'the offer is accepted for Thursdays'
);
select is(
    (
        select count(*) from enrollment.seats as s
        inner join enrollment.enrollments as e on s.enrollment_id = e.id
        where e.section_id = :section and s.status = 'held'
    ),
    2::bigint, 'two students, one place'
);
select is(
    (select count(*) from enrollment.places as p where p.section_id = :section), 1::bigint,
    'there is no other'
);
select * from finish();
rollback;
