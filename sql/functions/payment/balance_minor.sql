create or replace function payment.balance_minor(p_family_id bigint, p_registration_id bigint)
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
            case
                -- What has ended costs nothing.
                when r.status in ('failed', 'cancelled', 'refunded') then 0
                else
                    r.total_minor + c.price_change_minor
                    - payment.price_reduction_minor(r.family_id, r.id)
                    - coalesce(
                        (
                            select sum(i.waived_minor)
                            from payment.installments as i
                            where
                                i.studio_id = r.studio_id
                                and i.family_id = r.family_id
                                and i.registration_id = r.id
                        ),
                        0
                    )::bigint
            end
            - payment.refundable_minor(r.family_id, r.id)
        from enrollment.registrations as r
        cross join lateral enrollment.price_change_minor(r.family_id, r.id) as c
        where
            r.studio_id = auth.studio_id()
            and r.family_id = p_family_id
            and r.id = p_registration_id
    );
end;
$$;
alter function payment.balance_minor(bigint, bigint) owner to payment;
grant execute on function payment.balance_minor(bigint, bigint) to enrollment;
comment on function payment.balance_minor(bigint, bigint) is
$$What is still to be paid of what a registration costs, in minor units; negative: paid too much.

Its total with changes and less what refunds lower it by, less the money that is with us, not on its
way back and not given back as a credit, less what was waived of its parts. One that has ended costs
nothing. For enrollment.$$;
