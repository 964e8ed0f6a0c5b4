-- The database itself refuses, at the end of a transaction, whatever would collect another amount
-- than the one that was told.
begin;
set local search_path = tap, public;
select plan(10);
select tests.section('Parts Mon', '{1}') as section \gset
select tests.family() as family \gset
select tests.cart(tests.student(:family), :section) as cart \gset
select tests.quote(:cart, 'monthly') as quote \gset
select :'quote'::jsonb ->> 'quote_id' as quote_id \gset
select is(
    (
        select jsonb_agg(
            jsonb_build_object(
                'number', i.number, 'due_on', i.due_on, 'amount_minor', i.amount_minor
            )
            order by i.number
        )
        from pricing.quote_installments as i where i.quote_id = :quote_id
    ),
    :'quote'::jsonb -> 'schedule', 'the parts that are told are the rows that are kept'
);
select is(
    (select array_agg(i.family_id) from pricing.quote_installments as i
    where i.quote_id = :quote_id),
    array_fill(:family::bigint, array[5]), 'the family''s own'
);
select tests.run('set constraints all immediate') as checked \gset
select pass('the parts of a quote add up to its total');
select tests.run('set constraints all deferred') as checked \gset

-- What comes of a change at the end of its transaction.
create function pg_temp.at_the_end(statement text) returns text language sql as $$
    select tests.error_code(
        format('select tests.run(%L)', statement || '; set constraints all immediate')
    )
$$;
create function pg_temp.copied(quote_id bigint, changed text) returns text language sql as $$
    select format(
        $sql$insert into pricing.quotes (
            studio_id, family_id, cart_id, term_id, plan_id, auto_pay, priced_at, engine_version,
            inputs, lines_digest, total_minor, lines
        )
        select
            studio_id, family_id, cart_id, term_id, plan_id, auto_pay, priced_at, engine_version,
            inputs, lines_digest, t.minor,
            array[
                (
                    cart_id, null, 'adjustment', 'all', null, '{}', t.minor, 'pricing.adjustments',
                    0, 1
                )::pricing.line
            ]
        from pricing.quotes
        cross join lateral (select %s as minor) as t
        where id = %s$sql$, changed, quote_id
    )
$$;
create function pg_temp.part(total_minor bigint, number integer) returns text language sql as $$
    select format(
        $sql$insert into pricing.quote_installments (
            studio_id, quote_id, number, family_id, due_on, amount_minor
        )
        select q.studio_id, q.id, %s, q.family_id, '2027-01-01', %s
        from pricing.quotes as q order by q.id desc limit 1$sql$, number, total_minor
    )
$$;
select is(
    pg_temp.at_the_end(pg_temp.copied(:quote_id, 'total_minor')), '23514', 'no part at all'
);
select is(
    pg_temp.at_the_end(pg_temp.copied(:quote_id, '0')), '23514', 'not even of nothing'
);
select is(
    pg_temp.at_the_end(pg_temp.copied(:quote_id, '100') || ';' || pg_temp.part(99, 1)), '23514',
    'a cent too few'
);
select is(
    pg_temp.at_the_end(
        pg_temp.copied(:quote_id, '100') || ';' || pg_temp.part(100, 1) || ';'
        || pg_temp.part(1, 2)
    ), '23514', 'a cent too many'
);
select is(
    pg_temp.at_the_end(
        pg_temp.copied(:quote_id, '100') || ';' || pg_temp.part(101, 1) || ';'
        || pg_temp.part(-1, 2)
    ), '23514', 'a negative part'
);
select is(
    pg_temp.at_the_end(
        pg_temp.copied(:quote_id, '100') || ';' || pg_temp.part(50, 1) || ';'
        || pg_temp.part(50, 2)
    ), null, 'two that add up are kept'
);
select is(
    pg_temp.at_the_end(pg_temp.part(1, 3)), '23514', 'and none is added to them later'
);
select * from finish();
rollback;
