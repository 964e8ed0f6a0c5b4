create or replace function auth.require_family()
returns bigint
language plpgsql
stable
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_family_id constant bigint := auth.family_id();
begin
    if v_family_id is null then
        perform ops.fail('family_required');
    end if;
    return v_family_id;
end;
$$;
alter function auth.require_family() owner to auth;
grant execute on function auth.require_family() to domain;
comment on function auth.require_family() is
$$The family in scope; raises family_required when the request names none.$$;
