create or replace function pricing.csv_records(p_csv text)
returns table (number integer, fields text[])
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    c_most_characters constant integer := 200000;
    -- A field, in quotes where it must be, and what ends it.
    c_field constant text := '("(?:[^"]|"")*"|[^",\r\n]*)';
    c_end constant text := '(,|\r?\n)';
    v_csv text;
    v_read text;
begin
    if length(p_csv) > c_most_characters then
        perform pricing.refuse_row(
            0, null, format('the file has more than %s characters', c_most_characters)
        );
    end if;
    -- Spreadsheets put a byte order mark in front, and may leave out the last line break.
    v_csv := regexp_replace(coalesce(p_csv, ''), '^\uFEFF', '');
    if right(v_csv, 1) <> chr(10) then
        v_csv := v_csv || chr(10);
    end if;
    -- As far as it can be read.
    v_read := (regexp_match(v_csv, '^((?:' || c_field || c_end || ')*)'))[1];
    return query
    with ends as (
        select
            m.position,
            m.parts[1] as field,
            coalesce(
                sum((m.parts[2] <> ',')::integer)
                over (order by m.position rows between unbounded preceding and 1 preceding),
                0
            )::integer as breaks
        from regexp_matches(v_read, c_field || c_end, 'g') with ordinality as m (parts, position)
    )
    select
        e.breaks,
        array_agg(
            case
                when e.field like '"%'
                    then replace(substr(e.field, 2, length(e.field) - 2), '""', '"')
                else e.field
            end
            order by e.position
        )
    from ends as e
    group by e.breaks
    order by e.breaks;
    if v_read <> v_csv then
        perform pricing.refuse_row(
            (
                select count(*)::integer
                from regexp_matches(v_read, c_field || c_end, 'g') as m (parts)
                where m.parts[2] <> ','
            ),
            null,
            'a field with quotes, commas or line breaks must be in quotes, its quotes doubled'
        );
    end if;
end;
$$;
alter function pricing.csv_records(text) owner to pricing;
comment on function pricing.csv_records(text) is
$$The records of a file of comma-separated values (RFC 4180; lines end with CRLF or LF).

number 0 is the header. Raises rule_invalid with the row that can't be read.$$;
