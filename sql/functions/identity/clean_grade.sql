create or replace function identity.clean_grade(p_grade integer)
returns smallint
language plpgsql
stable
set search_path = ''
set timezone = 'UTC'
as $$
begin
    if p_grade not between -3 and 12 then
        perform ops.fail('invalid_grade');
    end if;
    return p_grade::smallint;
end;
$$;
alter function identity.clean_grade(integer) owner to identity;
comment on function identity.clean_grade(integer) is
$$A grade from -3 (nursery) to 12, or null; raises invalid_grade.$$;
