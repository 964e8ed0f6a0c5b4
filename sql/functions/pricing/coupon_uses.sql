create or replace function pricing.coupon_uses(
    p_term_ids bigint[], p_as_of timestamptz default now()
)
returns table (term_id bigint, key text, uses bigint)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
-- A cap in total counts the uses of every family.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id constant integer := auth.studio_id();
begin
    return query
    select c.term_id, c.key, count(*)
    from pricing.coupons as c
    inner join pricing.coupon_redemptions as u
        on c.studio_id = u.studio_id and c.id = u.coupon_id
    where
        c.studio_id = v_studio_id
        and c.term_id = any(p_term_ids)
        and u.status in ('held', 'used')
        and not exists (
            select
            from enrollment.lapsed_registrations(p_as_of) as r
            where r.studio_id = u.studio_id and r.id = u.registration_id and u.status = 'held'
        )
        -- Any number of uses needs no counting.
        and exists (
            select
            from pricing.coupons as x
            where
                x.studio_id = c.studio_id
                and x.term_id = c.term_id
                and x.key = c.key
                and x.superseded_at is null
                and x.max_uses is not null
        )
    group by c.term_id, c.key;
end;
$$;
alter function pricing.coupon_uses(bigint[], timestamptz) owner to pricing;
comment on function pricing.coupon_uses(bigint[], timestamptz) is
$$How often coupons with a cap in total are used, or held for a checkout that has not lapsed.

Over all versions and families.$$;
