begin;
set local search_path = tap, public;
select plan(8);
select tests.run('update studio.settings set waitlist_on_capacity = ''automatic''');
select tests.section('For twins', '{1}', p_capacity => 2) as section \gset
select tests.family() as family, tests.family() as others \gset
select tests.student(:family) as ada, tests.student(:family, 'Ben') as ben \gset
select tests.confirmed(tests.cart(tests.student(:others), :section)) as one,
tests.confirmed(tests.cart(tests.student(:others), :section)) as two \gset
select tests.wait(:section, array[:ada, :ben]) as entry \gset
create function pg_temp.closed() returns integer language sql as $$
    select tests.value('enrollment.close_queues(now())')::text::integer
$$;
select is(pg_temp.closed(), 0, 'who waits goes on waiting');
-- One place is no use to both, so each is taken as it comes.
select tests.run(format('update catalog.sections set capacity = 3 where id = %s', :section));
select tests.confirmed(tests.cart(:ada, :section)) as of_ada \gset
select is(pg_temp.closed(), 0, 'so does a pair of which one is in');
select tests.run(format('update catalog.sections set capacity = 4 where id = %s', :section));
select tests.held(tests.cart(:ben, :section)) as of_ben \gset
select is(pg_temp.closed(), 0, 'and one who has not paid yet');
select tests.abandon(:of_ben);
select tests.confirmed(
    (select r.cart_id from enrollment.registrations as r where r.id = :of_ben)
) as of_ben \gset
select is(pg_temp.closed(), 2, 'when both are in, their waiting ends');
select is(
    (
        select array_agg(distinct format('%s %s', w.status, w.status_reason))
        from enrollment.waitlist_entries as w where w.section_id = :section
    ), array['cancelled enrolled'], 'as it is'
);
select is(
    (
        select array_agg(e.kind order by e.id) from ops.domain_events as e
        where e.subject_id = :entry and e.kind like 'waitlist.%'
    ), array['waitlist.joined', 'waitlist.left'], 'and is told as that'
);
select is_empty(
    format(
        'select from messaging.messages as m
        where m.family_id = %s and m.template_code = ''waitlist_expired''', :family
    ), 'not to the family, who know'
);
select is(pg_temp.closed(), 0, 'once');
select * from finish();
rollback;
