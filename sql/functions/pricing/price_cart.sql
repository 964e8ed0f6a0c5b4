create or replace function pricing.price_cart(
    p_cart_id bigint, p_plan pricing.payment_plans, p_as_of timestamptz
)
returns table (
    items pricing.basket_item[],
    awarded boolean,
    lines pricing.line[],
    total_minor bigint,
    lines_digest text
)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
begin
    items := pricing.basket(array[p_cart_id]);
    if not exists (select from unnest(items) as i where not i.enrolled) then
        perform ops.fail('cart_empty');
    end if;
    awarded := exists (
        select
        from enrollment.carts as c
        inner join pricing.family_awards as w
            on
                c.studio_id = w.studio_id
                and c.family_id = w.family_id
                and c.term_id = w.term_id
                -- One that is held is held for this very cart, or for one given up before it.
                and w.status = 'used'
        where c.studio_id = v_studio_id and c.id = p_cart_id
    );
    lines := pricing.price_baskets(
        items, case when awarded then array[p_cart_id] else '{}' end, p_plan, p_as_of
    );
    select
        sum(l.amount_minor)::bigint,
        md5(
            string_agg(
                concat_ws(
                    '|', l.student_id, l.kind, l.code, l.section_id, l.basis, l.amount_minor
                ),
                ';'
                order by l.student_id, l.kind, l.code, l.section_id, l.rule_id, l.basis
            )
            || p_plan.code
            -- Other classes at the same price are not what was quoted.
            || (
                select
                    string_agg(
                        concat_ws('|', i.student_id, i.section_id),
                        ';'
                        order by i.student_id, i.section_id
                    )
                from unnest(items) as i
                where not i.enrolled
            )
        )
    into total_minor, lines_digest
    from unnest(lines) as l;
    return next;
end;
$$;
alter function pricing.price_cart(bigint, pricing.payment_plans, timestamptz) owner to pricing;
comment on function pricing.price_cart(bigint, pricing.payment_plans, timestamptz) is
$$The price of one cart now: facts, lines, total in minor units, and a digest to compare by.

Writes nothing. Raises cart_empty and what the pipeline raises.$$;
