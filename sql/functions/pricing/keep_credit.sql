create or replace function pricing.keep_credit(
    p_family_id bigint, p_amount_minor bigint, p_reason text, p_registration_id bigint
)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_credit_id bigint;
begin
    insert into pricing.credits (
        studio_id, family_id, amount_minor, reason, issued_by, registration_id
    )
    values (
        auth.studio_id(), p_family_id, p_amount_minor, p_reason, auth.account_id(),
        p_registration_id
    )
    returning id into strict v_credit_id;
    return v_credit_id;
end;
$$;
alter function pricing.keep_credit(bigint, bigint, text, bigint) owner to pricing;
grant execute on function pricing.keep_credit(bigint, bigint, text, bigint) to enrollment;
comment on function pricing.keep_credit(bigint, bigint, text, bigint) is
$$Keep money for a family as a credit, in minor units; answers its id.

The caller has locked the family. For enrollment, and behind api.grant_credit().$$;
