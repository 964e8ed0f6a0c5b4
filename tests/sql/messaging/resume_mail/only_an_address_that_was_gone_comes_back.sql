begin;
set local search_path = tap, public;
select plan(8);
select tests.family() as family, tests.worker() as worker \gset
select
    g.id as guardian, a.email
from identity.guardians as g
inner join identity.accounts as a on g.account_id = a.id
where g.family_id = :family \gset
create function pg_temp.resume(worker bigint, guardian bigint, family bigint default null)
returns text language sql as $$
    select tests.error_code(
        format(
            'select tests.as_staff(%s, %L, %L)', worker,
            format('api.resume_mail(%s)', guardian), family
        )
    )
$$;
select is(pg_temp.resume(:worker, :guardian), 'mail_not_suppressed', 'nothing was wrong');
select messaging.suppress('email', :'email', 'bounced');
select is(
    pg_temp.resume(:worker, :guardian, tests.family('Other')), 'guardian_not_found',
    'not a guardian of the family that is acted for'
);
select is(pg_temp.resume(:worker, 0), 'guardian_not_found', 'nor one who is not there');
select is(pg_temp.resume(:worker, :guardian), null, 'an address that works again');
select is(messaging.suppression('email', :'email'), null, 'gets mail again');
select is(
    (
        select count(*) from ops.domain_events as e
        where e.kind = 'mail.resumed' and e.subject_id = :guardian and e.family_id = :family
    ),
    1::bigint, 'which is known'
);
select messaging.suppress('email', :'email', 'complained');
select is(pg_temp.resume(:worker, :guardian), 'mail_complained', 'not whoever complained');
select is(
    tests.family_error_code(:family, format('api.resume_mail(%s)', :guardian)), '42501',
    'nor is it the family''s to say'
);
select * from finish();
rollback;
