-- Engines up to 2 kept the items and whether the family had its discount, and nothing of the order.
begin;
set local search_path = tap, public;
select plan(6);
-- Two fees of one position, the older one with the later code.
select tests.run(
    format(
        $$
            insert into pricing.fee_rules (
                studio_id, term_id, code, label, unit, amount_minor, charged_modes, position
            )
            select auth.studio_id(), %s, c.code, c.code, 'student', 100, '{standard}', 9
            from unnest(array['tied_later', 'tied_earlier']) with ordinality as c (code, number)
            order by c.number
        $$, tests.term()
    )
);
select tests.family() as family \gset
select tests.section('Replayed') as section \gset
select tests.student(:family) as one \gset
select tests.student(:family) as two \gset
select tests.cart(:one, :section) as cart \gset
select tests.cart(:two, :section) as cart \gset
select tests.quote(:cart, 'monthly') ->> 'quote_id' as quote \gset

-- The quote as an engine would have kept it.
create function pg_temp.as_of_engine(
    p_quote_id bigint, p_version integer, p_awarded boolean, p_left_out text [] default '{}'
)
returns bigint
language plpgsql as $$
declare
    v_id bigint;
begin
    perform tests.act_as_deploy();
    insert into pricing.quotes (
        studio_id, family_id, cart_id, term_id, plan_id, auto_pay, priced_at, engine_version,
        inputs, total_minor, lines, parts
    )
    select
        q.studio_id, q.family_id, q.cart_id, q.term_id, q.plan_id, q.auto_pay, q.priced_at,
        p_version,
        jsonb_build_object(
            'items', (
                select jsonb_agg(i.value - p_left_out order by i.ordinality)
                from jsonb_array_elements(q.inputs -> 'items') with ordinality as i
            ),
            'awarded', p_awarded
        ),
        q.total_minor, q.lines, q.parts
    from pricing.quotes as q
    where q.id = p_quote_id
    returning id into v_id;
    perform tests.act_as_operator();
    return v_id;
end;
$$;
-- Lines without what ties tell apart.
create function pg_temp.untied(p_lines jsonb) returns jsonb language sql as $$
    select jsonb_agg(k.value order by k.ordinality)
    from jsonb_array_elements(p_lines) with ordinality as k
    where k.value ->> 2 not like 'tied%'
$$;
create function pg_temp.tied(p_lines jsonb) returns text language sql as $$
    select string_agg(k.value ->> 2, ' ' order by k.ordinality)
    from jsonb_array_elements(p_lines) with ordinality as k
    where k.value ->> 2 like 'tied%'
$$;
select pg_temp.as_of_engine(:quote, 2, false) as before,
    pg_temp.as_of_engine(:quote, 2, true) as after,
    pg_temp.as_of_engine(
        :quote, 1, false,
        '{rate_step_basis,division_rank,division_mixes,plan_fee_waived,exempt_fee_codes,
        location_id}'
    ) as first \gset
select is(tests.replayed(:quote), tests.kept(:quote), 'a quote of today');
select is(
    pg_temp.untied(tests.replayed(:before)), pg_temp.untied(tests.kept(:quote)),
    'one that kept that there was no discount yet'
);
select is(
    pg_temp.untied(tests.replayed(:after)),
    (
        select jsonb_agg(k.value order by k.ordinality)
        from jsonb_array_elements(pg_temp.untied(tests.kept(:quote))) with ordinality as k
        where k.value ->> 1 <> 'family_discount'
    ),
    'one that kept that the family had it already'
);
select is(
    pg_temp.untied(tests.replayed(:first)), pg_temp.untied(tests.kept(:quote)),
    'one of engine 1, which did not keep how an item is counted'
);
select is(
    pg_temp.tied(tests.kept(:quote)), 'tied_earlier tied_later tied_earlier tied_later',
    'fees of one position come by their codes'
);
select is(
    pg_temp.tied(tests.replayed(:before)), 'tied_later tied_earlier tied_later tied_earlier',
    'and as they were made, where an engine up to 3 had them so'
);
select * from finish();
rollback;
