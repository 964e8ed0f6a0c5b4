-- A section that is not held lets everybody go: enrolled, in a checkout, waiting, reserved.
begin;
set local search_path = tap, public;
select plan(29);
select tests.worker('staff') as desk \gset
select tests.section('Not held', '{1}', p_capacity => 6) as gone \gset
select tests.section('Held', '{2}', p_capacity => 5) as stays \gset
create function pg_temp.alone(variadic sections bigint[]) returns bigint language sql as $$
    select tests.total(tests.cart(tests.student(tests.family()), variadic sections))
$$;
select pg_temp.alone(:gone, :stays) as both, pg_temp.alone(:stays) as one,
pg_temp.alone(:gone) as lost \gset
select tests.family('One') as one_family \gset
select tests.student(:one_family) as first \gset
select tests.confirmed(tests.cart(:first, :gone, :stays)) \g /dev/null
select tests.family('Two') as two_family \gset
select tests.student(:two_family) as second \gset
select tests.confirmed(tests.cart(:second, :gone)) \g /dev/null
-- One in a checkout, one who pays at this moment.
select tests.family('Three') as three_family \gset
select tests.student(:three_family) as third \gset
select tests.held(tests.cart(:third, :gone, :stays)) as unpaid \gset
select tests.family('Four') as four_family \gset
select tests.student(:four_family) as fourth \gset
select tests.held(tests.cart(:fourth, :gone)) as paying \gset
select tests.payment(:paying) as payment \gset
-- One who leaves it in the second week anyway.
select tests.family('Five') as five_family \gset
select tests.student(:five_family) as fifth \gset
select tests.confirmed(tests.cart(:fifth, :gone)) \g /dev/null
select tests.as_staff(
    :desk,
    format(
        'api.cancel_enrollment(%s, ''moves'', %L, price_change_minor => 0)',
        (select e.id from enrollment.enrollments as e where e.student_id = :fifth),
        (tests.dates(:gone, 2))[2]
    )
) \g /dev/null
select tests.as_staff(:desk, format('api.reserve_place(%s, ''guest'')', :gone)) \g /dev/null
select tests.wait(:gone, array[tests.student(tests.family())]) as waiting \gset
select count(*) as seats from enrollment.seats \gset

select tests.as_staff(:desk, format('api.cancel_section(%s, ''too few'', preview => true)', :gone))
as preview \gset
select is((select count(*) from enrollment.seats), :seats::bigint, 'a preview frees no seat');
select is(
    (select s.status from catalog.sections as s where s.id = :gone), 'open', 'and cancels nothing'
);
select is(tests.entry_status(:waiting), 'waiting', 'who waits still waits');
select is((select count(*) from pricing.credits), 0::bigint, 'and nobody is given anything');
select tests.as_staff(:desk, format('api.cancel_section(%s, ''too few'')', :gone)) as done \gset
select is(
    :'done'::jsonb - 'preview', :'preview'::jsonb - 'preview', 'it says what is then done'
);
select is(
    :'done'::jsonb - '{students,section_id,meetings_cancelled}'::text[],
    jsonb_build_object(
        'title', 'Not held', 'waiting_ended', 1, 'pending', 2, 'preview', false,
        'price_change_minor', - (:both - :one) - :lost,
        'given_back_minor', (:both - :one) + :lost
    ), 'and what it gives back'
);
select is(
    (
        select array_agg(s.value ->> 'family' order by s.value ->> 'family')
        from jsonb_array_elements(:'done'::jsonb -> 'students') as s
    ), array['One', 'Two'], 'to whom'
);
select is(
    (
        select array_agg(c.amount_minor order by c.family_id) from pricing.credits as c
        where c.family_id in (:one_family, :two_family)
    ), array[:both - :one, :lost]::bigint[],
    'each family has its own'
);
select is(
    (
        select array_agg(format('%s %s', e.section_id = :gone, e.status) order by 1)
        from enrollment.enrollments as e where e.student_id = :first
    ), array['f confirmed', 't cancelled'], 'the other class goes on'
);
select is(
    (select count(*) from enrollment.seats as s where s.section_id = :gone), 0::bigint,
    'nobody has a seat in it'
);
select is(
    (
        select count(*) from enrollment.places as p
        where p.section_id = :gone and not isempty(p.taken)
    ), 0::bigint, 'no place is taken'
);
select is(tests.entry_status(:waiting), 'cancelled', 'nobody waits');
select is(
    (
        select array_agg(distinct m.status order by m.status) from catalog.meetings as m
        where m.section_id = :gone
    ), array['cancelled'], 'no lesson is held'
);
select is(
    (
        select jsonb_object_agg(m.family_id, m.template_code order by m.id)
        from messaging.messages as m
        where
            m.channel = 'email'
            and m.family_id in (
                :one_family, :two_family, :three_family, :four_family, :five_family
            )
            and m.template_code in ('enrollment_cancelled', 'section_cancelled')
    ),
    jsonb_build_object(
        :one_family, 'enrollment_cancelled', :two_family, 'enrollment_cancelled',
        :three_family, 'section_cancelled', :four_family, 'section_cancelled',
        :five_family, 'section_cancelled'
    ), 'everybody is told'
);
-- What is in a checkout can't be paid any more.
select is(
    tests.error_code(format('select tests.payment(%s)', :unpaid)), 'registration_changed',
    'an open checkout can''t be paid any more'
);
select tests.abandon(:unpaid);
select is(
    tests.checkout_error((select r.cart_id from enrollment.registrations as r where r.id = :unpaid))
    ->> 'code', 'section_not_open', 'the class has to be taken out'
);
select tests.as_family(:three_family, format('api.remove_cart_item(%s)', i.id))
from enrollment.cart_items as i
inner join enrollment.registrations as r on i.cart_id = r.cart_id
where r.id = :unpaid and i.section_id = :gone \g /dev/null
select isnt(
    tests.held((select r.cart_id from enrollment.registrations as r where r.id = :unpaid)), null,
    'then the rest is had'
);
-- Money that was on its way is the family's.
select tests.apply(:payment, tests.sale(:payment));
select is(tests.registration_status(:paying), 'confirmed', 'what is being paid is confirmed');
select is(
    (
        select format('%s %s %s', e.status, c.given_back_minor = r.total_minor, c.credit_id is null)
        from enrollment.enrollments as e
        inner join enrollment.registrations as r on e.registration_id = r.id
        inner join enrollment.changes as c on e.id = c.enrollment_id
        where r.id = :paying
    ), 'cancelled t f', 'and given back as a credit'
);
select is(
    tests.value(format('payment.balance_due_minor(%s)', :four_family)), '0'::jsonb, 'nothing is due'
);
select is(
    (
        select array_agg(e.student_id) from enrollment.enrollments as e
        where e.section_id = :gone and e.status in ('pending', 'confirmed')
    ), array[:fifth]::bigint[], 'nobody is left in it but who ends it on her day'
);

-- The money may stay where it is, to be refunded.
select tests.section('Not held either', '{3}') as other \gset
select tests.confirmed(tests.cart(:second, :other)) \g /dev/null
select is(
    tests.as_staff(:desk, format('api.cancel_section(%s, ''x'', as_credit => false)', :other))
    - '{students,title,section_id,meetings_cancelled,price_change_minor}'::text[],
    '{"waiting_ended": 0, "pending": 0, "given_back_minor": 0, "preview": false}',
    'without a credit'
);
-- Bad input.
select is(
    tests.error_code(
        format(
            'select tests.as_staff(%s, %L)', :desk,
            format('api.cancel_section(%s, %L)', t.section, t.reason)
        )
    ), t.code, t.code
)
from (
    values (:gone, 'x', 'section_cancelled'), (:stays, ' ', 'reason_required'),
    (0, 'x', 'section_not_found')
) as t (section, reason, code);
select is(
    tests.error_code(
        format(
            'select tests.put(%s, %s, %s, ''null'')', tests.open_cart(:third), :third, :gone
        )
    ), 'section_not_open', 'nobody can pick it'
);

select is(
    tests.error_code(
        format(
            'select tests.as_staff(%s, %L)', :desk,
            format('api.add_meeting(%s, %L, ''10:00'', ''11:00'')', :gone, h.held_on)
        )
    ), 'section_cancelled', 'no lesson is added ' || h.what
)
from (
    values ((tests.dates(:stays))[1], 'instead'),
    ((select min(m.held_on) from catalog.meetings as m where m.section_id = :gone), 'at its time')
) as h (held_on, what);

-- A single lesson with a credit for all who would have come.
select tests.section('One lesson less', '{4}') as less \gset
select tests.confirmed(tests.cart(:first, :less)) \g /dev/null
select tests.confirmed(tests.cart(:second, :less)) \g /dev/null
select is(
    (
        select jsonb_build_array(a.answer -> 'credits', a.answer -> 'given_back_minor')
        from (
            select
                tests.as_staff(
                    :desk,
                    format('api.cancel_meeting(%s, ''ill'', credit_minor => 1500)', m.id)
                ) as answer
            from catalog.meetings as m
            where m.section_id = :less
            order by m.held_on
            limit 1
        ) as a
    ), '[2, 3000]', 'a lesson that is not held may be credited to all'
);
select * from finish();
rollback;
