begin;
set local search_path = tap, public;
select plan(9);
select tests.section('Later Mon', '{1}') as monday \gset
select tests.section('Later Tue', '{2}') as tuesday \gset
create function pg_temp.discount(cart bigint) returns bigint language sql as $$
    select tests.amount(tests.quote(cart), 'family_discount')
$$;
create function pg_temp.set_to(p_later boolean) returns void language sql as $$
    select tests.run(
        format(
            'update studio.settings set family_discount_later = %L
            where studio_id = auth.studio_id() and term_id is null', p_later
        )
    )
$$;
select tests.family() as family \gset
select tests.student(:family, 'One') as one \gset
select tests.student(:family, 'Two') as two \gset
select tests.confirmed(tests.cart(:one, :monday)) as registration \gset
select tests.cart(:two, :monday) as cart \gset
select is(pg_temp.discount(:cart), -5000::bigint, 'true: a second child who comes later earns it');
select tests.quote(:cart) ->> 'quote_id' as earned \gset

select pg_temp.set_to(false);
select is(pg_temp.discount(:cart), null, 'false: one who comes alone does not');
select tests.quote(:cart) ->> 'quote_id' as not_earned \gset
select tests.cart(:one, :tuesday) as cart \gset
select tests.quote(:cart) as together \gset
select is(
    tests.amount(:'together', 'family_discount'), -5000::bigint,
    'two who come together do, also when one was there before'
);
select is(
    (
        select l.basis from tests.lines(:'together') as l where l.kind = 'family_discount'
    ), '{"students": 2, "min_students": 2, "discount_minor": 5000}',
    'those of the cart are counted'
);
select tests.confirmed(:cart) as registration \gset
select tests.cart(tests.student(:family, 'Three'), :monday) as cart \gset
select tests.cart(tests.student(:family, 'Four'), :monday) as cart \gset
select is(pg_temp.discount(:cart), null, 'once a term in any case');

-- The term's own setting goes first.
select tests.family() as family \gset
select tests.confirmed(tests.cart(tests.student(:family), :monday)) as registration \gset
select tests.cart(tests.student(:family), :monday) as cart \gset
select tests.run(
    format(
        'insert into studio.settings (studio_id, term_id, family_discount_later)
        values (auth.studio_id(), %s, true)', tests.term()
    )
);
select is(pg_temp.discount(:cart), -5000::bigint, 'a term may allow what the studio does not');

-- What held when a quote was made holds for it.
select is(tests.replayed(:earned), tests.kept(:earned), 'a quote that earned it replays');
select is(tests.replayed(:not_earned), tests.kept(:not_earned), 'so does one that did not');
select is(
    (
        select array_agg(q.inputs #>> '{orders,0,family_discount_later}' order by q.id)
        from pricing.quotes as q where q.id in (:earned, :not_earned)
    ), '{true,false}', 'each keeps its setting'
);
select * from finish();
rollback;
