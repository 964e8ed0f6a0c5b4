begin;
set local search_path = tap, public;
select plan(31);
create function pg_temp.checked(p_rows jsonb, p_form jsonb) returns jsonb language sql as $$
    select tests.value(
        format(
            'pricing.checked_rows(%L, %L, ''{code}'')', p_rows,
            '{"code": {"type": "code"}}'::jsonb
            || case when p_form is null then '{}' else jsonb_build_object('it', p_form) end
        )
    )
$$;
create function pg_temp.refusal(p_rows jsonb, p_form jsonb default null) returns text
language plpgsql as $$
declare
    v_error constant jsonb := tests.error(
        format('select pg_temp.checked(%L, %L)', p_rows, p_form)
    );
begin
    perform tests.act_as_operator();
    return nullif(
        concat_ws(
            ' ', v_error ->> 'code', (v_error ->> 'details')::jsonb -> 'row',
            (v_error ->> 'details')::jsonb -> 'column'
        ),
        ''
    );
end;
$$;
-- What one value of the second row is answered.
create function pg_temp.value(p_value jsonb, p_form jsonb) returns text language sql as $$
    select pg_temp.refusal(
        jsonb_build_array(
            jsonb_build_object('code', 'a', 'it', p_form -> 'good'),
            jsonb_build_object('code', 'b', 'it', p_value)
        ),
        p_form - 'good'
    )
$$;

-- The table as a whole.
select is(pg_temp.refusal(null), 'rule_invalid 0 null', 'no rows at all');
select is(pg_temp.refusal('{"code": "a"}'), 'rule_invalid 0 null', 'one object is no list');
select is(pg_temp.refusal('[]'), null, 'an empty list is a table');
select is(
    pg_temp.refusal(
        (select jsonb_agg(jsonb_build_object('code', 'a' || n)) from generate_series(1, 1001) as n)
    ),
    'rule_invalid 1001 null', 'more than a table may have'
);
-- The rows.
select is(pg_temp.refusal('[{"code": "a"}, "b"]'), 'rule_invalid 2 null', 'a row that is a text');
select is(pg_temp.refusal('[{"code": "a"}, null]'), 'rule_invalid 2 null', 'a row that is nothing');
select is(
    pg_temp.refusal('[{"code": "a", "amount": 5}]'), 'rule_invalid 1 "amount"',
    'a column that is not known is not passed over'
);
select is(pg_temp.refusal('[{"code": "a"}, {}]'), 'rule_invalid 2 "code"', 'a column is missing');
select is(
    pg_temp.refusal('[{"code": "a"}, {"code": " a "}]'), 'rule_invalid 2 "code"',
    'two rows of the same key, which blanks don''t tell apart'
);

-- The values.
select is(pg_temp.value(v.value, v.form), case when not v.is_good then 'rule_invalid 2 "it"' end, v.what)
from (
    values
    (jsonb '20125.5', jsonb '{"type": "whole", "min": 0, "max": 100000, "good": 1}', false, 'half a cent is refused, not rounded'),
    ('20125.0', '{"type": "whole", "min": 0, "max": 100000, "good": 1}', true, 'a whole number however it is written'),
    ('"20125"', '{"type": "whole", "min": 0, "max": 100000, "good": 1}', false, 'a text is no number'),
    ('-1', '{"type": "whole", "min": 0, "max": 100000, "good": 1}', false, 'less than the least'),
    ('0', '{"type": "whole", "min": 0, "max": 100000, "good": 1}', true, 'the least'),
    ('100001', '{"type": "whole", "min": 0, "max": 100000, "good": 1}', false, 'more than the most'),
    ('1e300', '{"type": "whole", "min": 0, "max": 100000, "good": 1}', false, 'more than any'),
    ('null', '{"type": "whole", "min": 0, "max": 100000, "good": 1}', false, 'nothing where something must be'),
    ('""', '{"type": "text", "good": "x"}', false, 'an empty text is nothing'),
    ('" "', '{"type": "text", "optional": true, "good": "x"}', true, 'which may be, where it may'),
    (to_jsonb(repeat('x', 201)), '{"type": "text", "good": "x"}', false, 'a text too long'),
    ('7', '{"type": "text", "good": "x"}', false, 'a number is no text'),
    ('"Costume"', '{"type": "code", "good": "x"}', false, 'a code with a capital'),
    ('"true"', '{"type": "boolean", "good": true}', false, 'a word is not yes or no'),
    ('"day"', '{"type": "word", "in": ["class"], "good": "class"}', false, 'a word that is not on the list'),
    ('["class"]', '{"type": "word", "in": ["class"], "good": "class"}', false, 'a list is no word'),
    ('["class", "day"]', '{"type": "words", "in": ["class"], "good": ["class"]}', false, 'words that are not all on the list'),
    ('"class"', '{"type": "words", "in": ["class"], "good": ["class"]}', false, 'a word is no list'),
    ('[]', '{"type": "words", "in": ["class"], "good": ["class"]}', false, 'none of them'),
    ('{}', '{"type": "list", "good": []}', false, 'an object is no list')
) as v (value, form, is_good, what);

select is(
    pg_temp.checked(
        '[{"code": " a ", "it": " Main Hall "}, {"code": "b"}, {"code": "c", "it": ""}]',
        '{"type": "text", "optional": true}'
    ),
    '[{"code": "a", "it": "Main Hall"}, {"code": "b", "it": null}, {"code": "c", "it": null}]',
    'texts come out trimmed, and what is absent or empty as nothing'
);
select is(
    tests.error(
        format('select pg_temp.checked(%L, null)', '[{"code": "A"}]')
    ) ->> 'message',
    'Row 1: code must be at most 60 small letters, digits and underscores.',
    'in a sentence that a person can read'
);
select * from finish();
rollback;
