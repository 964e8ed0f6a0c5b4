-- What a quote keeps as its lines is checked by the database itself, with the row of the quote.
begin;
set local search_path = tap, public;
select plan(27);
select tests.section('Lines Mon', '{1}') as section \gset
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.student(:family) as stranger \gset
select tests.cart(:student, :section) as cart \gset
select (tests.quote(:cart) ->> 'quote_id')::bigint as quote \gset

select is(
    (
        select jsonb_agg(to_jsonb(l) - 'basis' order by l.line_number)
        from pricing.quote_lines as l where l.quote_id = :quote
    ),
    (
        select
            jsonb_agg(
                to_jsonb(l) - '{basis,cart_id,ordinality}'::text []
                || jsonb_build_object(
                    'studio_id', q.studio_id, 'quote_id', q.id, 'family_id', q.family_id,
                    'line_number', l.ordinality
                )
                order by l.ordinality
            )
        from pricing.quotes as q
        cross join lateral unnest(q.lines) with ordinality as l
        where q.id = :quote
    ),
    'the view has a row for each line, with its number'
);
-- The quote once more, with a line of its own: 100 of its one student.
create function pg_temp.kept(
    quote_id bigint, changed text, total_minor text default '100', lines text default 'array[l]'
)
returns text language sql as $$
    select tests.error_code(
        format(
            'select tests.run(%L)',
            format(
                $sql$insert into pricing.quotes (
                    studio_id, family_id, cart_id, term_id, plan_id, auto_pay, priced_at,
                    engine_version, inputs, total_minor, lines, parts
                )
                select
                    q.studio_id, q.family_id, q.cart_id, q.term_id, q.plan_id, q.auto_pay,
                    q.priced_at, q.engine_version, q.inputs, %1$s, %2$s,
                    array[(1, '2027-01-01', %1$s)::pricing.part]
                from pricing.quotes as q
                cross join lateral jsonb_populate_record(
                    q.lines[1], '{"kind": "fee", "amount_minor": 100}'::jsonb || '%3$s'
                ) as l
                where q.id = %4$s$sql$, total_minor, lines, changed, quote_id
            )
        )
    )
$$;
select is(pg_temp.kept(:quote, c.changed, c.total_minor), c.code, c.what)
from (
    values
    ('{}', '100', null, 'a line is kept'),
    ('{"student_id": null}', '100', null, 'one of the family'),
    ('{"kind": "adjustment"}', '100', null, 'an adjustment may add'),
    ('{"section_id": null}', '100', null, 'a section is not needed'),
    ('{"amount_minor": 0}', '0', null, 'what costs nothing is kept, too'),
    ('{}', '99', '23514', 'a cent less than the total'),
    ('{}', '101', '23514', 'a cent more'),
    ('{"amount_minor": null}', '0', '23514', 'no amount'),
    ('{"kind": "adjustment", "amount_minor": null}', '0', '23514', 'not of an adjustment, either'),
    ('{"kind": "gift"}', '100', '23514', 'an unknown kind'),
    ('{"kind": null}', '100', '23514', 'no kind'),
    ('{"code": null}', '100', '23514', 'no code'),
    ('{"rule_table": null}', '100', '23514', 'no table of its rule'),
    ('{"rule_id": null}', '100', '23514', 'no rule'),
    ('{"rule_version": null}', '100', '23514', 'no version of it'),
    ('{"kind": "discount"}', '100', '23514', 'a discount that adds'),
    ('{"kind": "credit", "amount_minor": 0}', '0', '23514', 'a credit of nothing'),
    ('{"cart_id": 0}', '100', '23514', 'the line of another cart'),
    ('{"cart_id": null}', '100', '23514', 'of none')
) as c (changed, total_minor, code, what);
select is(
    pg_temp.kept(:quote, format('{"student_id": %s}', :stranger)), '23514',
    'of a student who has nothing in the cart'
);
select is(
    pg_temp.kept(:quote, '{}', '0', 'array[null]::pricing.line[]'), '23514', 'a line that is null'
);
select is(
    pg_temp.kept(:quote, '{"amount_minor": -1, "kind": "fee"}', '99', 'array[l, l]'), '23514',
    'a charge below zero'
);
select is(pg_temp.kept(:quote, '{}', '60', c.lines), c.code, c.what)
from (
    values
    (
        $$array[l, (l.cart_id, null, 'coupon', 'c', null, '{}', -40, 't', 1, 1)::pricing.line]$$,
        null, 'a coupon takes off'
    ),
    (
        $$array[l, (l.cart_id, null, 'coupon', 'c', null, null, -40, 't', 1, 1)::pricing.line]$$,
        '23514', 'a line without inputs'
    )
) as c (lines, code, what);

-- Whoever reads the view sees the quotes of the scope.
create function pg_temp.lines_seen(family_id bigint) returns bigint language plpgsql as $$
declare
    v_count bigint;
begin
    perform tests.act_as_deploy();
    perform set_config('callboard.family_id', family_id::text, true);
    perform set_config('role', 'pricing', true);
    select count(*) into v_count from pricing.quote_lines as l;
    perform tests.act_as_operator();
    return v_count;
end;
$$;
select ok(pg_temp.lines_seen(:family) > 0, 'a family''s own lines are seen in its scope');
select is(pg_temp.lines_seen(tests.family()), 0::bigint, 'and not in another''s');
select * from finish();
rollback;
