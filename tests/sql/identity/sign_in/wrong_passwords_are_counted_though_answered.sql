begin;
set local search_path = tap, public;
select plan(22);
select 'ana' || gen_random_uuid() || '@example.com' as email \gset
select 'nobody' || gen_random_uuid() || '@example.com' as unknown \gset
select tests.act_as_anon();
select api.sign_up(:'email', 'correct horse', 'Ana Rivera') ->> 'next' as next \gset
select tests.act_as_operator();
select a.id as account from identity.accounts as a where a.email = :'email' \gset
-- The answer of a sign-in and, in brackets, the HTTP status it asked for.
create function pg_temp.sign_in(
    email text, password text, role text default 'customer', studio text default 'aydt'
)
returns text language plpgsql as $$
declare
    v_answer jsonb;
begin
    perform tests.act_as_anon(studio);
    perform set_config('response.status', '', true);
    v_answer := api.sign_in(email, password, role);
    perform tests.act_as_operator();
    return concat_ws(
        ' ', coalesce(v_answer ->> 'code', v_answer ->> 'role'),
        nullif(current_setting('response.status'), '')
    );
end;
$$;
create function pg_temp.counted(email text) returns bigint language sql as $$
    select count(*) from identity.sign_in_attempts as t
    where t.email_digest = sha256(convert_to(email, 'utf8'))
$$;
select is(pg_temp.sign_in(:'email', 'correct horse'), 'customer', 'the right password');
select is(
    pg_temp.sign_in(' ' || upper(:'email'), 'correct horse'), 'customer', 'the address in any case'
);
select is(pg_temp.sign_in(:'email', 'Correct horse'), 'sign_in_failed 401', 'a wrong password');
select is(
    pg_temp.sign_in(:'unknown', 'correct horse'), 'sign_in_failed 401', 'an unknown address, alike'
);
select is(pg_temp.sign_in(:'email', null), 'sign_in_failed 401', 'no password');
select is(pg_temp.counted(:'email'), 2::bigint, 'failures are counted, though they are answered');
select is(pg_temp.counted(:'unknown'), 1::bigint, 'for unknown addresses too');
select is(
    (select array_agg(distinct a.attname::text order by a.attname::text) from pg_attribute as a
    where a.attrelid = 'identity.sign_in_attempts'::regclass and a.attnum > 0),
    '{attempted_at,email_digest,id}', 'under a digest, not the address'
);
select is(pg_temp.sign_in(:'email', 'correct horse'), 'customer', 'a success');
select is(pg_temp.counted(:'email'), 0::bigint, 'forgives them');

-- Throttled: after ten in a quarter of an hour.
select count(pg_temp.sign_in(a.email, 'wrong')) as tried
from generate_series(1, 9) as g, (values (:'email')) as a (email) \gset
select is(pg_temp.sign_in(:'email', 'wrong'), 'sign_in_failed 401', 'the tenth is still looked at');
select is(
    pg_temp.sign_in(:'email', 'correct horse'), 'too_many_attempts 429',
    'then the right password has to wait as well'
);
select is(pg_temp.counted(:'email'), 10::bigint, 'waiting does not count');
update identity.sign_in_attempts set attempted_at = now() - interval '15 minutes'
where email_digest = sha256(convert_to(:'email', 'utf8'));
select is(
    pg_temp.sign_in(:'email', 'correct horse'), 'customer',
    'a quarter of an hour later it is looked at again'
);
select is(
    tests.what_if(
        'update studio.settings set sign_in_attempts = 1
        where studio_id = auth.studio_id() and term_id is null',
        format(
            'array[pg_temp.sign_in(%L, ''wrong''), pg_temp.sign_in(%L, ''wrong'')]', :'email',
            :'email'
        )
    ),
    '["sign_in_failed 401", "too_many_attempts 429"]', 'how many is a setting'
);

-- In another studio the same person gets a family there; roles must be held.
select is(
    pg_temp.sign_in(:'email', 'correct horse', 'customer', 'elmst'), 'customer',
    'the same account at another studio'
);
select is(
    (
        select count(*) from identity.guardians as g where g.account_id = :account
    ), 2::bigint, 'has a family there from then on'
);
select is(
    pg_temp.sign_in(:'email', 'correct horse', 'staff'), 'not_allowed 403',
    'a role the account does not hold'
);
select is(
    pg_temp.sign_in(:'email', 'correct horse', 'enrollment'), 'not_allowed 403',
    'a role nobody may ask for'
);
select is(pg_temp.sign_in(:'email', 'correct horse', null), 'not_allowed 403', 'no role');
select tests.run(
    format(
        'insert into studio.memberships (studio_id, account_id, role)
        values (auth.studio_id(), %s, ''manager'')',
        :account
    )
);
select is(
    pg_temp.sign_in(:'email', 'correct horse', 'staff'), 'staff', 'a manager may sign in as staff'
);
select tests.run(
    format('update identity.accounts set status = ''inactive'' where id = %s', :account)
);
select is(
    pg_temp.sign_in(:'email', 'correct horse'), 'sign_in_failed 401',
    'an account that is switched off'
);
select * from finish();
rollback;
