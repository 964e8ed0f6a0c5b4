create or replace function pricing.coupon_holders(p_quote_id bigint)
returns bigint[]
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
-- Whoever holds the last use.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id constant integer := auth.studio_id();
begin
    return array(
        select u.registration_id
        from pricing.quote_lines as l
        inner join pricing.coupons as q on l.studio_id = q.studio_id and l.rule_id = q.id
        inner join pricing.coupons as c
            on q.studio_id = c.studio_id and q.term_id = c.term_id and q.key = c.key
        inner join pricing.coupon_redemptions as u
            on c.studio_id = u.studio_id and c.id = u.coupon_id
        where
            l.studio_id = v_studio_id
            and l.quote_id = p_quote_id
            and l.kind = 'coupon'
            and u.status = 'held'
    );
end;
$$;
alter function pricing.coupon_holders(bigint) owner to pricing;
grant execute on function pricing.coupon_holders(bigint) to enrollment;
comment on function pricing.coupon_holders(bigint) is
$$The registrations for which the coupon of a quote is held.

For enrollment, at checkout: those that have lapsed give it back first.$$;
