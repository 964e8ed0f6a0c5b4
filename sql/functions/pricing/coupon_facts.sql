create or replace function pricing.coupon_facts(p_cart_ids bigint[], p_coupon_code text)
returns jsonb
language plpgsql
stable
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_capped record;
    v_uses jsonb;
begin
    select
        array_agg(p.term_id) as term_ids,
        bool_or(p.max_uses is not null) as in_total,
        -- Most families have not used any before.
        bool_or(
            p.max_uses is not null
            or exists (
                select
                from enrollment.carts as c
                inner join pricing.coupon_redemptions as u
                    on c.studio_id = u.studio_id and c.family_id = u.family_id
                where c.studio_id = v_studio_id and c.id = any(p_cart_ids) and u.status = 'used'
            )
        ) as may_be_used
    into v_capped
    from pricing.coupons as p
    where
        p.studio_id = v_studio_id
        and p.superseded_at is null
        and num_nonnulls(p.max_uses, p.max_uses_per_family) > 0
        -- What was entered, or else what applies by itself.
        and p.code is not distinct from upper(p_coupon_code);
    if v_capped.may_be_used is not true then
        return null;
    end if;

    with carts as (
        select c.id, c.family_id, c.term_id
        from enrollment.carts as c
        where c.studio_id = v_studio_id and c.id = any(p_cart_ids)
    ),

    -- What a family holds, it holds for this very cart, or for one given up before it.
    own as (
        select
            u.family_id,
            p.term_id,
            p.key,
            count(*) filter (where u.status = 'used') as used,
            count(*) filter (
                where
                u.status = 'held'
                and not exists (
                    select
                    from enrollment.lapsed_registrations(now()) as r
                    where r.studio_id = u.studio_id and r.id = u.registration_id
                )
            ) as held
        from pricing.coupon_redemptions as u
        inner join pricing.coupons as p on u.studio_id = p.studio_id and u.coupon_id = p.id
        where
            u.studio_id = v_studio_id
            and u.family_id in (select c.family_id from carts as c)
            and p.term_id = any(v_capped.term_ids)
            and u.status in ('held', 'used')
        group by u.family_id, p.term_id, p.key
    )

    select jsonb_object_agg(f.cart_id, f.uses) into v_uses
    from (
        select
            c.id as cart_id,
            jsonb_agg(
                jsonb_build_object(
                    'key', p.key,
                    'uses', coalesce(t.uses, 0) - coalesce(o.held, 0),
                    'family_uses', coalesce(o.used, 0)
                )
                order by p.key
            ) as uses
        from carts as c
        inner join pricing.coupons as p
            on
                p.studio_id = v_studio_id
                and c.term_id = p.term_id
                and p.superseded_at is null
                and p.code is not distinct from upper(p_coupon_code)
        left join pricing.coupon_uses(
            case when v_capped.in_total then v_capped.term_ids else '{}' end
        ) as t on p.term_id = t.term_id and p.key = t.key
        left join own as o
            on c.family_id = o.family_id and p.term_id = o.term_id and p.key = o.key
        where coalesce(t.uses, o.used) > 0
        group by c.id
    ) as f;
    return v_uses;
end;
$$;
alter function pricing.coupon_facts(bigint[], text) owner to pricing;
comment on function pricing.coupon_facts(bigint[], text) is
$$How often the coupons of the carts' terms have been used: object by cart id of arrays of
{key, uses, family_uses}; null: none of them.

Of coupons with a cap that have been used: the one that was entered, else those that apply by
themselves. A use that is held counts for everybody but the family that holds it.$$;
