create or replace function messaging.may_text(p_family_id bigint, p_account_id bigint)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
begin
    return exists (
        select
        from identity.guardians as g
        inner join identity.accounts as a on g.account_id = a.id
        where
            g.studio_id = v_studio_id
            and g.family_id = p_family_id
            and g.account_id = p_account_id
            and g.sms_opt_in
            -- Agreed for this number, not for one that came later.
            and g.sms_consent_phone = a.phone
            and messaging.suppression('sms', a.phone) is null
    );
end;
$$;
alter function messaging.may_text(bigint, bigint) owner to messaging;
comment on function messaging.may_text(bigint, bigint) is
$$Whether a guardian of a family may be sent messages by SMS.

They agreed to it, for the number that their account has now, and have not answered STOP since.$$;
