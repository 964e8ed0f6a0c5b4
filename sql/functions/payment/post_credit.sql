create or replace function payment.post_credit(p_credit_id bigint)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_credit pricing.credits;
begin
    select c.* into strict v_credit
    from pricing.credits as c
    where c.studio_id = auth.studio_id() and c.id = p_credit_id;
    if exists (
        select
        from enrollment.changes as c
        where
            c.studio_id = v_credit.studio_id
            and c.family_id = v_credit.family_id
            and c.credit_id = p_credit_id
    ) then
        -- Paid, and posted with the change.
        return false;
    end if;
    return payment.post(
        'credit',
        p_credit_id,
        v_credit.family_id,
        v_credit.registration_id,
        studio.local_date(v_credit.granted_at),
        jsonb_build_object(
            'credits_granted', v_credit.amount_minor, 'credits', - v_credit.amount_minor
        )
    );
end;
$$;
alter function payment.post_credit(bigint) owner to payment;
comment on function payment.post_credit(bigint) is
$$Post a credit that staff have granted: the studio owes it to the family and earns so much less.

Not one that came of a change, which had been paid.$$;
