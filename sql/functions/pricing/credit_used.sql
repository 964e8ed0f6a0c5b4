create or replace function pricing.credit_used(p_family_id bigint, p_registration_id bigint)
returns bigint
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return (
        select coalesce(sum(u.amount_minor), 0)::bigint
        from pricing.credit_uses as u
        where
            u.studio_id = auth.studio_id()
            and u.family_id = p_family_id
            and u.registration_id = p_registration_id
            and u.status = 'used'
    );
end;
$$;
alter function pricing.credit_used(bigint, bigint) owner to pricing;
grant execute on function pricing.credit_used(bigint, bigint) to payment;
comment on function pricing.credit_used(bigint, bigint) is
$$What a registration has spent of the family's credits, in minor units. For payment.$$;
