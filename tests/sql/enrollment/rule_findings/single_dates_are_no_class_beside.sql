begin;
set local search_path = tap, public;
select plan(2);
select tests.section('Asks', '{1}') as section \gset
select tests.section('By date', '{2}', p_mode => 'drop_in') as dated \gset
select tests.student(tests.family()) as student \gset
select tests.require(:section, '{"kind": "corequisite", "options": [{"count": 1}]}') as rule \gset
select tests.cart(:student, :section, :dated) as cart \gset
create function pg_temp.codes(p_cart bigint) returns text language sql as $$
    select string_agg(f.value ->> 'code', ' ')
    from jsonb_array_elements(
        tests.as_family(tests.family_of_cart(p_cart), format('api.check_cart(%s)', p_cart))
    ) as f
$$;
select is(pg_temp.codes(:cart), 'corequisite_missing', 'a date of a class is no class beside');
select tests.cart(:student, tests.section('Weekly', '{3}')) as cart \gset
select is(pg_temp.codes(:cart), null, 'a class is');
select * from finish();
rollback;
