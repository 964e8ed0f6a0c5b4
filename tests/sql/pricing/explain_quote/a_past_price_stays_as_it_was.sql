begin;
set local search_path = tap, public;
select plan(11);
select tests.section('Explained Mon', '{1}') as monday \gset
select tests.section('Explained program', '{2}', 'technique') as program \gset
select tests.family() as family \gset
select tests.student(:family, 'One') as one \gset
select tests.cart(:one, :monday, :program) as cart \gset
select tests.cart(tests.student(:family, 'Two'), :monday) as cart \gset
create temporary table told as select tests.quote(:cart, 'monthly') - 'findings' as document;
select document ->> 'quote_id' as quote from told \gset
select is(
    tests.as_family(:family, format('api.explain_quote(%s)', :quote)),
    (select document from told), 'a quote is explained as it was told'
);

-- Every rule gets its next version: superseded now, valid from now.
create function pg_temp.supersede(rules text, changed text) returns void language plpgsql as $$
declare
    v_columns text;
begin
    select string_agg(a.attname, ', ') into v_columns
    from pg_attribute as a
    where a.attrelid = ('pricing.' || rules)::regclass and a.attnum > 0
    and a.attname not in ('id', 'version', 'valid_from', 'superseded_at', changed);
    perform tests.run(
        format(
            'update pricing.%1$s set superseded_at = now() where studio_id = auth.studio_id();
            insert into pricing.%1$s (%2$s, %3$s, version)
            select %2$s, %3$s * 2, version + 1 from pricing.%1$s
            where studio_id = auth.studio_id()',
            rules, v_columns, changed
        )
    );
end;
$$;
select pg_temp.supersede('rates', 'amount_minor');
select pg_temp.supersede('program_prices', 'amount_minor');
select pg_temp.supersede('fee_rules', 'amount_minor');
select pg_temp.supersede('family_discounts', 'amount_minor');
select pg_temp.supersede('payment_plans', 'fee_per_installment_minor');
create temporary table now_told as select tests.quote(:cart, 'monthly') as document;

select is(
    (
        select array_agg(n.amount_minor order by n.line_number) from now_told,
        tests.lines(document) as n
    ),
    (
        select array_agg(t.amount_minor * 2 order by t.line_number) from told,
        tests.lines(document) as t
    ),
    'a new quote goes by the new rules, line by line'
);
select is(
    (select array_agg(distinct n.rule ->> 'version') from now_told, tests.lines(document) as n),
    '{2}', 'and names their versions'
);
select is(
    tests.as_family(:family, format('api.explain_quote(%s)', :quote)),
    (select document from told), 'the old quote is explained as it was'
);

-- Replayed: from the facts that were kept and the instant that was kept, the same lines come out.
-- now() stands still in a test: the old quote was a moment earlier than the new rules.
select tests.run(
    format(
        $$set constraints all immediate;
        alter table pricing.quotes disable trigger _000_refuse_change;
        update pricing.quotes set priced_at = priced_at - interval '1 microsecond' where id = %s$$, :quote
    )
);
select is(tests.replayed(:quote), tests.kept(:quote), 'an old quote replays to its own lines');
select is(
    tests.replayed((select (document ->> 'quote_id')::bigint from now_told)),
    tests.kept((select (document ->> 'quote_id')::bigint from now_told)), 'so does the new one'
);
select is(
    (select sum(l.amount_minor) from pricing.quote_lines as l where l.quote_id = :quote),
    (select q.total_minor::numeric from pricing.quotes as q where q.id = :quote),
    'the lines add up to the total'
);

-- Who may ask.
select tests.family('Stranger') as stranger \gset
select is(
    tests.family_error_code(:stranger, format('api.explain_quote(%s)', :quote)), 'quote_not_found',
    'another family is not told'
);
select is(
    tests.family_error_code(:family, 'api.explain_quote(null)'), 'quote_not_found',
    'no quote, no answer'
);
select tests.worker() as staff \gset
select isnt(
    tests.as_staff(:staff, format('api.explain_quote(%s)', :quote)) -> 'total_minor', null,
    'staff are told without naming the family'
);
select is(
    tests.error_code(
        format(
            'select tests.as_staff(%s, ''api.explain_quote(%s)'', %s)', :staff, :quote, :stranger
        )
    ),
    'quote_not_found', 'acting for another family they are not'
);
select * from finish();
rollback;
