begin;
set local search_path = tap, public;
select plan(13);
select tests.family() as family, tests.worker('owner') as owner, tests.worker('manager') as manager
\gset
select tests.value('payment.post_missing()') \g /dev/null
-- Credits that nobody has posted, as before there was a ledger.
create function tests.unposted(family bigint, times integer default 1) returns void
language plpgsql security definer as $$
begin
    perform set_config('session_replication_role', 'replica', true);
    insert into pricing.credits (studio_id, family_id, amount_minor, reason)
    select f.studio_id, f.id, 100, 'from before'
    from identity.families as f
    cross join generate_series(1, times)
    where f.id = family;
    perform set_config('session_replication_role', 'origin', true);
end;
$$;
create function pg_temp.mark() returns timestamptz language sql as $$
    select m.posted_until from payment.ledger_marks as m
    inner join studio.studios as s on m.studio_id = s.id where s.slug = 'aydt'
$$;
-- The job goes on step by step, and only notes how far it looked once nothing is left.
update payment.ledger_marks set posted_until = now() - interval '1 hour';
select tests.unposted(:family, 3);
select is(tests.value('payment.post_step(2)'), '2', 'as many as it is to do at once');
select is(pg_temp.mark(), now() - interval '1 hour', 'there may be more');
select is(tests.value('payment.post_step(2)'), '1', 'the next run goes on');
select is(pg_temp.mark(), now(), 'and notes that nothing is left');

-- Closing a month posts what is missing first. Something may happen between that and the lock.
create function pg_temp.close(owner bigint) returns text language sql as $$
    select coalesce(
        tests.error_code(
            format(
                'select tests.as_staff(%s, %L, null, ''owner'')', owner,
                format(
                    'api.close_month(%L)',
                    (date_trunc('month', tests.value('studio.local_date(now())')::text::date)
                    - interval '1 month')::date
                )
            )
        ), 'closed'
    )
$$;
update payment.ledger_marks set posted_until = now() - interval '1 hour';
create function tests.meanwhile() returns trigger language plpgsql security definer as $$
begin
    perform tests.unposted(current_setting('tests.family')::bigint);
    return null;
end;
$$;
select set_config('tests.family', :'family', true) \g /dev/null
create trigger meanwhile after insert or update on payment.ledger_marks
for each row execute function tests.meanwhile();
select is(pg_temp.close(:owner), 'ledger_incomplete', 'what came in between is not in the books');
drop trigger meanwhile on payment.ledger_marks;
select is(pg_temp.close(:owner), 'closed', 'then it is');

-- What posts a fact looks at it itself, whoever calls.
select tests.confirmed(
    tests.cart(tests.student(:family), tests.section('Ended', p_capacity => null))
) as registration \gset
select e.id as enrollment from enrollment.enrollments as e
where e.registration_id = :registration \gset
select tests.as_manager(:manager, format('api.cancel_enrollment(%s, ''moved away'')', :enrollment))
\g /dev/null
select c.credit_id as credit from enrollment.changes as c where c.enrollment_id = :enrollment \gset
select isnt(:'credit'::text, '', 'what a class leaves over is a credit');
select is(
    tests.value(format('payment.post_credit(%s)', :credit)), 'false', 'posted with the change'
);
select is(
    (select count(*) from payment.ledger_postings as p
    where p.source = 'credit' and p.source_id = :credit), 0::bigint, 'not by itself'
);
select tests.held(
    tests.cart(tests.student(:family), tests.section('Held', '{2}', p_capacity => null))
) as held \gset
select is(
    tests.value(format('payment.post_registration(%s)', :held)), 'false',
    'what is not confirmed costs nothing yet'
);
select is(
    (select count(*) from payment.ledger_postings as p where p.registration_id = :held), 0::bigint,
    'so nothing of it is in the books'
);
select is(
    tests.value('payment.post_credit_return(0)'), 'false', 'a use that was not returned is none'
);
select lives_ok('select tests.settle()', 'the books balance');
select * from finish();
rollback;
