begin;
set local search_path = tap, public;
select plan(35);
select tests.section('Wanted', '{1}', p_capacity => 1) as section \gset
select tests.section('Quiet', '{2}', p_capacity => 1) as quiet \gset
select tests.held(tests.cart(tests.student(tests.family()), :section)) as holder \gset
select tests.student(tests.family()) as first, tests.student(tests.family()) as second,
    tests.family() as third_family \gset
select tests.student(:third_family) as third \gset
select tests.wait(:section, array[:first]) as entry_1, tests.wait(:section, array[:second]) as entry_2
\gset
create function pg_temp.offered(p_section_id bigint) returns bigint language sql as $$
    select w.id from enrollment.waitlist_entries as w
    where w.section_id = p_section_id and w.status = 'offered'
$$;
create function pg_temp.story(p_section_id bigint) returns text language sql as $$
    select tests.as_staff(
        tests.worker(),
        format(
            '(select string_agg(e.kind, '' '' order by e.id) from api.waitlist_events as e
            where e.section_id = %s)', p_section_id
        )
    ) #>> '{}'
$$;
select is(
    (
        select array_agg(p.place_in_queue order by w.id)
        from enrollment.waitlist_entries as w
        cross join lateral (
            select tests.value(format('enrollment.place_in_queue(%s)', w.id))::integer
            as place_in_queue
        ) as p
        where w.section_id = :section
    ),
    array[1, 2], 'they stand in the order in which they came'
);
select is(
    (tests.as_family(:third_family, format(
        '(select s.seats_left from api.sections as s where s.id = %s)', :section
    )))::integer, 0, 'nothing is left'
);

-- The holder gives up: in the same transaction the first is offered the very place.
select s.place_number as place from enrollment.seats as s where s.section_id = :section \gset
select tests.abandon(:holder);
select is(pg_temp.offered(:section), :entry_1::bigint, 'the first of the queue gets the offer');
select is(
    (
        select format('%s %s %s', s.status, s.place_number, s.student_id)
        from enrollment.seats as s where s.section_id = :section
    ),
    format('offered %s %s', :place, :first), 'which is a seat at that place'
);
select is(
    (select w.seat_id from enrollment.waitlist_entries as w where w.id = :entry_1),
    (select s.id from enrollment.seats as s where s.section_id = :section), 'that it names'
);
select is(
    (select w.offer_expires_at - now() from enrollment.waitlist_entries as w where w.id = :entry_1),
    interval '24 hours', 'for as long as the settings say'
);
select is(
    (
        select array_agg(m.template_code || ' ' || m.channel order by m.id)
        from messaging.messages as m
        inner join identity.students as d on m.family_id = d.family_id
        where d.id = :first
    ),
    array['waitlist_joined email', 'waitlist_offered email'], 'and the family is told'
);
select matches(
    (
        select tests.value(
            format(
                '(select r.subject || r.body from messaging.messages as m
                cross join lateral messaging.render(m) as r where m.id = %s)', m.id
            )
        ) #>> '{}'
        from messaging.messages as m
        inner join identity.students as d on m.family_id = d.family_id
        where d.id = :first and m.template_code = 'waitlist_offered'
    ),
    'Wanted is kept for Sofia until [A-Z][a-z]+day, ', 'in words'
);
select tests.cart(:third, :section) as cart \gset
select is(
    tests.checkout_error(:cart) ->> 'code', 'waitlist_only', 'the public has to wait, as others do'
);

-- Unanswered: the next one. No job has run, somebody merely asked.
select tests.lapse_offer(:entry_1);
select is(
    (tests.as_anybody(format(
        '(select s.seats_left from api.sections as s where s.id = %s)', :section
    )))::integer, 0, 'a lapsed offer is owed to the next'
);
select is(tests.value('enrollment.pass_on_places()'), '1', 'the job passes it on');
select is(tests.entry_status(:entry_1), 'expired', 'the first had its chance');
select is(pg_temp.offered(:section), :entry_2::bigint, 'it is the second''s turn');
select is(tests.value('enrollment.pass_on_places()'), '0', 'once');
select is(
    (select c.status from enrollment.carts as c
    inner join enrollment.waitlist_entries as w on c.id = w.cart_id where w.id = :entry_1),
    'closed', 'what the first had chosen is closed'
);
select is(
    (select s.place_number from enrollment.seats as s where s.section_id = :section), :place,
    'it is the same place'
);

-- Declined with nobody behind: the public.
select tests.as_family(s.family_id, format('api.decline_offer(%s)', :entry_2))
from identity.students as s where s.id = :second;
select is(tests.entry_status(:entry_2), 'declined', 'declined');
select is(
    (tests.as_anybody(format(
        '(select s.seats_left from api.sections as s where s.id = %s)', :section
    )))::integer, 1, 'with nobody waiting, everybody can have it'
);
select is(
    pg_temp.story(:section),
    'waitlist.joined waitlist.joined place.freed waitlist.offered waitlist.expired place.freed '
    || 'waitlist.offered waitlist.declined',
    'the view tells the story'
);

-- Manual: kept for staff while somebody waits. Reserve: always.
select tests.run('update studio.settings set waitlist_on_lapse = ''manual'' where term_id is null');
select tests.held(:cart) as holder \gset
select tests.wait(:section, array[tests.student(tests.family())]) as entry \gset
select tests.abandon(:holder);
select is(tests.entry_status(:entry), 'waiting', 'manual: no offer by itself');
select is(
    (
        select format('%s %s %s', s.status, s.reason, s.student_id)
        from enrollment.seats as s where s.section_id = :section
    ),
    'reserved freed:lapse ', 'the place is kept for staff'
);
select is(
    tests.checkout_error(:cart) ->> 'code', 'waitlist_only', 'from the public'
);
select tests.held(tests.cart(tests.student(tests.family()), :quiet)) as holder \gset
select tests.abandon(:holder);
select is(
    (select count(*) from enrollment.seats as s where s.section_id = :quiet), 0::bigint,
    'manual: where nobody waits it is free'
);
select tests.run('update studio.settings set waitlist_on_lapse = ''reserve'' where term_id is null');
select tests.held(tests.cart(tests.student(tests.family()), :quiet)) as holder \gset
select tests.abandon(:holder);
select is(
    (select s.reason from enrollment.seats as s where s.section_id = :quiet), 'freed:lapse',
    'reserve: it is kept even then'
);

-- Places that are added: by their own setting.
select tests.run('update studio.settings set waitlist_on_capacity = ''reserve'' where term_id is null');
select tests.run(format('update catalog.sections set capacity = 2 where id = %s', :quiet));
select is(
    (
        select array_agg(s.reason order by s.id) from enrollment.seats as s
        where s.section_id = :quiet
    ), array['freed:lapse', 'freed:capacity'], 'places that are added are kept for staff'
);
-- Two holds that lapse at once free two places before the first is passed on.
select tests.run('update studio.settings set waitlist_on_lapse = ''automatic'' where term_id is null');
select tests.section('Pair', '{4}', p_capacity => 2) as pair \gset
select tests.held(tests.cart(tests.student(tests.family()), :pair)) as one,
    tests.held(tests.cart(tests.student(tests.family()), :pair)) as other \gset
select tests.family() as twins_family \gset
select tests.wait(
    :pair, array[tests.student(:twins_family), tests.student(:twins_family)]
) as twins \gset
select tests.wait(:pair, array[tests.student(tests.family())]) as behind \gset
select tests.lapse(:one);
select tests.lapse(:other);
select is(tests.value('enrollment.expire_holds()'), '2', 'two lapse');
select is(tests.entry_status(:twins), 'offered', 'those who want in together have their turn');
select is(tests.entry_status(:behind), 'waiting', 'and keep it');
-- Too close to the end of registration no offer is made.
select tests.run('update studio.settings set waitlist_on_lapse = ''automatic'' where term_id is null');
select tests.section('Late', '{3}', p_capacity => 1) as late \gset
select tests.held(tests.cart(tests.student(tests.family()), :late)) as holder \gset
select tests.wait(:late, array[tests.student(tests.family())]) as entry \gset
select tests.run(
    format(
        'update catalog.terms set registration_closes_at = now() + interval ''72 hours''
        where id = %s', tests.term()
    )
);
select tests.abandon(:holder);
select is(tests.entry_status(:entry), 'waiting', 'three days before the end no offer is made');
select is(
    (select s.reason from enrollment.seats as s where s.section_id = :late), 'freed:lapse',
    'staff decide'
);
select is(tests.value('enrollment.pass_on_places()'), '0', 'nor by the job');
select tests.run(
    format(
        'update catalog.terms set registration_closes_at = now() where id = %s', tests.term()
    )
);
select is(tests.value('enrollment.pass_on_places()'), '3', 'with registration the queues end');
select is(tests.entry_status(:entry), 'expired', 'those who waited are told');
select is(
    (
        select count(*) from messaging.messages as m where m.template_code = 'waitlist_expired'
    ), 4::bigint, 'each'
);
select is(tests.value('enrollment.pass_on_places()'), '0', 'and it is done once');
select * from finish();
rollback;
