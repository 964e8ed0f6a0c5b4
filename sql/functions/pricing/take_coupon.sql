create or replace function pricing.take_coupon(p_registration_id bigint, p_quote_id bigint)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- A cap in total counts the uses of every family.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_line record;
    v_coupon pricing.coupons;
    v_uses bigint;
    v_family_uses bigint;
begin
    select l.family_id, - l.amount_minor as saved_minor, c.term_id, c.key, c.code into v_line
    from pricing.quote_lines as l
    inner join pricing.coupons as c on l.studio_id = c.studio_id and l.rule_id = c.id
    where l.studio_id = v_studio_id and l.quote_id = p_quote_id and l.kind = 'coupon';
    if not found then
        return;
    end if;
    select c.* into v_coupon
    from pricing.coupons as c
    where
        c.studio_id = v_studio_id
        and c.term_id = v_line.term_id
        and c.key = v_line.key
        and c.superseded_at is null;
    if v_coupon.max_uses is not null then
        -- Uses of one coupon queue here, so that the last one is counted once; a family's own
        -- queue at the family.
        select c.* into v_coupon
        from pricing.coupons as c
        where c.studio_id = v_studio_id and c.id = v_coupon.id and c.superseded_at is null
        for no key update;
    end if;
    if v_coupon.id is null then
        -- Taken away since the price was told.
        perform ops.fail('quote_changed');
    end if;
    select count(*), count(*) filter (where u.family_id = v_line.family_id)
    into v_uses, v_family_uses
    from pricing.coupons as c
    inner join pricing.coupon_redemptions as u
        on c.studio_id = u.studio_id and c.id = u.coupon_id
    where
        c.studio_id = v_studio_id
        and c.term_id = v_coupon.term_id
        and c.key = v_coupon.key
        and u.status in ('held', 'used');
    if v_uses >= v_coupon.max_uses or v_family_uses >= v_coupon.max_uses_per_family then
        perform ops.fail(
            case
                when v_coupon.code is null then 'quote_changed'
                when v_uses >= v_coupon.max_uses then 'coupon_used_up'
                else 'coupon_used_by_family'
            end
        );
    end if;
    insert into pricing.coupon_redemptions (
        studio_id, family_id, coupon_id, registration_id, amount_minor
    )
    values (
        v_studio_id, v_line.family_id, v_coupon.id, p_registration_id, v_line.saved_minor
    );
end;
$$;
alter function pricing.take_coupon(bigint, bigint) owner to pricing;
grant execute on function pricing.take_coupon(bigint, bigint) to enrollment;
comment on function pricing.take_coupon(bigint, bigint) is
$$Take one use of the coupon that a quote was priced with, for a registration.

For enrollment, at checkout, before the places. It is used at confirmation and returned when the
hold ends. Raises coupon_used_up and coupon_used_by_family, or quote_changed for a coupon that
applied by itself or is no longer there.$$;
