create or replace function auth.family_id()
returns bigint
language plpgsql
stable
parallel restricted
as $$
begin
    -- No scope at all must not read as "no family, so every family": studio_id() raises then.
    return case
        when auth.studio_id() is not null
            then nullif(current_setting('callboard.family_id', true), '')::bigint
    end;
end;
$$;
alter function auth.family_id() owner to auth;
grant execute on function auth.family_id() to anon;
grant execute on function auth.family_id() to customer;
grant execute on function auth.family_id() to instructor;
grant execute on function auth.family_id() to domain;
grant execute on function auth.family_id() to ops;
grant execute on function auth.family_id() to scheduler;
grant execute on function auth.family_id() to thin_api;
comment on function auth.family_id() is
$$The family in scope of this transaction, null for staff and jobs that act for the whole studio.$$;
