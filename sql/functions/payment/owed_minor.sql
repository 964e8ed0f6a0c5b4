create or replace function payment.owed_minor(p_family_id bigint, p_registration_id bigint)
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
            r.total_minor + c.price_change_minor
            - (payment.paid_minor(r.family_id, r.id) - c.given_back_minor)
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
        from enrollment.registrations as r
        cross join lateral enrollment.price_change_minor(r.family_id, r.id) as c
        where
            r.studio_id = auth.studio_id()
            and r.family_id = p_family_id
            and r.id = p_registration_id
    );
end;
$$;
alter function payment.owed_minor(bigint, bigint) owner to payment;
comment on function payment.owed_minor(bigint, bigint) is
$$What is still to be paid for a registration, minor units; negative: so much was paid too much.

Its total with what changes of its enrollments did to it, less what was waived and the money with
us: that counts from its authorization, and what was given back as a credit does not.$$;
