-- Request hook, function guard, row security: without any one of them the others still refuse what
-- a stranger wants: another family's cart, changed or read. (Views have no guard: hook and rows.)
begin;
set local search_path = tap, public;
select plan(20);
select tests.section('Layered') as section \gset
select tests.section('Layered too', '{2}') as other_section \gset
select tests.family('Victim') as victim \gset
select tests.student(:victim) as student \gset
select tests.cart(:student, :section) as cart \gset
select tests.quote(:cart) ->> 'quote_id' as quote \gset
select tests.family('Stranger') as stranger \gset
select tests.family('Elm', 'elmst') as elsewhere \gset
select s.id as aydt from studio.studios as s where s.slug = 'aydt' \gset
select format('api.put_cart_item(%s, %s, %s)', :cart, :student, :other_section) as change \gset
select format('api.quote(%s)', :cart) as read \gset

-- A request of the stranger with settings of its choice, as if the hook had not run.
create function pg_temp.without_hook(role text, studio text, family text, expression text)
returns text language plpgsql as $$
declare
    v_code text;
begin
    perform tests.act_as_operator();
    perform set_config('session_authorization', 'authenticator', true);
    perform set_config('role', role, true);
    perform set_config('callboard.studio_id', studio, true);
    perform set_config('callboard.family_id', family, true);
    v_code := tests.error_code('select ' || expression);
    perform tests.act_as_operator();
    return v_code;
end;
$$;
-- 1. Without the hook: no scope at all, or one that names the studio and no family.
select is(
    pg_temp.without_hook('customer', '', '', :'change'), 'studio_required',
    'no hook: a change finds no studio'
);
select is(
    pg_temp.without_hook('customer', '', '', :'read'), 'studio_required',
    'no hook: a price finds no studio'
);
select is(
    pg_temp.without_hook('customer', '', '', '* from api.carts'), 'studio_required',
    'no hook: a view raises'
);
select is(
    pg_temp.without_hook('customer', :'aydt', '', :'change'), 'family_required',
    'half a hook: a change finds no family'
);
select is(
    pg_temp.without_hook('anon', :'aydt', :'victim', :'read'), '42501',
    'a guest with a family in scope may not call it'
);

-- 2. Without row security: the functions ask for the family themselves.
-- What the price waits with until the end, before its table is altered.
select tests.run('set constraints all immediate');
select tests.run('set constraints all deferred');
savepoint rows;
alter table enrollment.carts no force row level security, disable row level security;
alter table enrollment.cart_items no force row level security, disable row level security;
alter table pricing.quotes no force row level security, disable row level security;
select is(
    tests.family_error_code(:stranger, :'change'), 'cart_not_found', 'no row security: no change'
);
select is(
    tests.family_error_code(:stranger, :'read'), 'cart_not_found', 'no row security: no price'
);
select is(
    tests.family_error_code(:stranger, format('api.explain_quote(%s)', :quote)), 'quote_not_found',
    'no row security: no explanation'
);
select is(
    tests.family_error_code(
        :stranger, format('api.checkout(%s, %s, ''a-strange-key'')', :cart, :quote)
    ),
    'cart_not_found', 'no row security: no checkout'
);
alter table identity.students no force row level security, disable row level security;
alter table enrollment.registrations no force row level security, disable row level security;
select tests.student(:stranger) as own_student \gset
select tests.cart(:own_student, :section) as own_cart \gset
select is(
    tests.family_error_code(
        :stranger, format('api.put_cart_item(%s, %s, %s)', :own_cart, :student, :section)
    ),
    'student_not_found', 'no row security: no student of another family in one''s own cart'
);
select is(
    tests.family_error_code(
        :stranger, format('api.checkout(%s, %s, ''a-strange-key'')', :own_cart, :quote)
    ),
    'quote_not_found', 'no row security: no price of another family for it'
);
select tests.held(:cart) as registration \gset
select is(
    tests.family_error_code(:stranger, format('api.abandon_checkout(%s)', :registration)),
    'registration_not_found', 'no row security: no end of another family''s checkout'
);
rollback to savepoint rows;

-- 3. Without the guards: every guard lets everybody pass, and the hook's scope stays.
create function pg_temp.rows_changed() returns bigint language sql as $$
    select count(*) from enrollment.cart_items where created_at = now()
$$;
select pg_temp.rows_changed() as before \gset
create or replace function auth.require(variadic p_roles text[]) returns void
language sql as 'select';
select is(
    tests.family_error_code(:stranger, :'change'), 'cart_not_found',
    'no guard: the hook''s family is a stranger''s'
);
select is(
    tests.family_error_code(:stranger, :'read'), 'cart_not_found',
    'no guard: nor is it told a price'
);
select is(
    tests.error_code(
        format('select tests.as_family(%s, %L)', :elsewhere, :'read')
    ), 'cart_not_found',
    'no guard: nor is a family of another studio'
);
-- What the rows themselves allow to the functions' owner: with a family in scope, that family's.
create function pg_temp.as_owner(family text, statement text) returns bigint language plpgsql as $$
declare
    v_count bigint;
begin
    perform tests.act_as_deploy();
    perform set_config('role', 'enrollment', true);
    perform set_config('callboard.family_id', family, true);
    execute statement;
    get diagnostics v_count = row_count;
    perform tests.act_as_operator();
    return v_count;
end;
$$;
select is(
    pg_temp.as_owner(
        f.family, format('update enrollment.carts set status = status where id = %s', :cart)
    ), f.changed, f.what
)
from (
    values
    (:'stranger', 0::bigint, 'row security: not changed in a stranger''s scope'),
    (:'victim', 1, 'row security: changed in its own family''s')
) as f (family, changed, what);
select is(pg_temp.rows_changed(), :before::bigint, 'nothing was written');
-- Addresses and names belong to the platform: a domain that sends or pays sees those it serves.
create function pg_temp.accounts(domain text, family bigint) returns bigint
language plpgsql as $$
declare
    v_count bigint;
begin
    perform tests.act_as_deploy();
    perform set_config('callboard.family_id', family::text, true);
    perform set_config('role', domain, true);
    select count(a.id) into v_count from identity.accounts as a;
    perform tests.act_as_operator();
    return v_count;
end;
$$;
select is(pg_temp.accounts('messaging', :victim), 1::bigint, 'messages: the family''s guardian');
select is(pg_temp.accounts('payment', :victim), 1::bigint, 'payments: the family''s guardian');
select * from finish();
rollback;
