-- Roles of the cluster: who may log in, as whom a request runs, who owns what.
-- Run by a superuser before the migrations; running it again changes nothing.
-- Passwords are given to the logins by whoever operates the cluster, never here.

do $$
declare
    v_role text;
begin
    -- As whom a request of PostgREST runs.
    foreach v_role in array array[
        'anon', 'customer', 'instructor', 'staff', 'manager', 'owner', 'platform_admin'
    ]
    loop
        if to_regrole(v_role) is null then
            execute format('create role %I nologin', v_role);
        end if;
    end loop;
    -- Who owns a schema and runs its functions. A domain writes its own tables and no others.
    foreach v_role in array array[
        'domain', 'studio', 'identity', 'catalog', 'pricing', 'enrollment', 'payment',
        'messaging', 'ops', 'auth', 'api', 'report', 'confirmer'
    ]
    loop
        if to_regrole(v_role) is null then
            execute format('create role %I nologin', v_role);
        end if;
    end loop;
    -- Who may connect.
    if to_regrole('authenticator') is null then
        create role authenticator login noinherit;
    end if;
    if to_regrole('thin_api') is null then
        create role thin_api login;
    end if;
    if to_regrole('scheduler') is null then
        create role scheduler login;
    end if;
    if to_regrole('deploy') is null then
        create role deploy login bypassrls;
    end if;
end;
$$;

-- From staff on, each role may do what the one before may.
grant instructor to staff;
grant staff to manager;
grant manager to owner;
grant owner to platform_admin;

-- PostgREST reads settings only of roles granted to its login directly.
grant anon to authenticator;
grant customer to authenticator;
grant instructor to authenticator;
grant staff to authenticator;
grant manager to authenticator;
grant owner to authenticator;
grant platform_admin to authenticator;

-- Policies "to domain" bind every domain role, also inside its own functions.
grant domain to studio;
grant domain to identity;
grant domain to catalog;
grant domain to pricing;
grant domain to enrollment;
grant domain to payment;
grant domain to messaging;
grant domain to auth;
grant domain to confirmer;

-- The deploy login creates objects and hands them to their domain.
grant studio to deploy;
grant identity to deploy;
grant catalog to deploy;
grant pricing to deploy;
grant enrollment to deploy;
grant payment to deploy;
grant messaging to deploy;
grant ops to deploy;
grant auth to deploy;
grant api to deploy;
grant report to deploy;
grant confirmer to deploy;
grant scheduler to deploy;

-- Functions that must see across families clear the family in their SET clause.
do $$
begin
    execute 'grant set on parameter callboard.family_id to deploy';
end;
$$;

-- A request that waits longer than this has lost its caller.
alter role anon set statement_timeout = '3s';
alter role customer set statement_timeout = '10s';
alter role instructor set statement_timeout = '10s';
alter role staff set statement_timeout = '30s';
alter role manager set statement_timeout = '30s';
alter role owner set statement_timeout = '30s';
alter role platform_admin set statement_timeout = '60s';
alter role thin_api set statement_timeout = '15s';
-- A job passes by what somebody holds: the next studio must not wait, and the next run comes soon.
alter role scheduler set lock_timeout = '3s';
alter role authenticator set idle_in_transaction_session_timeout = '30s';
alter role thin_api set idle_in_transaction_session_timeout = '30s';

-- What requests run is keyed look-ups under row security: planning one anew costs more than
-- running it. Bulk work runs as deploy and keeps the choice.
alter role authenticator set plan_cache_mode = 'force_generic_plan';
alter role thin_api set plan_cache_mode = 'force_generic_plan';
alter role scheduler set plan_cache_mode = 'force_generic_plan';
-- What they look up is in memory, where the next row costs as much as any other: with the default,
-- made for disks, a few hundred rows of prices are read through for six of them.
alter role authenticator set random_page_cost = 1.1;
alter role thin_api set random_page_cost = 1.1;
alter role scheduler set random_page_cost = 1.1;
