begin;
set local search_path = tap, public;
select plan(20);
select 'new' || gen_random_uuid() || '@example.com' as email \gset
create function pg_temp.sign_up(arguments text) returns jsonb language plpgsql as $$
declare
    v_answer jsonb;
begin
    perform tests.act_as_anon();
    execute 'select to_jsonb(api.sign_up(' || arguments || '))' into v_answer;
    perform tests.act_as_operator();
    return v_answer;
end;
$$;
create function pg_temp.refusal(arguments text) returns text language sql as $$
    select tests.error_code(format('select pg_temp.sign_up(%L)', arguments))
$$;
create temporary table first as
select pg_temp.sign_up(
    format(
        '%L, ''correct horse'', '' Ana   Rivera '', ''+12125550123'', true', upper(:'email') || ' '
    )
) as answer;
select is(
    (select answer from first), jsonb_build_object('email', :'email', 'next', 'sign_in'),
    'a new address'
);
select is(
    (select (a.full_name, g.is_primary, g.sms_opt_in, f.name)::text
    from identity.accounts as a
    inner join identity.guardians as g on a.id = g.account_id
    inner join identity.families as f on g.studio_id = f.studio_id and g.family_id = f.id
    where a.email = :'email'),
    '("Ana Rivera",t,t,"Ana Rivera")',
    'has an account and a family, of which it is the primary guardian'
);
select ok(
    (select c.password_hash = extensions.crypt('correct horse', c.password_hash)
    from identity.credentials as c inner join identity.accounts as a on c.account_id = a.id
    where a.email = :'email'),
    'only the hash of the password is kept'
);
create temporary table before as select a.*, c.password_hash from identity.accounts as a
inner join identity.credentials as c on a.id = c.account_id where a.email = :'email';
select is(
    pg_temp.sign_up(format('%L, ''another password'', ''Eve''', :'email')),
    (select answer from first),
    'a known address is answered alike'
);
select results_eq(
    format(
        'select a.*, c.password_hash from identity.accounts as a
        inner join identity.credentials as c on a.id = c.account_id where a.email = %L',
        :'email'
    ),
    'select * from before', 'and stays as it was'
);
select is(
    (
        select count(*) from identity.guardians as g inner join before as b on g.account_id = b.id
    ), 1::bigint,
    'with the one family it has'
);
select is(pg_temp.refusal(r.arguments), r.code, r.what)
from (
    values
    ('''no address'', ''long enough'', ''Ana''', 'invalid_email', 'no address'),
    ('null, ''long enough'', ''Ana''', 'invalid_email', 'nothing for an address'),
    ('''a@b'', ''long enough'', ''Ana''', 'invalid_email', 'an address without a domain'),
    (
        '''a@' || repeat('x', 250) || '.com'', ''long enough'', ''Ana''', 'invalid_email',
        'an address too long'
    ),
    ('''a@b.com'', ''long enough'', '' ''', 'name_required', 'a blank name'),
    (
        '''a@b.com'', ''long enough'', ''' || repeat('x', 101) || '''', 'name_required',
        'a name too long'
    ),
    ('''a@b.com'', ''123456789'', ''Ana''', 'password_too_short', 'nine characters'),
    ('''a@b.com'', null, ''Ana''', 'password_too_short', 'no password'),
    (
        '''a@b.com'', ''' || repeat('ü', 37) || ''', ''Ana''', 'password_too_long',
        'more bytes than the hash sees'
    ),
    (
        '''a@b.com'', ''long enough'', ''Ana'', ''555-0123''', 'invalid_phone',
        'a phone number without its country'
    ),
    ('''a@b.com'', ''long enough'', ''Ana'', null, true', 'phone_required', 'SMS without a phone')
) as r (arguments, code, what);
select is_empty(
    'select id from identity.accounts where email = ''a@b.com''', 'none of those left anything'
);
select isnt(
    pg_temp.sign_up('''b@c.com'', ''1234567890'', ''José O''''Neil 李'''), null,
    'ten characters and any name are enough'
);
select is(
    (
        select count(*) from identity.accounts as a where a.full_name = 'José O''Neil 李'
    ), 1::bigint, 'which is kept as it is'
);
select * from finish();
rollback;
