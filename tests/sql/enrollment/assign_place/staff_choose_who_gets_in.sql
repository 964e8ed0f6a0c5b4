begin;
set local search_path = tap, public;
select plan(23);
select tests.run('update studio.settings set waitlist_on_lapse = ''manual'' where term_id is null');
select tests.worker() as staff \gset
select tests.section('Chosen', '{1}', p_capacity => 1) as section \gset
select tests.held(tests.cart(tests.student(tests.family()), :section)) as holder \gset
select tests.wait(:section, array[tests.student(tests.family())]) as first,
    tests.wait(:section, array[tests.student(tests.family())]) as second \gset
create function pg_temp.refused(p_expression text) returns text language sql as $$
    select tests.error_code(
        format('select tests.as_staff(%s, %L)', tests.worker(), p_expression)
    )
$$;
select is(
    pg_temp.refused(format('api.assign_place(%s, ''a brother'')', :second)), 'seat_unavailable',
    'there is no place yet'
);
select tests.abandon(:holder);
select s.id as seat, s.place_number as place from enrollment.seats as s
where s.section_id = :section \gset
select is(pg_temp.refused(format('api.assign_place(%s, '' '')', :second)), 'reason_required', 'no reason');
select is(
    pg_temp.refused(format('api.assign_place(%s, ''x'', 0)', :second)), 'offer_hours_invalid', 'no time'
);
select is(
    pg_temp.refused('api.assign_place(0, ''x'')'), 'waitlist_entry_not_found', 'no such entry'
);
select is(
    pg_temp.refused(format('api.reopen_place(%s)', :seat)), 'queue_waits',
    'a place is not reopened while somebody waits'
);
select is(pg_temp.refused('api.reopen_place(0)'), 'place_not_found', 'no such place');
select is(
    tests.family_error_code(tests.family(), format('api.assign_place(%s, ''x'')', :second)), '42501',
    'a family can''t'
);
select is(
    tests.as_staff(:staff, format('api.assign_place(%s, ''a brother'', 5)', :second)) ->> 'status',
    'offered', 'staff give it to the second'
);
select is(
    (select w.offer_expires_at - now() from enrollment.waitlist_entries as w where w.id = :second),
    interval '5 hours', 'for as long as they say'
);
select is(
    (select s.place_number from enrollment.seats as s where s.section_id = :section), :place,
    'it is the place that was kept'
);
select is(
    (
        select format('%s %s', e.payload ->> 'reason', e.payload ->> 'account_id')
        from ops.domain_events as e where e.kind = 'waitlist.assigned' and e.subject_id = :second
    ), 'a brother ' || :staff, 'with the reason, and who'
);
select is(tests.entry_status(:first), 'waiting', 'the first goes on waiting');
select is(
    pg_temp.refused(format('api.assign_place(%s, ''again'')', :second)), 'not_waiting', 'once'
);
-- Nobody waits any more: the public.
select tests.as_family(w.family_id, format('api.leave_waitlist(%s)', w.id))
from enrollment.waitlist_entries as w where w.id = :first;
select tests.run('update studio.settings set waitlist_on_lapse = ''reserve'' where term_id is null');
select tests.as_family(w.family_id, format('api.decline_offer(%s)', w.id))
from enrollment.waitlist_entries as w where w.id = :second;
select s.id as seat from enrollment.seats as s where s.section_id = :section \gset
select is((select s.reason from enrollment.seats as s where s.id = :seat), 'freed:lapse', 'kept again');
select is(
    tests.checkout_error(tests.cart(tests.student(tests.family()), :section)) ->> 'code',
    'seat_unavailable', 'from the public'
);
select tests.as_staff(:staff, format('api.reopen_place(%s)', :seat));
select is(
    tests.checkout_error(tests.cart(tests.student(tests.family()), :section)), null, 'until reopened'
);
-- Staff put a student on the list, and a larger capacity goes to those who wait.
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.as_staff(
    :staff, format('api.join_waitlist(%s, array[%s])', :section, :student), :family
) #>> '{entries,0,waitlist_entry_id}' as entry \gset
select is(
    (select w.source from enrollment.waitlist_entries as w where w.id = :entry), 'staff', 'by staff'
);
select tests.run(format('update catalog.sections set capacity = 2 where id = %s', :section));
select is(tests.entry_status(:entry), 'offered', 'more places go to the queue first');

-- Reminders, once, and not for settings of none.
select tests.run(
    format(
        'update enrollment.waitlist_entries set offer_expires_at = now() + interval ''6 hours 1 s''
        where id = %s', :entry
    )
);
select is(tests.value('enrollment.remind_offers(now())'), '0', 'not yet');
select is(tests.value('enrollment.remind_offers(now() + interval ''1 s'')'), '1', 'six hours before');
select is(tests.value('enrollment.remind_offers(now() + interval ''1 s'')'), '0', 'once');
select is(
    (select count(*) from messaging.messages as m where m.template_code = 'waitlist_reminded'),
    1::bigint, 'by a message'
);
-- A teacher's approval keeps a seat, or a turn.
select tests.section('Approved', '{4}', p_capacity => 1) as approved \gset
select tests.run(
    format(
        'select ops.emit(''approval.approved'', 1, %s,
        jsonb_build_object(''student_id'', %s, ''section_id'', %s))', :family, :student, :approved
    )
);
select is(
    (
        select format('%s %s', w.source, w.status) from enrollment.waitlist_entries as w
        where w.section_id = :approved
    ), 'approval offered', 'who is approved is offered a seat'
);
select * from finish();
rollback;
