begin;
set local search_path = tap, public;
select plan(9);
select tests.family() as family \gset
create function pg_temp.post(p_source text, p_id bigint, p_amounts jsonb) returns boolean
language sql as $$
    select tests.value(
        format(
            'payment.post(%L, %s, %s, null, ''2027-01-05'', %L)', p_source, p_id,
            current_setting('tests.family'), p_amounts
        )
    )::boolean
$$;
select set_config('tests.family', :'family', true) \g /dev/null
select ok(pg_temp.post('credit', 7, '{"cash": 5, "credits": -5}'), 'a fact is posted');
select ok(not pg_temp.post('credit', 7, '{"cash": 5, "credits": -5}'), 'and not again');
select ok(not pg_temp.post('credit', 7, '{"cash": 6, "credits": -6}'), 'with another amount either');
select ok(pg_temp.post('waiver', 7, '{"cash": 5, "credits": -5}'), 'another kind of fact is another');
select ok(
    not pg_temp.post('credit', 8, '{"cash": 0, "credits": 0}'), 'what comes to nothing is nothing'
);
select ok(
    pg_temp.post('credit', 8, '{"cash": 3, "credits": -3, "unapplied": 0}'), 'until it does'
);
select results_eq(
    format(
        $$
            select p.source, p.source_id, p.amount_minor, p.entry_count::integer,
                (
                    select string_agg(
                        e.number || ' ' || e.account || ' ' || e.amount_minor, ', '
                        order by e.number
                    )
                    from payment.ledger_entries as e where e.posting_id = p.id
                )
            from payment.ledger_postings as p
            where p.family_id = %s
            order by p.id
        $$,
        :family
    ),
    $$
        values
        ('credit', 7::bigint, 5::bigint, 2, '1 cash 5, 2 credits -5'),
        ('waiver', 7, 5, 2, '1 cash 5, 2 credits -5'),
        ('credit', 8, 3, 2, '1 cash 3, 2 credits -3')
    $$,
    'each has its entries, in the order of the accounts'
);
select ok(tests.value('payment.is_posted(''credit'', 7)')::boolean, 'so much is known');
select ok(not tests.value('payment.is_posted(''sale'', 7)')::boolean, 'and no more');
select * from finish();
rollback;
