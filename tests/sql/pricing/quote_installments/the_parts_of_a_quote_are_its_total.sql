-- The database itself refuses, with the row of the quote, whatever would collect another amount
-- than the one that was told.
begin;
set local search_path = tap, public;
select plan(38);
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
    :'quote'::jsonb -> 'schedule', 'the parts that are told are those that are kept'
);
select is(
    (select array_agg(i.family_id) from pricing.quote_installments as i
    where i.quote_id = :quote_id),
    array_fill(:family::bigint, array[5]), 'the family''s own'
);
select is(
    (select sum(i.amount_minor)::bigint from pricing.quote_installments as i
    where i.quote_id = :quote_id),
    (:'quote'::jsonb -> 'total_minor')::bigint, 'and add up to its total'
);

-- What comes of the quote once more, with another total and parts of its own; as deploy.
create function pg_temp.copied(quote_id bigint, total_minor text, parts text) returns text
language sql as $$
    select format(
        $sql$insert into pricing.quotes (
            studio_id, family_id, cart_id, term_id, plan_id, auto_pay, priced_at, engine_version,
            inputs, total_minor, lines, parts
        )
        select
            studio_id, family_id, cart_id, term_id, plan_id, auto_pay, priced_at, engine_version,
            inputs, t.minor,
            array[
                (
                    cart_id, null, 'adjustment', 'all', null, '{}', t.minor, 'pricing.adjustments',
                    0, 1
                )::pricing.line
            ],
            %s
        from pricing.quotes
        cross join lateral (select %s::bigint as minor) as t
        where id = %s$sql$, parts, total_minor, quote_id
    )
$$;
create function pg_temp.kept(quote_id bigint, total_minor text, parts text) returns text
language sql as $$
    select tests.error_code(
        format('select tests.run(%L)', pg_temp.copied(quote_id, total_minor, parts))
    )
$$;
-- Parts as (number, due_on, amount_minor).
create function pg_temp.of_rows(rows text) returns text language sql as $$
    select format('array[%s]::pricing.part[]', rows)
$$;
create temporary table cases as
select
    c.total_minor, c.code, c.what,
    case when c.parts like '(%' or c.parts = '' then pg_temp.of_rows(c.parts) else c.parts end
    as parts
from (
    values
    ('100', $$(1, '2027-01-01', 100)$$, null, 'one part is kept'),
    ('0', $$(1, '2027-01-01', 0)$$, null, 'one of nothing, where there is nothing to pay'),
    ('100', $$(1, '2027-01-01', 50), (2, '2027-02-01', 50)$$, null, 'two that add up'),
    ('100', $$(1, '2027-01-01', 0), (2, '2027-02-01', 100)$$, null, 'one of them of nothing'),
    ('100', $$(1, '2027-01-01', 50), (2, '2027-01-01', 50)$$, null, 'two on a day'),
    ('100', 'null', '23502', 'no parts'),
    ('100', '', '23514', 'not one part'),
    ('0', '', '23514', 'not even of nothing'),
    ('100', 'array[null]::pricing.part[]', '23514', 'a part that is null'),
    ('100', $$array[(1, '2027-01-01', 100), null]::pricing.part[]$$, '23514', 'the second is'),
    ('100', $$(1, '2027-01-01', 99)$$, '23514', 'a cent too few'),
    ('100', $$(1, '2027-01-01', 101)$$, '23514', 'a cent too many'),
    ('100', $$(1, '2027-01-01', 100), (2, '2027-02-01', 1)$$, '23514', 'a part too many'),
    ('100', $$(1, '2027-01-01', 50)$$, '23514', 'one too few'),
    ('100', $$(1, '2027-01-01', 101), (2, '2027-02-01', -1)$$, '23514', 'a negative part'),
    ('100', $$(1, '2027-01-01', -1), (2, '2027-02-01', 101)$$, '23514', 'in front'),
    ('100', $$(1, '2027-01-01', null)$$, '23514', 'no amount'),
    ('100', $$(1, '2027-01-01', 100), (2, '2027-02-01', null)$$, '23514', 'of one'),
    ('0', $$(1, '2027-01-01', null)$$, '23514', 'which is not nothing'),
    ('100', $$(1, null, 100)$$, '23514', 'no date'),
    ('100', $$(1, '2027-01-01', 50), (2, null, 50)$$, '23514', 'for one'),
    ('100', $$(null, '2027-01-01', 100)$$, '23514', 'no number'),
    ('100', $$(1, '2027-01-01', 50), (null, '2027-02-01', 50)$$, '23514', 'for one'),
    ('100', $$(0, '2027-01-01', 100)$$, '23514', 'number 0'),
    ('100', $$(2, '2027-01-01', 100)$$, '23514', 'no number 1'),
    ('100', $$(-1, '2027-01-01', 100)$$, '23514', 'a number below 0'),
    ('100', $$(1, '2027-01-01', 50), (3, '2027-02-01', 50)$$, '23514', 'a gap'),
    ('100', $$(1, '2027-01-01', 50), (1, '2027-02-01', 50)$$, '23514', 'a number twice'),
    ('100', $$(2, '2027-02-01', 50), (1, '2027-01-01', 50)$$, '23514', 'the other way round'),
    ('100', $$(1, '2027-02-01', 50), (2, '2027-01-01', 50)$$, '23514', 'dates that go back'),
    (
        '0', $$(1, '2027-01-01', 9223372036854775807), (2, '2027-02-01', 9223372036854775807)$$,
        '22003', 'more than there can be'
    )
) as c (total_minor, parts, code, what);
select is(pg_temp.kept(:quote_id, c.total_minor, c.parts), c.code, c.what)
from cases as c;
-- The owner of the table is not asked less.
create function pg_temp.kept_by_its_owner(quote_id bigint, total_minor text, parts text)
returns text language plpgsql as $$
declare
    v_code text;
begin
    perform tests.act_as_deploy();
    perform set_config('role', 'pricing', true);
    v_code := tests.error_code(pg_temp.copied(quote_id, total_minor, parts));
    perform tests.act_as_operator();
    return v_code;
end;
$$;
select results_eq(
    format(
        'select c.what, pg_temp.kept_by_its_owner(%s, c.total_minor, c.parts) from cases as c',
        :'quote_id'
    ),
    'select c.what, c.code from cases as c', 'the table''s owner is told the same'
);
select is(
    tests.error_code('update pricing.quotes set parts = parts') , 'append_only',
    'parts are never changed'
);

-- Whoever reads the view sees the quotes of the scope.
create function pg_temp.parts_seen(family_id bigint) returns bigint language plpgsql as $$
declare
    v_count bigint;
begin
    perform tests.act_as_deploy();
    perform set_config('callboard.family_id', family_id::text, true);
    perform set_config('role', 'pricing', true);
    select count(*) into v_count from pricing.quote_installments as i;
    perform tests.act_as_operator();
    return v_count;
end;
$$;
select ok(pg_temp.parts_seen(:family) >= 5, 'a family''s own parts are seen in its scope');
select is(pg_temp.parts_seen(tests.family()), 0::bigint, 'and not in another''s');
select * from finish();
rollback;
