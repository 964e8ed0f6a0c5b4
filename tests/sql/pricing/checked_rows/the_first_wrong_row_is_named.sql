begin;
set local search_path = tap, public;
select plan(66);
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
    ('"\u00a0\t\u200b"', '{"type": "text", "good": "x"}', false, 'nor are blanks that nobody sees'),
    (to_jsonb(repeat('x', 201)), '{"type": "text", "good": "x"}', false, 'a text too long'),
    ('"xy"', '{"type": "text", "min": 3, "max": 5, "good": "xyz"}', false, 'a text shorter than it may be'),
    ('"uvwxyz"', '{"type": "text", "min": 3, "max": 5, "good": "xyz"}', false, 'or longer'),
    ('7', '{"type": "text", "good": "x"}', false, 'a number is no text'),
    ('"Costume"', '{"type": "code", "good": "x"}', false, 'a code with a capital'),
    ('"true"', '{"type": "boolean", "good": true}', false, 'a word is not yes or no'),
    ('"day"', '{"type": "word", "in": ["class"], "good": "class"}', false, 'a word that is not on the list'),
    ('["class"]', '{"type": "word", "in": ["class"], "good": "class"}', false, 'a list is no word'),
    ('["class", "day"]', '{"type": "words", "in": ["class"], "good": ["class"]}', false, 'words that are not all on the list'),
    ('"class"', '{"type": "words", "in": ["class"], "good": ["class"]}', false, 'a word is no list'),
    ('[]', '{"type": "words", "in": ["class"], "good": ["class"]}', false, 'none of them'),
    ('{}', '{"type": "list", "good": []}', false, 'an object is no list'),
    ('"2028-02-29"', '{"type": "date", "good": "2027-01-31"}', true, 'a leap day'),
    ('"2027-02-29"', '{"type": "date", "good": "2027-01-31"}', false, 'a day that its year has not'),
    ('"someday"', '{"type": "date", "good": "2027-01-31"}', false, 'a word is no date'),
    ('20270131', '{"type": "date", "good": "2027-01-31"}', false, 'nor is a number'),
    ('"23:59"', '{"type": "hour", "good": "09:30"}', true, 'the last minute of a day'),
    ('"24:00"', '{"type": "hour", "good": "09:30"}', false, 'an hour that no day has'),
    ('"9:30"', '{"type": "hour", "good": "09:30"}', false, 'an hour of one digit'),
    ('930', '{"type": "hour", "good": "09:30"}', false, 'a number is no hour'),
    ('"2027-01-31 12:00:00.5+05:30"', '{"type": "instant", "good": "2027-01-31T12:00Z"}', true, 'an instant in some zone'),
    ('"2027-01-31T12:00"', '{"type": "instant", "good": "2027-01-31T12:00Z"}', false, 'an hour of nobody knows where'),
    ('"2027-02-30T12:00Z"', '{"type": "instant", "good": "2027-01-31T12:00Z"}', false, 'an instant that no calendar has'),
    ('"2027-01-31T12:00+16:00"', '{"type": "instant", "good": "2027-01-31T12:00Z"}', false, 'a zone that no place has'),
    ('"2027-01-31T12:00+15:59"', '{"type": "instant", "good": "2027-01-31T12:00Z"}', true, 'the farthest there is'),
    ('"tomorrow"', '{"type": "instant", "good": "2027-01-31T12:00Z"}', false, 'a word that changes its meaning'),
    ('[1, 5]', '{"type": "wholes", "min": 1, "max": 5, "good": [1]}', true, 'numbers within their bounds'),
    ('[1, 0]', '{"type": "wholes", "min": 1, "max": 5, "good": [1]}', false, 'one of them too small'),
    ('[1, 6]', '{"type": "wholes", "min": 1, "max": 5, "good": [1]}', false, 'one of them too great'),
    ('[1, 2.5]', '{"type": "wholes", "min": 1, "max": 5, "good": [1]}', false, 'one of them not whole'),
    ('[1, "2"]', '{"type": "wholes", "min": 1, "max": 5, "good": [1]}', false, 'one of them a text'),
    ('1', '{"type": "wholes", "min": 1, "max": 5, "good": [1]}', false, 'one number is no list'),
    ('["1"]', '{"type": "ids", "good": [1]}', false, 'an id that is a text'),
    ('[-1]', '{"type": "ids", "good": [1]}', false, 'an id below nothing'),
    ('1', '{"type": "ids", "good": [1]}', false, 'one id is no list'),
    ('["2027-02-29"]', '{"type": "dates", "good": ["2027-01-31"]}', false, 'a list with a day that is none'),
    ('"2027-01-31"', '{"type": "dates", "good": ["2027-01-31"]}', false, 'one date is no list')
) as v (value, form, is_good, what);

select is(
    pg_temp.checked(
        '[{"code": " a ", "it": " Main Hall "}, {"code": "b"}, {"code": "c", "it": ""}]',
        '{"type": "text", "optional": true}'
    ),
    '[{"code": "a", "it": "Main Hall"}, {"code": "b", "it": null}, {"code": "c", "it": null}]',
    'texts come out trimmed, and what is absent or empty as nothing'
);
-- What means the same comes out the same.
select is(
    pg_temp.checked(jsonb_build_array(jsonb_build_object('code', 'a', 'it', v.value)), v.form)
    -> 0 -> 'it', v.answer, concat_ws(' ', v.value, 'as', v.form ->> 'type')
)
from (
    values
    (jsonb '20125.0', jsonb '{"type": "whole", "min": 0, "max": 100000}', jsonb '20125'),
    ('["b", "a", "b"]', '{"type": "words", "in": ["a", "b", "c"]}', '["a", "b"]'),
    ('[3, 1, 3]', '{"type": "ids"}', '[1, 3]'),
    ('[3, 1.0, 3]', '{"type": "wholes", "min": 1, "max": 3}', '[3, 1, 3]'),
    ('"2027-01-31 12:00+05:30"', '{"type": "instant"}', '"2027-01-31T06:30:00+00:00"'),
    ('null', '{"type": "ids", "default": []}', '[]')
) as v (value, form, answer);
select is(
    pg_temp.refusal('[{"code": "a", "it": 1}]', '{"type": "colour"}'), 'rule_invalid 1 "it"',
    'a form that nobody knows lets nothing pass'
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
