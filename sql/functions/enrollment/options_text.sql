create or replace function enrollment.options_text(p_alternatives jsonb)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return (
        select string_agg(a.words, ' or ' order by a.position)
        from (
            select
                x.position,
                (
                    select
                        string_agg(
                            case
                                when o.value ->> 'class' is not null
                                    then concat(
                                        case
                                            when (o.value -> 'count')::integer > 1
                                                then (o.value ->> 'count') || ' times '
                                        end,
                                        o.value ->> 'class'
                                    )
                                else concat_ws(
                                    ' ',
                                    case o.value ->> 'count'
                                        when '1' then 'one'
                                        else o.value ->> 'count'
                                    end,
                                    o.value ->> 'discipline',
                                    case o.value ->> 'count'
                                        when '1' then 'class'
                                        else 'classes'
                                    end,
                                    'of level ' || (o.value ->> 'level') || ' or above',
                                    'of ' || (o.value ->> 'division_name')
                                )
                            end,
                            ' and ' order by o.position
                        )
                    from jsonb_array_elements(x.value) with ordinality as o (value, position)
                ) as words
            from jsonb_array_elements(p_alternatives) with ordinality as x (value, position)
        ) as a
    );
end;
$$;
alter function enrollment.options_text(jsonb) owner to enrollment;
comment on function enrollment.options_text(jsonb) is
$$What satisfies a pre- or co-requisite, in words: alternatives by "or", their options by "and".$$;
