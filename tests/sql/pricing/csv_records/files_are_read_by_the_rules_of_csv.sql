begin;
set local search_path = tap, public;
select plan(16);
create function pg_temp.records(p_csv text) returns text[] language sql as $$
    select array_agg(r.number || ':' || array_to_string(r.fields, '|') order by r.number)
    from pricing.csv_records(p_csv) as r
$$;
create function pg_temp.refusal(p_csv text) returns jsonb language sql as $$
    select (
        tests.error(format('select pg_temp.records(%L)', p_csv)) ->> 'details'
    )::jsonb -> 'row'
$$;
select is(pg_temp.records(v.csv), v.records, v.what)
from (
    values
    (E'a,b\r\n1,2\r\n', array['0:a|b', '1:1|2'], 'lines that end with CRLF'),
    (E'a,b\n1,2\n', '{0:a|b,1:1|2}', 'lines that end with LF'),
    (E'a,b\n1,2', '{0:a|b,1:1|2}', 'a last line without an end'),
    (E'\uFEFFa,b\n1,2', '{0:a|b,1:1|2}', 'a byte order mark'),
    (E'a,\n,\n', '{0:a|,1:|}', 'empty fields'),
    (E'"a","b"\n"1","2"\n', '{0:a|b,1:1|2}', 'fields in quotes'),
    (E'"x, y","a ""b"" c","1\r\n2",""\n', array[E'0:x, y|a "b" c|1\r\n2|'], 'with commas, quotes, line breaks and nothing inside'),
    (E' a , b\n', array['0: a | b'], 'blanks belong to the field'),
    ('', '{0:}', 'an empty file has one empty field'),
    (null, '{0:}', 'so has none'),
    (E'Ä,é\n', '{0:Ä|é}', 'letters of any language')
) as v (csv, records, what);
select is(pg_temp.refusal(v.csv), to_jsonb(v.number), v.what)
from (
    values
    (E'a,"b\n1,2\n', 0, 'a quote that never ends, in the header'),
    (E'a,b\n1,"2"3\n4,5\n', 1, 'something behind a field in quotes'),
    (E'a,b\n"1\n2",3\n4,5"\n', 2, 'a quote inside a field without, counted by records'),
    (E'a,b\r1,2\n', 0, 'a carriage return by itself')
) as v (csv, number, what);
select is(pg_temp.refusal(repeat('a', 200001)), '0', 'more than a file may have');
select * from finish();
rollback;
