begin;
set local search_path = tap, public;
select plan(5);
select tests.section('Settings') as section \gset
create function pg_temp.hold(section bigint) returns interval language plpgsql as $$
begin
    return (
        tests.checkout(tests.cart(tests.student(tests.family()), section)) ->> 'hold_expires_at'
    )::timestamptz - now();
end;
$$;
select is(pg_temp.hold(:section), '15 minutes', 'the studio''s setting');
select tests.run('update studio.settings set hold_minutes = 20 where studio_id = auth.studio_id()');
select is(pg_temp.hold(:section), '20 minutes', 'the studio''s setting, changed');
select tests.run(
    format(
        'insert into studio.settings (studio_id, term_id, hold_minutes)
        values (auth.studio_id(), %s, 30)',
        tests.term()
    )
);
select is(pg_temp.hold(:section), '30 minutes', 'a term may differ');
select tests.run('update studio.settings set hold_minutes = null where term_id is not null');
select is(pg_temp.hold(:section), '20 minutes', 'an empty setting of a term means the studio''s');
select is(
    tests.error_code(
        $$select tests.run(
            'update studio.settings set hold_minutes = null
            where studio_id = auth.studio_id() and term_id is null'
        )$$
    ),
    '23514', 'the studio''s own can not be empty'
);
select * from finish();
rollback;
