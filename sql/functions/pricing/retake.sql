create or replace function pricing.retake(
    p_family_id bigint, p_registration_id bigint, p_quote_id bigint
)
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
    v_coupon record;
    v_due bigint;
    v_taken bigint;
begin
    -- Fails by its unique index where another checkout has it by now.
    update pricing.family_awards as w
    set status = 'held'
    where
        w.studio_id = v_studio_id
        and w.family_id = p_family_id
        and w.registration_id = p_registration_id
        and w.status = 'returned';
    for v_coupon in
        select n.id, n.term_id, n.key, n.max_uses, n.max_uses_per_family, u.id as redemption_id
        from pricing.coupon_redemptions as u
        inner join pricing.coupons as c on u.studio_id = c.studio_id and u.coupon_id = c.id
        left join pricing.coupons as n
            on
                c.studio_id = n.studio_id
                and c.term_id = n.term_id
                and c.key = n.key
                and n.superseded_at is null
        where
            u.studio_id = v_studio_id
            and u.family_id = p_family_id
            and u.registration_id = p_registration_id
            and u.status = 'returned'
    loop
        -- As in pricing.take_coupon(): uses of one coupon queue here.
        perform
        from pricing.coupons as c
        where c.studio_id = v_studio_id and c.id = v_coupon.id
        for no key update;
        if
            v_coupon.id is null
            or (
                select
                    count(*) >= v_coupon.max_uses
                    or count(*) filter (where u.family_id = p_family_id)
                    >= v_coupon.max_uses_per_family
                from pricing.coupons as c
                inner join pricing.coupon_redemptions as u
                    on c.studio_id = u.studio_id and c.id = u.coupon_id
                where
                    c.studio_id = v_studio_id
                    and c.term_id = v_coupon.term_id
                    and c.key = v_coupon.key
                    and u.status in ('held', 'used')
            )
        then
            perform ops.fail('quote_changed');
        end if;
        update pricing.coupon_redemptions as u
        set status = 'held'
        where u.studio_id = v_studio_id and u.id = v_coupon.redemption_id;
    end loop;
    with due as (
        select l.rule_id
        from pricing.quote_lines as l
        where
            l.studio_id = v_studio_id
            and l.family_id = p_family_id
            and l.quote_id = p_quote_id
            and l.kind = 'adjustment'
            and l.rule_table = 'pricing.adjustments'
    ),

    taken as (
        update pricing.adjustments as a
        set status = 'held', registration_id = p_registration_id
        from due as d
        where
            a.studio_id = v_studio_id
            and a.family_id = p_family_id
            and a.id = d.rule_id
            and a.status = 'open'
        returning a.id
    )

    select (select count(*) from due), (select count(*) from taken) into v_due, v_taken;
    if v_taken < v_due then
        perform ops.fail('quote_changed');
    end if;
    -- A statement of its own: the next one then sees what was spent before the lock was had.
    perform
    from pricing.credits as c
    where c.studio_id = v_studio_id and c.family_id = p_family_id
    order by c.id
    for no key update;
    update pricing.credit_uses as u
    set status = 'held'
    where
        u.studio_id = v_studio_id
        and u.family_id = p_family_id
        and u.registration_id = p_registration_id
        and u.status = 'returned';
    if exists (
        select
        from pricing.credits as c
        where
            c.studio_id = v_studio_id
            and c.family_id = p_family_id
            and c.amount_minor < (
                select sum(u.amount_minor)
                from pricing.credit_uses as u
                where
                    u.studio_id = c.studio_id
                    and u.family_id = c.family_id
                    and u.credit_id = c.id
                    and u.status in ('held', 'used')
            )
    ) then
        perform ops.fail('quote_changed');
    end if;
end;
$$;
alter function pricing.retake(bigint, bigint, bigint) owner to pricing;
grant execute on function pricing.retake(bigint, bigint, bigint) to enrollment;
comment on function pricing.retake(bigint, bigint, bigint) is
$$Take again what a lapsed registration had given back: family award, coupon, adjustments, credits.

All that its quote counted on. For enrollment, when it was paid too late. Raises quote_changed (or
fails by a unique index) where something of it is somebody else's, or spent, by now.$$;
