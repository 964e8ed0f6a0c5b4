create or replace function identity.open_family(
    p_account_id bigint, p_sms_opt_in boolean default false
)
returns bigint
language plpgsql
volatile
set search_path = ''
set timezone = 'UTC'
-- Whoever signs in may still be signed in as somebody of another family.
set "callboard.family_id" = ''
as $$
declare
    v_family_id bigint;
begin
    -- Two sign-ins at once must not make two families of one person.
    perform pg_advisory_xact_lock(hashtextextended('account ' || p_account_id, 0));
    select g.family_id into v_family_id
    from identity.guardians as g
    where g.studio_id = auth.studio_id() and g.account_id = p_account_id
    order by g.id
    limit 1;
    if found then
        return v_family_id;
    end if;
    insert into identity.families (studio_id, name)
    select auth.studio_id(), a.full_name
    from identity.accounts as a
    where a.id = p_account_id
    returning id into strict v_family_id;
    insert into identity.guardians (studio_id, family_id, account_id, is_primary, sms_opt_in)
    values (auth.studio_id(), v_family_id, p_account_id, true, p_sms_opt_in);
    return v_family_id;
end;
$$;
alter function identity.open_family(bigint, boolean) owner to identity;
comment on function identity.open_family(bigint, boolean) is
$$The account's family at the studio in scope, opened when it has none yet.$$;
