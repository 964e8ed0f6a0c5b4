begin;
set local search_path = tap, public;
select plan(24);
select tests.family() as family \gset
select tests.guardian_of(:family) as guardian \gset
select tests.worker('staff') as staff \gset
select s.id as aydt from studio.studios as s where s.slug = 'aydt' \gset
-- The code with which the hook refuses a request, null when it lets it pass.
create function pg_temp.hook(role text, claims jsonb, headers jsonb default '{}')
returns text language plpgsql as $$
declare
    v_code text;
begin
    perform tests.act_as_operator();
    v_code := tests.error_code(format('select tests.act_as(%L, %L, %L)', role, claims, headers));
    perform tests.act_as_operator();
    return v_code;
end;
$$;
select is(pg_temp.hook('anon', '{}', '{"x-studio": "aydt"}'), null, 'anybody at a studio');
select is(pg_temp.hook('anon', '{}'), 'studio_required', 'anybody, nowhere');
select is(
    pg_temp.hook('anon', '{}', '{"x-studio": "nowhere"}'), 'studio_unknown',
    'at a studio that is not there'
);
select is(
    pg_temp.hook('anon', '{}', '{"x-studio": ""}'), 'studio_unknown', 'at a studio without a name'
);
select tests.act_as_operator();
select is(
    tests.error_code(
        $$select set_config('session_authorization', 'authenticator', true),
        set_config('role', 'anon', true),
        set_config('request.path', '/', true), set_config('request.headers', '', true),
        auth.begin_request()$$
    ),
    null, 'the API''s description needs no studio'
);
select tests.act_as_operator();
select is(
    tests.error_code(
        $$select set_config('session_authorization', 'authenticator', true),
        set_config('role', 'anon', true),
        set_config('request.path', '/', true), set_config('request.headers', '', true),
        auth.begin_request(), auth.studio_id()$$
    ),
    'studio_required', 'and has none'
);
select tests.act_as_operator();

select is(pg_temp.hook('customer', tests.claims(:guardian)), null, 'a guardian');
select is(
    pg_temp.hook('customer', tests.claims(:guardian) - 'sub'), 'sign_in_required',
    'a token of nobody'
);
select is(
    pg_temp.hook('customer', tests.claims(:guardian) - 'studio'), 'sign_in_required',
    'a token for no studio'
);
select is(
    pg_temp.hook('customer', tests.claims(:guardian) - 'version'), 'token_revoked',
    'a token without a version'
);
select is(
    pg_temp.hook('customer', tests.claims(:guardian) || '{"version": 2}'), 'token_revoked',
    'another version'
);
select is(
    pg_temp.hook('customer', tests.claims(:guardian) || '{"sub": "0"}'), 'token_revoked',
    'an account that is not there'
);
select is(
    pg_temp.hook('customer', tests.claims(:guardian), '{"x-studio": "aydt"}'), null,
    'at the token''s studio'
);
select is(
    pg_temp.hook('customer', tests.claims(:guardian), '{"x-studio": "elmst"}'), 'studio_mismatch',
    'at another studio than the token''s'
);
select is(
    pg_temp.hook('customer', tests.claims(:guardian, 'customer', 'elmst')), 'role_lost',
    'at a studio where the account has no family'
);
select is(
    pg_temp.hook('customer', tests.claims(:staff)), 'role_lost',
    'staff without a family, as a customer'
);
select is(pg_temp.hook('staff', tests.claims(:staff, 'staff')), null, 'staff');
select is(
    pg_temp.hook('instructor', tests.claims(:staff, 'instructor')), null, 'staff, as the lower role'
);
select is(
    pg_temp.hook('manager', tests.claims(:staff, 'manager')), 'role_lost',
    'staff, as the role above'
);
select is(
    pg_temp.hook('staff', tests.claims(:guardian, 'staff')), 'role_lost', 'a guardian, as staff'
);
select is(
    pg_temp.hook('staff', tests.claims(:staff, 'staff', 'elmst')), 'role_lost',
    'staff of another studio'
);

-- The state of this very moment, not that of the token.
select is(
    tests.what_if(
        format('update studio.memberships set status = ''ended'' where account_id = %s', :staff),
        format('pg_temp.hook(''staff'', %L)', tests.claims(:staff, 'staff'))
    ),
    '"role_lost"', 'a membership that has ended'
);
select is(
    tests.what_if(
        format('update identity.accounts set token_version = 2 where id = %s', :guardian),
        format('pg_temp.hook(''customer'', %L)', tests.claims(:guardian))
    ),
    '"token_revoked"', 'a token revoked since'
);
select is(
    tests.what_if(
        format('update identity.accounts set status = ''inactive'' where id = %s', :guardian),
        format('pg_temp.hook(''customer'', %L)', tests.claims(:guardian))
    ),
    '"token_revoked"', 'an account switched off'
);
select * from finish();
rollback;
