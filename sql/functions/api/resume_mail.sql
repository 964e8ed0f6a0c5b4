create or replace function api.resume_mail(guardian_id bigint)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_guardian record;
    v_reason text;
begin
    perform auth.require('staff');
    select g.family_id, a.email into v_guardian
    from identity.guardians as g
    inner join identity.accounts as a on g.account_id = a.id
    where
        g.studio_id = auth.studio_id()
        and g.family_id = coalesce(auth.family_id(), g.family_id)
        and g.id = resume_mail.guardian_id;
    if not found then
        perform ops.fail('guardian_not_found');
    end if;
    v_reason := messaging.suppression('email', v_guardian.email);
    if v_reason is null then
        perform ops.fail('mail_not_suppressed');
    elsif v_reason = 'complained' then
        -- Whoever said that our mail is spam is not asked by us whether they meant it.
        perform ops.fail('mail_complained');
    end if;
    perform messaging.lift_suppression('email', v_guardian.email);
    perform ops.emit('mail.resumed', resume_mail.guardian_id, v_guardian.family_id);
end;
$$;
alter function api.resume_mail(bigint) owner to messaging;
grant execute on function api.resume_mail(bigint) to staff;
comment on function api.resume_mail(bigint) is
$$Send e-mail again to a guardian whose address was gone: it bounced, and works again.

For staff. All studios share the sender, so it is lifted for all of them; bounces again, and it is as
before. What was suppressed meanwhile is not sent. Errors: guardian_not_found, mail_not_suppressed,
mail_complained.$$;
mkdir -p tests/sql/messaging/resume_mail
cat > tests/sql/messaging/resume_mail/only_an_address_that_was_gone_comes_back.sql <<'E'
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
