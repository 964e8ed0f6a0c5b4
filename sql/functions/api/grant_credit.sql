create or replace function api.grant_credit(
    family_id bigint, amount_minor bigint, reason text, registration_id bigint default null
)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_reason constant text
    := btrim(regexp_replace(grant_credit.reason, '\s+', ' ', 'g'));
    v_credit_id bigint;
begin
    perform auth.require('staff');
    if
        coalesce(grant_credit.amount_minor not between 1 and 99999999999, true)
        or coalesce(length(v_reason) not between 1 and 500, true)
    then
        perform ops.fail('credit_invalid');
    end if;
    if not exists (
        select
        from identity.families as f
        where f.studio_id = auth.studio_id() and f.id = grant_credit.family_id
    ) then
        perform ops.fail('family_unknown');
    elsif
        grant_credit.registration_id is not null
        and not exists (
            select
            from enrollment.registrations as r
            where
                r.studio_id = auth.studio_id()
                and r.family_id = grant_credit.family_id
                and r.id = grant_credit.registration_id
        )
    then
        perform ops.fail('registration_not_found');
    end if;
    -- A checkout that is just pricing the family's cart is not to see it half.
    perform enrollment.lock_family(grant_credit.family_id);
    v_credit_id := pricing.keep_credit(
        grant_credit.family_id,
        grant_credit.amount_minor,
        v_reason,
        grant_credit.registration_id
    );
    perform ops.emit(
        'credit.granted',
        v_credit_id,
        grant_credit.family_id,
        jsonb_build_object(
            'amount_minor', grant_credit.amount_minor,
            'registration_id', grant_credit.registration_id
        )
    );
    return v_credit_id;
end;
$$;
alter function api.grant_credit(bigint, bigint, text, bigint) owner to pricing;
grant execute on function api.grant_credit(bigint, bigint, text, bigint) to staff;
comment on function api.grant_credit(bigint, bigint, text, bigint) is
$$Keep money for a family, to be spent on a later checkout; answers the credit's id.

For staff. amount_minor: minor units, more than 0. reason: at most 500 characters, which the family
reads. registration_id: the checkout it is granted for, if for any. No present price is lowered by
it: the family spends it with use_credit, in as many parts as it takes. Errors: credit_invalid,
family_unknown, registration_not_found.$$;
