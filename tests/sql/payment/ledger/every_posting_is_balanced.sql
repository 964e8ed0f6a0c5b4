begin;
set local search_path = tap, public;
select plan(19);
select tests.family() as family, tests.family('Cole', 'elmst') as theirs \gset

-- Postings as somebody could try them who has the right to write: straight into the tables.
create function pg_temp.posting(p_count integer, p_amount_minor bigint) returns bigint
language sql as $$
    insert into payment.ledger_postings (
        studio_id, family_id, source, source_id, occurred_on, posted_on, amount_minor, entry_count
    )
    select f.studio_id, f.id, 'credit', (random() * 1e9)::bigint, '2027-01-05', '2027-01-05',
        p_amount_minor, p_count
    from identity.families as f
    where f.id = current_setting('tests.family')::bigint
    returning id
$$;
create function pg_temp.entries(p_posting_id bigint, variadic p_amounts bigint[]) returns void
language sql as $$
    insert into payment.ledger_entries (
        studio_id, posting_id, number, family_id, account, posted_on, amount_minor
    )
    select p.studio_id, p.id, a.number, p.family_id, 'cash', p.posted_on, a.amount_minor
    from payment.ledger_postings as p
    cross join unnest(p_amounts) with ordinality as a (amount_minor, number)
    where p.id = p_posting_id
$$;
-- The end of the transaction, taken back.
create function pg_temp.outcome(p_statement text) returns text
language plpgsql as $$
begin
    begin
        perform tests.act_as_deploy();
        execute p_statement;
        set constraints all immediate;
        raise exception using errcode = 'UNDO0';
    exception
        when sqlstate 'UNDO0' then return 'posted';
    end;
end;
$$;
create function pg_temp.refusal(p_statement text) returns text
language plpgsql as $$
declare
    v_error jsonb;
begin
    v_error := tests.error(format('select pg_temp.outcome(%L)', p_statement));
    perform tests.act_as_operator();
    return coalesce(v_error ->> 'details', v_error ->> 'code');
end;
$$;
select set_config('tests.family', :'family', true) \g /dev/null

select is(
    pg_temp.outcome('select pg_temp.entries(pg_temp.posting(2, 100), 100, -100)'), 'posted',
    'one debit and one credit of the same amount are a posting'
);
select is(
    pg_temp.outcome('select pg_temp.entries(pg_temp.posting(3, 100), 100, -60, -40)'), 'posted',
    'and so is a debit with two credits'
);
select is(
    pg_temp.refusal(w.statement), 'ledger_postings_balanced', w.what
)
from (
    values
    ('select pg_temp.entries(pg_temp.posting(2, 100), 100, -99)', 'a cent is missing'),
    ('select pg_temp.entries(pg_temp.posting(2, 100), 100, 100)', 'two debits'),
    ('select pg_temp.posting(2, 100)', 'no entry at all'),
    ('select pg_temp.entries(pg_temp.posting(2, 100), 100)', 'one side only'),
    ('select pg_temp.entries(pg_temp.posting(2, 100), 100, -100, 5, -5)', 'more than it says'),
    ('select pg_temp.entries(pg_temp.posting(3, 100), 100, -100)', 'fewer than it says'),
    ('select pg_temp.entries(pg_temp.posting(2, 101), 100, -100)', 'another amount than it says')
) as w (statement, what);
select is(
    pg_temp.refusal('select pg_temp.posting(0, 100)'), 'ledger_postings_two_sides',
    'none is said to have no entries'
);
select is(
    pg_temp.refusal('select pg_temp.posting(1, 100)'), 'ledger_postings_two_sides',
    'nor one alone'
);
select is(
    pg_temp.refusal('select pg_temp.posting(2, 0)'), 'ledger_postings_amount_positive',
    'nor to be about nothing'
);
select is(
    pg_temp.refusal('select pg_temp.entries(pg_temp.posting(2, 100), 100, -100, 0)'),
    'ledger_entries_amount_not_zero', 'an entry is about something'
);

-- A posting that is complete stays as it is: nothing is added to it later.
select tests.act_as_deploy();
select pg_temp.posting(2, 100) as posting \gset
select pg_temp.entries(:posting, 100, -100);
set constraints all immediate;
set constraints all deferred;
select tests.act_as_operator();
create function pg_temp.later(p_posting_id bigint, p_changes jsonb) returns void
language sql as $$
    insert into payment.ledger_entries
    select n.*
    from jsonb_populate_record(
        null::payment.ledger_entries,
        (
            select to_jsonb(e) || '{"number": 3}' || p_changes
            from payment.ledger_entries as e
            where e.posting_id = p_posting_id and e.number = 1
        )
    ) as n
$$;
select is(
    pg_temp.refusal(format('select pg_temp.later(%s, ''{}'')', :posting)),
    'ledger_postings_balanced', 'a third entry'
);
select is(
    pg_temp.refusal(
        format(
            'select pg_temp.later(%1$s, ''{}''), pg_temp.later(%1$s, %2$L)', :posting,
            '{"number": 4, "amount_minor": -100}'
        )
    ),
    'ledger_postings_balanced', 'nor two that are balanced by themselves'
);

-- Whose it is and when it counts stand with each entry, as with their posting.
create function pg_temp.unlike(p_column text, p_value text) returns void
language plpgsql as $$
declare
    v_posting_id constant bigint := pg_temp.posting(2, 100);
begin
    insert into payment.ledger_entries
    select n.*
    from payment.ledger_postings as p
    cross join (values (1, 100), (2, -100)) as a (number, amount_minor)
    cross join lateral jsonb_populate_record(
        null::payment.ledger_entries,
        jsonb_build_object(
            'studio_id', p.studio_id, 'posting_id', p.id, 'number', a.number,
            'family_id', p.family_id, 'account', 'cash', 'posted_on', p.posted_on,
            'amount_minor', a.amount_minor
        ) || jsonb_build_object(p_column, p_value)
    ) as n
    where p.id = v_posting_id;
end;
$$;
select tests.family('Baker') as other \gset
select is(
    pg_temp.refusal(format('select pg_temp.unlike(''family_id'', %L)', :'other')),
    'ledger_postings_balanced', 'of another family'
);
select is(
    pg_temp.refusal('select pg_temp.unlike(''posted_on'', ''2027-01-06'')'),
    'ledger_postings_balanced', 'of another day'
);
select is(
    pg_temp.refusal('select pg_temp.unlike(''account'', ''petty_cash'')'),
    'ledger_entries_account_fkey', 'of an account that there isn''t'
);
select is(
    pg_temp.refusal(
        format(
            'select payment.post(''credit'', 1, %s, null, ''2027-01-05'', %L)', :family,
            '{"cash": 100, "credits": -99}'
        )
    ),
    'ledger_postings_balanced', 'what posts all facts can''t do better'
);
select * from finish();
rollback;
