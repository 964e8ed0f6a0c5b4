begin;
set local search_path = tap, public;
select plan(9);
select tests.family() as family \gset
select tests.guardian_of(:family) as guardian \gset
select tests.run(
    $$select identity.install_signing_key('zz-test', decode(repeat('ab', 32), 'hex'))$$
);
create temporary table signed as
select v.answer, string_to_array(v.answer ->> 'token', '.') as parts
from tests.value(format('identity.sign_token(%s, ''customer'')', :guardian)) as v (answer);
create function pg_temp.decoded(part text) returns jsonb language sql as $$
    select convert_from(
        decode(rpad(translate(part, '-_', '+/'), (length(part) + 3) / 4 * 4, '='), 'base64'), 'utf8'
    )::jsonb
$$;
select is(
    (select pg_temp.decoded(parts[1]) from signed),
    '{"alg": "HS256", "typ": "JWT", "kid": "zz-test"}', 'the header names the newest key'
);
select is(
    (select pg_temp.decoded(parts[2]) - 'exp' from signed), tests.claims(:guardian),
    'the claims are what the hook checks'
);
select is(
    (
        select to_timestamp((pg_temp.decoded(parts[2]) ->> 'exp')::bigint) from signed
    ), date_trunc('second', now() + interval '12 hours'),
    'it ends after the setting token_minutes'
);
select is(
    (select parts[3] from signed),
    (
        select rtrim(
            translate(
                encode(
                    extensions.hmac(
                        convert_to(parts[1] || '.' || parts[2], 'utf8'),
                        decode(repeat('ab', 32), 'hex'), 'sha256'
                    ),
                    'base64'
                ),
                '+/', '-_'
            ),
            '='
        ) from signed
    ),
    'the signature is the key''s over both'
);
select is(
    (
        select array_agg(k.key order by k.key) from signed,
        jsonb_object_keys(pg_temp.decoded(parts[2])) as k (key)
    ),
    '{exp,role,studio,sub,version}', 'nothing else is in it, no name and no address'
);
select tests.run(
    $$select identity.install_signing_key('zz-test', decode(repeat('cd', 32), 'hex'))$$
);
select is(
    (
        select k.secret from identity.signing_keys as k where k.kid = 'zz-test'
    ), decode(repeat('ab', 32), 'hex'),
    'a key that is known stays as it is'
);
select is(
    tests.error_code(
        $$select tests.run(
            'select identity.install_signing_key(''short'', decode(repeat(''ab'', 31), ''hex''))'
        )$$
    ),
    '23514', 'a short key is refused'
);

-- Signed out everywhere: the next request is refused, the token notwithstanding.
select tests.claims(:guardian) as claims \gset
select tests.as_family(:family, 'api.sign_out_everywhere()') as nothing \gset
select is(
    tests.error_code(format('select tests.act_as(''customer'', %L)', :'claims')), 'token_revoked',
    'whoever signs out everywhere revokes it'
);
select is(
    tests.error_code(
        format('select tests.act_as(''customer'', %L)', tests.claims(:guardian))
    ), null, 'the next sign-in is good again'
);
select * from finish();
rollback;
