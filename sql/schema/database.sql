-- One database: extensions, schemas and what nobody may do by default.
-- Run by a superuser before the migrations; running it again changes nothing.

create schema if not exists extensions;
grant usage on schema extensions to public;
create extension if not exists pgcrypto with schema extensions;
create extension if not exists btree_gist with schema extensions;

-- pg_cron lives in one database of a cluster.
do $$
begin
    if current_database() = current_setting('cron.database_name', true) then
        create extension if not exists pg_cron;
        grant usage on schema cron to scheduler;
    end if;
end;
$$;

create schema if not exists auth authorization auth;
create schema if not exists ops authorization ops;
create schema if not exists studio authorization studio;
create schema if not exists identity authorization identity;
create schema if not exists catalog authorization catalog;
create schema if not exists pricing authorization pricing;
create schema if not exists enrollment authorization enrollment;
create schema if not exists payment authorization payment;
create schema if not exists messaging authorization messaging;
create schema if not exists api authorization api;
create schema if not exists report authorization report;
-- PostgREST's description of the API begins with it: a title, then the text.
comment on schema api is
$$Callboard

Enrollment, booking and billing for studios. Every request names the studio in the header X-Studio.
rpc/sign_up and rpc/sign_in are for everybody; the token of the latter goes into
`Authorization: Bearer`, and shows the description of what its role may call. Staff, and parents of
several families, name one in the header X-Family. Views are read by GET, functions that change
something are called by POST. Amounts are whole minor units of the studio's currency, instants are
UTC. Whatever is refused is answered with {code, message, details, hint}; the codes stay, and are
listed by /error_codes, with a sentence for those of PostgREST's own that a person may meet.$$;

-- Functions are closed until a grant opens them; this form must be global to have an effect.
alter default privileges for role deploy revoke execute on functions from public;

-- Advisory locks order money and jobs: a stranger holding one could stop both.
do $$
declare
    v_function regprocedure;
    v_role text;
begin
    for v_function in
        select p.oid::regprocedure
        from pg_catalog.pg_proc as p
        where
            p.pronamespace = 'pg_catalog'::regnamespace
            and p.proname ~ '^pg_(try_)?advisory_'
    loop
        execute format('revoke execute on function %s from public', v_function);
        foreach v_role in array array[
            'enrollment', 'pricing', 'payment', 'identity', 'messaging', 'scheduler', 'deploy'
        ]
        loop
            execute format('grant execute on function %s to %I', v_function, v_role);
        end loop;
    end loop;
end;
$$;

do $$
begin
    execute format('revoke all on database %I from public', current_database());
    execute format('grant connect, create, temporary on database %I to deploy', current_database());
    execute format('grant connect on database %I to authenticator', current_database());
    execute format('grant connect on database %I to thin_api', current_database());
    execute format('grant connect on database %I to scheduler', current_database());
end;
$$;

-- Who enters which schema. Whoever enters still needs a grant on each object inside.
grant usage on schema api to anon;
grant usage on schema api to customer;
grant usage on schema api to instructor;
grant usage on schema auth to public;
grant usage on schema ops to domain;
grant usage on schema ops to anon;
grant usage on schema ops to customer;
grant usage on schema ops to instructor;
grant usage on schema studio to domain;
grant usage on schema identity to domain;
grant usage on schema catalog to domain;
grant usage on schema pricing to domain;
grant usage on schema enrollment to domain;
grant usage on schema payment to domain;
grant usage on schema messaging to domain;
grant usage on schema ops to scheduler;
grant usage on schema studio to scheduler;
grant usage on schema enrollment to scheduler;
grant usage on schema payment to scheduler;
grant usage on schema messaging to scheduler;
grant usage on schema ops to thin_api;
grant usage on schema payment to thin_api;
grant usage on schema messaging to thin_api;

-- A domain owns the exposed functions that act in it.
grant create, usage on schema api to studio;
grant create, usage on schema api to identity;
grant create, usage on schema api to catalog;
grant create, usage on schema api to pricing;
grant create, usage on schema api to enrollment;
grant create, usage on schema api to payment;
grant create, usage on schema api to messaging;

-- confirmer owns one table and one function among those of enrollment, and nothing else.
grant create on schema enrollment to confirmer;
