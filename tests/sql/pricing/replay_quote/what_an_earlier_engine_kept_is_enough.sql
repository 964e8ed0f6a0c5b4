-- Engines up to 2 kept the items and whether the family had its discount, and nothing of the order.
begin;
set local search_path = tap, public;
select plan(3);
select tests.family() as family \gset
select tests.section('Replayed') as section \gset
select tests.student(:family) as one \gset
select tests.student(:family) as two \gset
select tests.cart(:one, :section) as cart \gset
select tests.cart(:two, :section) as cart \gset
select tests.quote(:cart, 'monthly') ->> 'quote_id' as quote \gset

create function pg_temp.as_engine_2(p_quote_id bigint, p_awarded boolean) returns bigint
language plpgsql as $$
begin
    return tests.value(
        format(
            'pg_temp.copied(%s, %L)', p_quote_id, p_awarded
        )
    );
end;
$$;
create function pg_temp.copied(p_quote_id bigint, p_awarded boolean) returns bigint
language plpgsql as $$
declare
    v_id bigint;
begin
    insert into pricing.quotes (
        studio_id, family_id, cart_id, term_id, plan_id, auto_pay, priced_at, engine_version,
        inputs, lines_digest, total_minor
    )
    select
        q.studio_id, q.family_id, q.cart_id, q.term_id, q.plan_id, q.auto_pay, q.priced_at, 2,
        jsonb_build_object('items', q.inputs -> 'items', 'awarded', p_awarded),
        q.lines_digest, q.total_minor
    from pricing.quotes as q
    where q.id = p_quote_id
    returning id into v_id;
    return v_id;
end;
$$;
select pg_temp.as_engine_2(:quote, false) as before, pg_temp.as_engine_2(:quote, true) as after \gset
select is(tests.replayed(:quote), tests.kept(:quote), 'a quote of today');
select is(
    tests.replayed(:before), tests.kept(:quote),
    'one that kept that there was no discount yet'
);
select is(
    tests.replayed(:after),
    (
        select jsonb_agg(k.value order by k.ordinality)
        from jsonb_array_elements(tests.kept(:quote)) with ordinality as k
        where k.value ->> 1 <> 'family_discount'
    ),
    'one that kept that the family had it already'
);
select * from finish();
rollback;
