begin;
set local search_path = tap, public;
select plan(12);
select tests.family('First') as first \gset
select tests.family('Second') as second \gset
select tests.family('Stranger') as stranger \gset
select tests.family('Elm', 'elmst') as elsewhere \gset
select tests.guardian_of(:first) as guardian \gset
select tests.run(
    format(
        'insert into identity.guardians (studio_id, family_id, account_id)
        values (auth.studio_id(), %s, %s)',
        :second, :guardian
    )
);
select tests.worker() as staff \gset
-- The family in scope after the hook, or the code with which it refuses.
create function pg_temp.scope(role text, account bigint, family text)
returns text language plpgsql as $$
declare
    v_scope text;
begin
    v_scope := tests.error_code(
        format(
            'select tests.act_as(%L, %L, %L)', role, tests.claims(account, role),
            jsonb_strip_nulls(jsonb_build_object('x-family', family))
        )
    );
    if v_scope is null then
        v_scope := coalesce(auth.family_id()::text, 'every family');
    end if;
    perform tests.act_as_operator();
    return v_scope;
end;
$$;
select is(pg_temp.scope('customer', :guardian, null), 'family_required', 'a guardian of two');
select is(pg_temp.scope('customer', :guardian, :'first'), :'first'::text, 'of the first');
select is(pg_temp.scope('customer', :guardian, :'second'), :'second'::text, 'of the second');
select is(pg_temp.scope('customer', :guardian, :'stranger'), 'family_unknown', 'not of another');
select is(pg_temp.scope('customer', :guardian, 'x'), 'family_unknown', 'not of a word');
select is(pg_temp.scope('customer', :guardian, ''), 'family_unknown', 'nor of nothing');
select is(
    pg_temp.scope('customer', tests.guardian_of(:stranger), null), :'stranger'::text,
    'a guardian of one need not say'
);
select is(pg_temp.scope('staff', :staff, null), 'every family', 'staff see the studio');
select is(pg_temp.scope('staff', :staff, :'first'), :'first'::text, 'or act for one family');
select is(pg_temp.scope('staff', :staff, :'elsewhere'), 'family_unknown', 'of their own studio');
select is(pg_temp.scope('staff', :staff, '1; drop table'), 'family_unknown', 'by its number');
select is(
    tests.what_if(
        format(
            'delete from identity.guardians where account_id = %s and family_id = %s', :guardian,
            :second
        ),
        format('pg_temp.scope(''customer'', %s, ''%s'')', :guardian, :second)
    ),
    '"family_unknown"', 'a guardian who no longer is one'
);
select * from finish();
rollback;
