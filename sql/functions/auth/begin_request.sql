create or replace function auth.begin_request()
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_role constant text := current_setting('role');
    v_method constant text := current_setting('request.method', true);
    v_path constant text := current_setting('request.path', true);
    v_headers constant jsonb
    := coalesce(nullif(current_setting('request.headers', true), ''), '{}')::jsonb;
    v_claims constant jsonb
    := coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb;
    v_slug constant text := v_headers ->> 'x-studio';
    v_family_header constant text := v_headers ->> 'x-family';
    v_account_id constant bigint := (v_claims ->> 'sub')::bigint;
    v_studio_id integer := (v_claims ->> 'studio')::integer;
    v_families bigint [];
    v_family_id bigint;
begin
    -- Views are read; whatever changes something is a function.
    if
        v_method not in ('GET', 'HEAD', 'OPTIONS')
        and v_path not like '/rpc/%'
    then
        perform ops.fail('method_not_allowed');
    end if;
    -- A function that writes is never tried read-only: what it counts would not be counted.
    if v_method in ('GET', 'HEAD') and v_path like '/rpc/%' then
        if exists (
            select
            from pg_catalog.pg_proc as p
            where
                p.pronamespace = 'api'::regnamespace
                and p.proname = substr(v_path, 6)
                and p.provolatile = 'v'
        ) then
            perform ops.fail('method_not_allowed');
        end if;
    end if;
    if v_role = 'anon' then
        if v_slug is null then
            -- The API's description needs no studio; everything else does.
            if v_path = '/' then
                return;
            end if;
            perform ops.fail('studio_required');
        end if;
        select s.id into v_studio_id from studio.studios as s where s.slug = v_slug;
        if v_studio_id is null then
            perform ops.fail('studio_unknown');
        end if;
        perform auth.enter_studio(v_studio_id);
        return;
    end if;

    if v_account_id is null or v_studio_id is null then
        perform ops.fail('sign_in_required');
    end if;
    perform auth.enter_studio(v_studio_id);
    if not exists (
        select
        from identity.accounts as a
        where
            a.id = v_account_id
            and a.status = 'active'
            and a.token_version = (v_claims ->> 'version')::integer
    ) then
        perform ops.fail('token_revoked');
    end if;
    if v_slug is not null then
        if not exists (
            select from studio.studios as s where s.id = v_studio_id and s.slug = v_slug
        ) then
            perform ops.fail('studio_mismatch');
        end if;
    end if;

    if v_role = 'customer' then
        select array_agg(g.family_id) into v_families
        from identity.guardians as g
        where g.account_id = v_account_id and g.studio_id = v_studio_id;
        if v_families is null then
            perform ops.fail('role_lost');
        elsif v_family_header is not null then
            select f.id into v_family_id
            from unnest(v_families) as f (id)
            where f.id::text = v_family_header;
            if v_family_id is null then
                perform ops.fail('family_unknown');
            end if;
        elsif cardinality(v_families) > 1 then
            perform ops.fail('family_required');
        else
            v_family_id := v_families[1];
        end if;
    else
        if not studio.holds_role(v_account_id, v_role) then
            perform ops.fail('role_lost');
        end if;
        if v_family_header is not null then
            select f.id into v_family_id
            from identity.families as f
            where f.studio_id = v_studio_id and f.id::text = v_family_header;
            if v_family_id is null then
                perform ops.fail('family_unknown');
            end if;
        end if;
    end if;
    perform set_config('callboard.account_id', v_account_id::text, true);
    perform set_config('callboard.family_id', coalesce(v_family_id::text, ''), true);
end;
$$;
alter function auth.begin_request() owner to auth;
grant execute on function auth.begin_request() to anon;
grant execute on function auth.begin_request() to customer;
grant execute on function auth.begin_request() to instructor;
comment on function auth.begin_request() is
$$Put studio, account and family in scope, from the token and the memberships of this very moment.

PostgREST runs it before every request (db-pre-request). Raises studio_required, studio_unknown,
studio_mismatch, sign_in_required, token_revoked, role_lost, family_required, family_unknown,
method_not_allowed.$$;
