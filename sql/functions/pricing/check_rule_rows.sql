create or replace function pricing.check_rule_rows(p_rows jsonb, p_columns jsonb)
returns void
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_row record;
    v_column record;
    v_value jsonb;
    v_is_right boolean;
    v_problem text;
begin
    if jsonb_typeof(p_rows) is distinct from 'array' then
        perform pricing.refuse_rule(0, null, 'a list of rows is needed');
    end if;
    for v_row in
        select r.value, r.number
        from jsonb_array_elements(p_rows) with ordinality as r (value, number)
    loop
        if jsonb_typeof(v_row.value) <> 'object' then
            perform pricing.refuse_rule(v_row.number, null, 'an object is needed');
        end if;
        for v_column in
            select k.name
            from jsonb_object_keys(v_row.value) as k (name)
            where not p_columns ? k.name
        loop
            perform pricing.refuse_rule(v_row.number, v_column.name, 'there is no such column');
        end loop;
        for v_column in
            select c.key as name, s.type, s.nullable, s.least, s.most, s.words
            from jsonb_each(p_columns) as c
            cross join lateral jsonb_to_record(c.value) as s (
                type text, nullable boolean, least numeric, most numeric, words text []
            )
        loop
            v_value := nullif(v_row.value -> v_column.name, 'null');
            if v_value is null then
                if v_column.nullable is not true then
                    perform pricing.refuse_rule(v_row.number, v_column.name, 'a value is needed');
                end if;
                continue;
            end if;
            -- Whole minor units: what is not whole is refused, never rounded.
            case v_column.type
                when 'integer' then
                    v_problem := format(
                        'a whole number from %s to %s is needed', v_column.least, v_column.most
                    );
                    v_is_right := jsonb_typeof(v_value) = 'number'
                    and v_value #>> '{}' ~ '^-?[0-9]{1,18}$'
                    and (v_value #>> '{}')::numeric between v_column.least and v_column.most;
                when 'boolean' then
                    v_problem := 'true or false is needed';
                    v_is_right := jsonb_typeof(v_value) = 'boolean';
                when 'text' then
                    v_problem := format(
                        'a text of %s to %s characters is needed', v_column.least, v_column.most
                    );
                    v_is_right := jsonb_typeof(v_value) = 'string'
                    and length(btrim(v_value #>> '{}')) between v_column.least and v_column.most;
                when 'key' then
                    v_problem := 'small letters, digits and low lines are needed, at most 64';
                    v_is_right := jsonb_typeof(v_value) = 'string'
                    and v_value #>> '{}' ~ '^[a-z][a-z0-9_]{0,63}$';
                when 'word' then
                    v_problem := format(
                        'one of %s is needed',
                        replace(array_to_string(v_column.words, ', '), '_', ' ')
                    );
                    v_is_right := jsonb_typeof(v_value) = 'string'
                    and v_value #>> '{}' = any(v_column.words);
                when 'words' then
                    v_problem := format(
                        'a list of %s is needed', array_to_string(v_column.words, ', ')
                    );
                    v_is_right := jsonb_typeof(v_value) = 'array'
                    and v_value <> '[]'
                    and to_jsonb(v_column.words) @> v_value;
                when 'instant' then
                    v_problem := 'a date and time with its time zone is needed';
                    -- A time zone said by name or left out would not be the same instant for all.
                    v_is_right := jsonb_typeof(v_value) = 'string'
                    and v_value #>> '{}'
                    ~ '^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d(:?\d\d)?)$'
                    and pricing.is_instant(v_value #>> '{}');
                when 'ids' then
                    v_problem := 'a list of numbers is needed';
                    v_is_right := jsonb_typeof(v_value) = 'array'
                    and not exists (
                        select
                        from jsonb_array_elements(
                            case jsonb_typeof(v_value) when 'array' then v_value else '[]' end
                        ) as e (value)
                        where
                            jsonb_typeof(e.value) <> 'number'
                            or e.value #>> '{}' !~ '^[0-9]{1,18}$'
                    );
            end case;
            if not v_is_right then
                perform pricing.refuse_rule(v_row.number, v_column.name, v_problem);
            end if;
        end loop;
    end loop;
end;
$$;
alter function pricing.check_rule_rows(jsonb, jsonb) owner to pricing;
comment on function pricing.check_rule_rows(jsonb, jsonb) is
$$Refuse rows of a table of rules that don't have the columns asked for, or not of the right kind.

p_columns: by name {type, nullable, least, most, words}. Types: integer, boolean, text, key, word
(one of words), words (some of them), instant, ids. Raises rule_invalid with row and column.$$;
