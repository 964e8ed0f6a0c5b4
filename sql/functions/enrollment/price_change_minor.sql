create or replace function enrollment.price_change_minor(
    p_family_id bigint, p_registration_id bigint, out price_change_minor bigint,
    out given_back_minor bigint
)
returns record
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    select
        coalesce(sum(c.price_change_minor), 0)::bigint,
        coalesce(sum(c.given_back_minor), 0)::bigint
    into price_change_minor.price_change_minor, price_change_minor.given_back_minor
    from enrollment.changes as c
    where
        c.studio_id = auth.studio_id()
        and c.family_id = p_family_id
        and c.registration_id = p_registration_id;
end;
$$;
alter function enrollment.price_change_minor(bigint, bigint) owner to enrollment;
grant execute on function enrollment.price_change_minor(bigint, bigint) to payment;
comment on function enrollment.price_change_minor(bigint, bigint) is
$$By how much a registration costs more, or less (negative), than its total, minor units.

After all changes of its enrollments; and what of it was given back as credits. For payment.$$;
