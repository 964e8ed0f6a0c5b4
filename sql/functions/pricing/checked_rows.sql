create or replace function pricing.checked_rows(p_rows jsonb, p_columns jsonb, p_key text[])
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    c_most_rows constant integer := 1000;
    -- Around a text all of these are nothing, also the ones that nobody sees.
    c_blanks constant text := e' \t\n\x0b\f\r\u00a0\u2007\u200b\u202f\u3000\ufeff';
    c_instant constant text
    := '^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d(:?\d\d)?)$';
    v_checked jsonb := jsonb_build_array();
    v_positions jsonb := jsonb_build_object();
    v_row record;
    v_column record;
    v_value jsonb;
    v_kind text;
    v_text text;
    v_number numeric;
    v_list jsonb;
    v_problem text;
    v_clean jsonb;
    v_key text;
    v_unknown text;
begin
    if jsonb_typeof(p_rows) is distinct from 'array' then
        perform pricing.refuse_row(0, null, 'the rows must be a list of objects');
    elsif jsonb_array_length(p_rows) > c_most_rows then
        perform pricing.refuse_row(
            c_most_rows + 1, null, format('a table has at most %s rows', c_most_rows)
        );
    end if;
    for v_row in
        select r.value, r.position::integer as position
        from jsonb_array_elements(p_rows) with ordinality as r (value, position)
    loop
        if jsonb_typeof(v_row.value) <> 'object' then
            perform pricing.refuse_row(v_row.position, null, 'it must be an object');
        end if;
        select min(k.name) into v_unknown
        from jsonb_object_keys(v_row.value) as k (name)
        where not p_columns ? k.name;
        if v_unknown is not null then
            perform pricing.refuse_row(
                v_row.position, left(v_unknown, 60), 'there is no such column'
            );
        end if;
        v_clean := jsonb_build_object();
        for v_column in
            select
                c.name,
                c.form ->> 'type' as type,
                coalesce((c.form ->> 'min')::numeric, 1) as least,
                coalesce((c.form ->> 'max')::numeric, 200) as most,
                c.form -> 'in' as words,
                array_to_string(
                    array(select jsonb_array_elements_text(c.form -> 'in')), ', '
                ) as choice,
                coalesce((c.form ->> 'optional')::boolean, false) as is_optional,
                c.form -> 'default' as standby
            from jsonb_each(p_columns) as c (name, form)
        loop
            v_value := v_row.value -> v_column.name;
            v_kind := coalesce(jsonb_typeof(v_value), 'null');
            v_number := case when v_kind = 'number' then (v_value #>> '{}')::numeric end;
            v_text := case when v_kind = 'string' then btrim(v_value #>> '{}', c_blanks) end;
            v_list := case when v_kind = 'array' then v_value else '[]' end;
            -- An empty text is nothing.
            if v_kind = 'null' or v_text = '' then
                v_value := coalesce(v_column.standby, 'null');
                v_problem := case
                    when not v_column.is_optional and v_column.standby is null then 'is missing'
                end;
            else
                v_value := coalesce(to_jsonb(v_text), v_value);
                v_problem := case v_column.type
                    when 'text' then
                        case
                            when
                                v_text is null
                                or length(v_text) not between v_column.least and v_column.most
                                then format(
                                    'must be a text of %s to %s characters',
                                    v_column.least, v_column.most
                                )
                        end
                    when 'code' then
                        case
                            when v_text is null or v_text !~ '^[a-z][a-z0-9_]{0,59}$'
                                then 'must be at most 60 small letters, digits and underscores'
                        end
                    when 'whole' then
                        case
                            when
                                v_number is null
                                or v_number % 1 <> 0
                                or v_number not between v_column.least and v_column.most
                                then format(
                                    'must be a whole number from %s to %s',
                                    v_column.least, v_column.most
                                )
                        end
                    when 'boolean' then
                        case when v_kind <> 'boolean' then 'must be true or false' end
                    when 'word' then
                        case
                            when v_text is null or not v_column.words ? v_text
                                then 'must be one of ' || v_column.choice
                        end
                    when 'words' then
                        case
                            when
                                v_kind <> 'array'
                                or v_value = '[]'
                                or not v_column.words @> v_value
                                then 'must be some of ' || v_column.choice
                        end
                    when 'date' then
                        case
                            when to_jsonb(pricing.date_of(v_value)) is distinct from v_value
                                then 'must be a date as 2027-01-31'
                        end
                    when 'hour' then
                        case
                            when v_text is null or v_text !~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'
                                then 'must be an hour as 09:30'
                        end
                    when 'instant' then
                        case
                            when
                                v_text is null
                                -- Without its zone it would not be the same instant for all.
                                or v_text !~ c_instant
                                or not pricing.is_instant(v_text)
                                then 'must be a date and time with its time zone'
                        end
                    when 'list' then
                        case when v_kind <> 'array' then 'must be a list' end
                    when 'wholes' then
                        case
                            when
                                v_kind <> 'array'
                                or exists (
                                    select
                                    from jsonb_array_elements(v_list) as e (value)
                                    where
                                        case
                                            when jsonb_typeof(e.value) = 'number'
                                                then
                                                    e.value::numeric % 1 <> 0
                                                    or e.value::numeric
                                                    not between v_column.least and v_column.most
                                            else true
                                        end
                                )
                                then format(
                                    'must be a list of whole numbers from %s to %s',
                                    v_column.least, v_column.most
                                )
                        end
                    when 'ids' then
                        case
                            when
                                v_kind <> 'array'
                                or exists (
                                    select
                                    from jsonb_array_elements(v_list) as e (value)
                                    where
                                        jsonb_typeof(e.value) <> 'number'
                                        or e.value #>> '{}' !~ '^[0-9]{1,18}$'
                                )
                                then 'must be a list of ids'
                        end
                    when 'dates' then
                        case
                            when
                                v_kind <> 'array'
                                or exists (
                                    select
                                    from jsonb_array_elements(v_list) as e (value)
                                    where
                                        to_jsonb(pricing.date_of(e.value))
                                        is distinct from e.value
                                )
                                then 'must be a list of dates as 2027-01-31'
                        end
                    else 'has a form that nobody knows'
                end;
            end if;
            if v_problem is not null then
                perform pricing.refuse_row(
                    v_row.position, v_column.name, concat_ws(' ', v_column.name, v_problem)
                );
            end if;
            -- The same value is always written in the same way.
            v_clean := v_clean || jsonb_build_object(
                v_column.name,
                case
                    when v_value = 'null' then v_value
                    when v_column.type = 'whole' then to_jsonb(trunc(v_number))
                    when v_column.type = 'instant' then to_jsonb((v_value #>> '{}')::timestamptz)
                    when v_column.type = 'words'
                        then (
                            select jsonb_agg(w.value order by w.position)
                            from jsonb_array_elements(v_column.words)
                            with ordinality as w (value, position)
                            where v_value @> w.value
                        )
                    when v_column.type = 'ids'
                        then (
                            select coalesce(jsonb_agg(distinct e.value), '[]')
                            from jsonb_array_elements(v_value) as e (value)
                        )
                    when v_column.type = 'wholes'
                        then (
                            select jsonb_agg(trunc(e.value::numeric) order by e.position)
                            from jsonb_array_elements(v_value)
                            with ordinality as e (value, position)
                        )
                    else v_value
                end
            );
        end loop;
        v_key := array(
            select v_clean -> k.name
            from unnest(p_key) with ordinality as k (name, position)
            order by k.position
        )::text;
        if v_positions ? v_key then
            perform pricing.refuse_row(
                v_row.position,
                p_key[1],
                format('it repeats row %s', v_positions -> v_key)
            );
        end if;
        v_positions := v_positions || jsonb_build_object(v_key, v_row.position);
        v_checked := v_checked || jsonb_build_array(v_clean);
    end loop;
    return v_checked;
end;
$$;
alter function pricing.checked_rows(jsonb, jsonb, text[]) owner to pricing;
grant execute on function pricing.checked_rows(jsonb, jsonb, text[]) to catalog;
comment on function pricing.checked_rows(jsonb, jsonb, text[]) is
$$A table of rules as staff sent it, checked row by row against the form of its columns.

p_columns: by name {type, min, max, in, optional, default}; types: text (min and max: its length),
code, whole (number), boolean, word and words (of those listed in "in"), date, hour, instant, list,
dates, wholes (min and max: each of them), ids. p_key: the columns in which rows must differ.
Answers the rows with every column, texts trimmed, words and ids in their order and once, absent or
empty ones null or their default. Raises rule_invalid for the first row that is wrong.$$;
