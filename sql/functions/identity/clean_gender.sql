create or replace function identity.clean_gender(p_gender text)
returns text
language plpgsql
stable
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_gender constant text := nullif(lower(btrim(p_gender)), '');
begin
    if v_gender not in ('female', 'male', 'other') then
        perform ops.fail('invalid_gender');
    end if;
    return v_gender;
end;
$$;
alter function identity.clean_gender(text) owner to identity;
comment on function identity.clean_gender(text) is
$$female, male or other, or null where nothing is said; raises invalid_gender.$$;
