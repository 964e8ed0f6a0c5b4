-- Who waits for a date that is cancelled waits no longer, and is told; other dates are waited for.
begin;
set local search_path = tap, public;
select plan(7);
select tests.worker('staff') as desk \gset
select tests.section('Open jazz', '{1}', null, p_capacity => 1, p_mode => 'drop_in') as section \gset
select tests.date_price(:section, 2500) \g /dev/null
select (tests.dates(:section, 2))[1] as first, (tests.dates(:section, 2))[2] as second \gset
select tests.student(tests.family()) as holder \gset
select tests.open_cart(:holder) as cart \gset
select tests.put(
    :cart, :holder, :section, format('dates => %L', tests.dates(:section, 2))
) \g /dev/null
select tests.confirmed(:cart) \g /dev/null
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.wait(:section, array[:student], format(', held_on => %L', :'first')) as waits \gset
select tests.wait(:section, array[:student], format(', held_on => %L', :'second')) as goes_on \gset
select m.id as meeting from catalog.meetings as m
where m.section_id = :section and m.held_on = :'first' \gset
select is(
    tests.as_staff(:desk, format('api.cancel_meeting(%s, ''ill'', true)', :meeting))
    -> 'waiting_ended', '1', 'a preview says who would wait no longer'
);
select is(tests.entry_status(:waits), 'waiting', 'and changes nothing');
select is(
    tests.as_staff(:desk, format('api.cancel_meeting(%s, ''ill'')', :meeting))
    -> 'waiting_ended', '1', 'so it is done'
);
select is(tests.entry_status(:waits), 'expired', 'nobody waits for that date');
select is(
    (select w.status_reason from enrollment.waitlist_entries as w where w.id = :waits),
    'meeting_cancelled', 'with the reason'
);
select is(
    (
        select count(*) from messaging.messages as m
        where m.family_id = :family and m.template_code = 'waitlist_expired' and m.channel = 'email'
    ), 1::bigint, 'the family is told, once'
);
select is(tests.entry_status(:goes_on), 'waiting', 'another date is waited for as before');
select * from finish();
rollback;
