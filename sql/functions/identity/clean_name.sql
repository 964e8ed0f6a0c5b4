create or replace function identity.clean_name(p_name text)
returns text
language plpgsql
stable
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_name constant text := btrim(regexp_replace(p_name, '\s+', ' ', 'g'));
begin
    if coalesce(v_name, '') = '' or length(v_name) > 100 then
        perform ops.fail('name_required');
    end if;
    return v_name;
end;
$$;
alter function identity.clean_name(text) owner to identity;
comment on function identity.clean_name(text) is
$$A person's name with single spaces, 1 to 100 characters; raises name_required.$$;
