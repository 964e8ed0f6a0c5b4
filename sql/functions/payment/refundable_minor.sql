create or replace function payment.refundable_minor(p_family_id bigint, p_registration_id bigint)
returns bigint
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return (
        select
            payment.paid_minor(p_family_id, p_registration_id)
            - (
                enrollment.price_change_minor(p_family_id, p_registration_id)
            ).given_back_minor
            - coalesce(sum(r.amount_minor), 0)::bigint
        from payment.refunds as r
        where
            r.studio_id = auth.studio_id()
            and r.family_id = p_family_id
            and r.registration_id = p_registration_id
            and r.status = 'pending'
            -- What is handed back counts at once.
            and r.kind <> 'offline'
    );
end;
$$;
alter function payment.refundable_minor(bigint, bigint) owner to payment;
grant execute on function payment.refundable_minor(bigint, bigint) to enrollment;
comment on function payment.refundable_minor(bigint, bigint) is
$$What of a registration's money is with us and not on its way back, in minor units.

What was given back as a credit is not there any more; negative: that was more, of credits that had
been spent on it. For enrollment.$$;
