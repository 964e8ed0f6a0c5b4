-- A cart without a price is found among many, wherever it stands.
begin;
set local search_path = tap, public;
select plan(4);
select tests.section('Mon', '{1}') as monday \gset
create function pg_temp.priced(p_section_id bigint, p_count integer, p_refused integer []) returns jsonb
language plpgsql as $$
declare
    v_answer jsonb;
begin
    perform tests.act_as_deploy();
    with items as (
        select
            n as cart_id, 1 as family_id, s.term_id, n as student_id, s.id as section_id,
            s.class_id, 'standard' as price_mode, k.division_id,
            -- There is no rate of seven days.
            case when n = any(p_refused) then '{1,2,3,4,5,6,7}' else '{1}' end::smallint []
            as weekdays,
            s.starts_on, s.ends_on, false as enrolled, 'distinct_weekdays' as rate_step_basis,
            3 as division_rank, true as division_mixes, '{}'::text [] as exempt_fee_codes
        from catalog.sections as s
        inner join catalog.classes as k on s.class_id = k.id
        cross join generate_series(1, p_count) as g (n)
        where s.id = p_section_id
    )

    select
        jsonb_build_object(
            'sum', sum(r.amount_minor),
            'refused', jsonb_agg(r.cart_id order by r.cart_id) filter (where r.refusal is not null),
            'codes', jsonb_agg(distinct r.refusal) filter (where r.refusal is not null)
        )
    into v_answer
    from pricing.price_or_refuse(
        array(
            select jsonb_populate_record(null::pricing.basket_item, to_jsonb(i)) from items as i
        ),
        array(
            select
                jsonb_populate_record(
                    null::pricing.basket_order,
                    jsonb_build_object(
                        'cart_id', i.cart_id, 'family_id', i.family_id, 'term_id', i.term_id,
                        'awarded', false
                    )
                )
            from items as i
        ),
        pricing.plan_of(tests.term(), null, null, now()),
        now()
    ) as r;
    perform tests.act_as_operator();
    return v_answer;
end;
$$;
-- One day of Senior with its fees is 916.43.
select is(
    pg_temp.priced(:monday, 300, '{}'), '{"sum": 27492900, "codes": null, "refused": null}',
    '300 families have their price'
);
select is(
    pg_temp.priced(:monday, 300, '{1,77,300}'),
    '{"sum": 27217971, "codes": ["rate_missing"], "refused": [1, 77, 300]}',
    'three of them have none, and fail no other'
);
select is(
    pg_temp.priced(:monday, 5, '{1,2,3,4,5}'),
    '{"sum": null, "codes": ["rate_missing"], "refused": [1, 2, 3, 4, 5]}', 'nor do all of them'
);
-- What pricing many sets for itself ends with it.
select is(
    tests.value('current_setting(''enable_nestloop'') || '' '' || current_setting(''plan_cache_mode'')'),
    '"on auto"', 'and the session is as it was'
);
select * from finish();
rollback;
