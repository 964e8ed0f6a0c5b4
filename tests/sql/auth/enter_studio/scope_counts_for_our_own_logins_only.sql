begin;
set local search_path = tap, public;
select plan(13);
-- Any login can set a setting, here one with every right a foreign login could be given by mistake.
create role foreign_login login;
grant customer, staff, enrollment, pricing to foreign_login;
grant usage on schema tests to foreign_login;
select tests.section('Scoped') as section \gset
select tests.cart(tests.student(tests.family()), :section) as cart \gset
create function pg_temp.as_login(
    login text, statement text, studio text default '1', family text default ''
)
returns text language plpgsql as $$
declare
    v_code text;
begin
    perform tests.act_as_operator();
    perform set_config('session_authorization', login, true);
    perform set_config('callboard.studio_id', studio, true);
    perform set_config('callboard.family_id', family, true);
    v_code := tests.error_code(statement);
    perform tests.act_as_operator();
    return v_code;
end;
$$;
select is(
    pg_temp.as_login(l.name, 'select auth.studio_id()'), null, l.name || ' may say which studio'
)
from (values ('authenticator'), ('scheduler'), ('thin_api'), ('deploy')) as l (name)
where l.name <> 'authenticator';
select is(
    pg_temp.as_login('authenticator', 'set local role customer; select auth.studio_id()'), null,
    'authenticator, as a customer'
);
select is(
    pg_temp.as_login('foreign_login', 'select auth.studio_id()'), 'studio_required',
    'another login may not'
);
select is(
    pg_temp.as_login('foreign_login', 'select auth.family_id()', '1', '1'), 'studio_required',
    'nor which family'
);
select is(
    pg_temp.as_login('foreign_login', 'select * from enrollment.carts'), 'studio_required',
    'even where it may read a table'
);
select is(
    pg_temp.as_login('foreign_login', 'set local role enrollment; select * from enrollment.carts'),
    'studio_required', 'even in the role that owns it'
);
select is(
    pg_temp.as_login(
        'foreign_login', format('select api.quote(%s)', :cart), '1',
        tests.family_of_cart(:cart)::text
    ), 'studio_required',
    'even where it may call a function'
);
select is(
    pg_temp.as_login('postgres', 'select auth.studio_id()'), 'studio_required',
    'not even the superuser, by mistake'
);
select is(
    pg_temp.as_login('deploy', 'select auth.studio_id()', ''), 'studio_required',
    'no studio is none'
);
create function pg_temp.account(login text) returns text language plpgsql as $$
declare
    v_account text;
begin
    perform set_config('session_authorization', login, true);
    perform set_config('callboard.account_id', '1', true);
    v_account := coalesce(auth.account_id()::text, 'nobody');
    perform tests.act_as_operator();
    return v_account;
end;
$$;
select is(pg_temp.account('foreign_login'), 'nobody', 'nor can another login say who it is');
select is(pg_temp.account('deploy'), '1', 'an operator can');
select * from finish();
rollback;
