create or replace function pricing.coupon_lines(
    p_items pricing.basket_item[],
    p_lines pricing.line[],
    p_orders pricing.basket_order[],
    p_as_of timestamptz
)
returns setof pricing.line
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
-- Planning these statements anew for each cart would take longer than carrying them out.
set plan_cache_mode = 'force_generic_plan'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_coupons pricing.coupons [];
    v_scoped bigint [];
    v_offer record;
    v_line pricing.line;
begin
    v_coupons := array(
        select c
        from pricing.coupons as c
        where
            c.studio_id = v_studio_id
            and p_as_of >= c.valid_from
            and (c.superseded_at is null or c.superseded_at > p_as_of)
            and (
                c.code in (select upper(o.coupon_code) from unnest(p_orders) as o)
                or (
                    c.code is null
                    and c.term_id in (
                        select o.term_id from unnest(p_orders) as o where o.coupon_code is null
                    )
                )
            )
        order by c.id
    );
    if v_coupons = '{}' and not exists (
        select from unnest(p_orders) as o where o.coupon_code is not null
    ) then
        return;
    end if;
    v_scoped := array(
        select distinct s.coupon_id
        from pricing.coupon_sections as s
        inner join unnest(v_coupons) as c on s.coupon_id = c.id
        where s.studio_id = v_studio_id
    );
    for v_offer in
        with lines as (
            select
                l.*,
                row_number() over (partition by l.cart_id order by l.line_position) as line_number,
                case
                    when l.kind in ('tuition', 'program', 'override', 'tier', 'drop_in')
                        then 'tuition'
                    when l.kind = 'fee' and l.code = 'registration' then 'registration'
                    when l.kind = 'fee' then 'recital'
                end as class
            from unnest(p_lines) with ordinality as l (
                cart_id, student_id, kind, code, section_id, basis, amount_minor, rule_table,
                rule_id, rule_version, line_position
            )
        ),

        totals as (
            select
                l.cart_id,
                sum(l.amount_minor) as total_minor,
                bool_or(l.kind = 'discount') as is_discounted
            from lines as l
            group by l.cart_id
        ),

        discounted as (
            select
                l.cart_id,
                (p.value ->> 'line_number')::bigint as line_number,
                sum((p.value ->> 'amount_minor')::bigint) as off_minor
            from lines as l
            cross join lateral jsonb_array_elements(l.basis -> 'parts') as p
            where l.kind = 'discount'
            group by l.cart_id, p.value ->> 'line_number'
        ),

        -- Of a line for several sections, the share of those that the coupon is limited to.
        shares as (
            select
                c.id as coupon_id,
                s.line_position,
                sum(s.weight) filter (where x.section_id is not null) as weight,
                sum(s.weight) as full_weight
            from unnest(v_scoped) as c (id)
            cross join pricing.line_sections(
                case when v_scoped <> '{}' then p_items else '{}' end, p_lines, p_as_of
            ) as s
            left join pricing.coupon_sections as x
                on
                    x.studio_id = v_studio_id
                    and c.id = x.coupon_id
                    and s.section_id = x.section_id
            group by c.id, s.line_position
        ),

        offers as (
            select
                o.cart_id,
                o.coupon_code,
                o.term_id as order_term_id,
                c.*,
                u.uses,
                u.family_uses
            from unnest(p_orders) as o
            left join unnest(v_coupons) as c
                on
                    c.code is not distinct from upper(o.coupon_code)
                    and (o.coupon_code is not null or o.term_id = c.term_id)
            left join lateral jsonb_to_recordset(o.coupon_uses) as u (
                key text, uses bigint, family_uses bigint
            ) on o.term_id = c.term_id and c.key = u.key
        ),

        reducible as (
            select
                f.cart_id,
                f.id,
                f.most_expensive_only,
                p.part_minor,
                row_number() over (
                    partition by f.cart_id, f.id order by p.part_minor desc, l.line_position
                ) as place
            from offers as f
            inner join lines as l on f.cart_id = l.cart_id and l.class = any(f.applies_to)
            left join discounted as d
                on l.cart_id = d.cart_id and l.line_number = d.line_number
            left join shares as s on f.id = s.coupon_id and l.line_position = s.line_position
            cross join lateral (
                select
                    case
                        when f.id = any(v_scoped)
                            then pricing.round_minor(
                                (l.amount_minor - coalesce(d.off_minor, 0))
                                * s.weight / s.full_weight
                            )
                        else l.amount_minor - coalesce(d.off_minor, 0)
                    end as part_minor
            ) as p
            where f.order_term_id = f.term_id and p.part_minor > 0
        ),

        bases as (
            select r.cart_id, r.id, sum(r.part_minor) as base_minor
            from reducible as r
            where r.place = 1 or not r.most_expensive_only
            group by r.cart_id, r.id
        ),

        judged as (
            select
                f.*,
                b.base_minor,
                s.saved_minor,
                case
                    when f.id is null then 'coupon_not_found'
                    when not f.active then 'coupon_inactive'
                    when p_as_of < f.available_from then 'coupon_not_yet_valid'
                    when p_as_of >= f.available_until then 'coupon_expired'
                    when f.uses >= f.max_uses then 'coupon_used_up'
                    when f.family_uses >= f.max_uses_per_family then 'coupon_used_by_family'
                    when coalesce(s.saved_minor, 0) <= 0 then 'coupon_not_applicable'
                    when not f.stackable and t.is_discounted then 'coupon_not_stackable'
                end as refusal
            from offers as f
            left join totals as t on f.cart_id = t.cart_id
            left join bases as b on f.cart_id = b.cart_id and f.id = b.id
            left join lateral (
                select
                    least(
                        b.base_minor,
                        t.total_minor,
                        case f.kind
                            when 'percent'
                                then pricing.round_minor(b.base_minor * f.percent_bp / 10000)
                            else f.amount_minor
                        end
                    )::bigint as saved_minor
                where b.base_minor is not null
            ) as s on true
        )

        -- A coupon that applies by itself is simply not taken where it would be refused.
        select distinct on (j.cart_id) j.*
        from judged as j
        where j.refusal is null or j.coupon_code is not null
        order by j.cart_id, j.saved_minor desc, j.key
    loop
        if v_offer.refusal is not null then
            perform ops.fail(
                v_offer.refusal, jsonb_build_object('coupon_code', v_offer.coupon_code)
            );
        end if;
        v_line.cart_id := v_offer.cart_id;
        v_line.kind := 'coupon';
        v_line.code := v_offer.key;
        v_line.basis := jsonb_strip_nulls(
            jsonb_build_object(
                'base_minor', v_offer.base_minor,
                'applies_to', v_offer.applies_to,
                'percent_bp', v_offer.percent_bp,
                'discount_minor', v_offer.amount_minor
            )
        );
        v_line.amount_minor := - v_offer.saved_minor;
        v_line.rule_table := 'pricing.coupons';
        v_line.rule_id := v_offer.id;
        v_line.rule_version := v_offer.version;
        return next v_line;
    end loop;
end;
$$;
alter function pricing.coupon_lines(
    pricing.basket_item[], pricing.line[], pricing.basket_order[], timestamptz
) owner to pricing;
comment on function pricing.coupon_lines(
    pricing.basket_item[], pricing.line[], pricing.basket_order[], timestamptz
) is
$$Family stage: the one coupon of an order: by the code entered, or else the best that applies.

Of those that apply by themselves the one that saves most, ties by key. Never more than there is
left to pay. A code that is entered and does not apply is an error: coupon_not_found,
coupon_inactive, coupon_not_yet_valid, coupon_expired, coupon_used_up, coupon_used_by_family,
coupon_not_applicable, coupon_not_stackable.$$;
