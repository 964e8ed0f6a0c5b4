create or replace function pricing.price_of_enrolled(
    p_family_id bigint, p_term_id bigint, out total_minor bigint, out is_awarded boolean
)
returns record
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_sale record;
    v_plan pricing.payment_plans;
    v_order pricing.basket_order;
    v_enrollment record;
    v_item pricing.basket_item;
    v_next pricing.basket_item;
    -- From when on an item counts: its sale, or the day of the move.
    v_from timestamptz;
    -- Enrollments that go on with another one, as if they had been it from its beginning.
    v_alike_ids bigint [];
    v_alike_from timestamptz [];
    -- The item with what is left of it when it began, and at its end, by the meetings of now.
    v_at pricing.basket_item [];
    v_items pricing.basket_item [];
    v_left pricing.basket_item [];
    -- What earlier checkouts of the term have left: counted by the later ones, as it was then.
    v_before pricing.basket_item [] := array[]::pricing.basket_item[];
    v_lines pricing.line [];
    v_line pricing.line;
begin
    total_minor := 0::bigint;
    is_awarded := false;
    for v_sale in
        select
            r.id as registration_id, q.cart_id, q.plan_id, q.priced_at, q.inputs -> 'items' as items,
            q.inputs -> 'orders' -> 0 as facts, q.inputs -> 'awarded' as awarded
        from enrollment.registrations as r
        inner join pricing.quotes as q
            on
                r.studio_id = q.studio_id
                and r.family_id = q.family_id
                and r.quote_id = q.id
        where
            r.studio_id = v_studio_id
            and r.family_id = p_family_id
            and r.term_id = p_term_id
            and r.status in ('confirmed', 'partial')
        order by r.id
    loop
        v_items := array[]::pricing.basket_item[];
        v_left := array[]::pricing.basket_item[];
        v_alike_ids := array[]::bigint[];
        v_alike_from := array[]::timestamptz[];
        for v_enrollment in
            select
                e.id, e.dates, e.weekdays, e.ended_on, f.ended_on as joined_on, s.item,
                n.id as next_id,
                (
                    v_sale.cart_id, p_family_id, p_term_id, e.student_id, e.section_id, e.tier_id,
                    e.dates, array[]::text [], false, e.weekdays
                )::pricing.picked_item as picked,
                (
                    v_sale.cart_id, p_family_id, p_term_id, n.student_id, n.section_id, n.tier_id,
                    n.dates, array[]::text [], false, n.weekdays
                )::pricing.picked_item as next_picked
            from enrollment.enrollments as e
            left join enrollment.enrollments as f
                on e.studio_id = f.studio_id and e.from_enrollment_id = f.id
            left join enrollment.enrollments as n
                on e.studio_id = n.studio_id and e.id = n.from_enrollment_id
            left join lateral (
                select i::pricing.basket_item as item
                from jsonb_populate_recordset(null::pricing.basket_item, v_sale.items) as i
                where
                    not i.enrolled
                    and i.student_id = e.student_id
                    and i.section_id = e.section_id
                    and (i.dates is null) = (e.dates is null)
                -- Its meetings may have gone to other dates since.
                order by i.dates is distinct from e.dates
                limit 1
            ) as s on true
            where
                e.studio_id = v_studio_id
                and e.family_id = p_family_id
                and e.registration_id = v_sale.registration_id
                and (e.status = 'confirmed' or e.ended_on is not null)
            order by e.id
        loop
            v_item := v_enrollment.item;
            v_from := v_sale.priced_at;
            if v_enrollment.joined_on is not null then
                -- It was not in the quote: as if it had been picked on the day it was joined.
                v_from := coalesce(
                    v_alike_from[array_position(v_alike_ids, v_enrollment.id)],
                    greatest(v_from, studio.start_of_day(v_enrollment.joined_on))
                );
                v_item := (pricing.basket_items(array[v_enrollment.picked], v_from))[1];
                if v_enrollment.id <> all(v_alike_ids) then
                    -- Not side by side with the one before it.
                    v_item.starts_on := greatest(v_item.starts_on, v_enrollment.joined_on);
                end if;
            elsif v_enrollment.weekdays is not null then
                v_item.weekdays := array(
                    select w.weekday
                    from unnest(v_item.weekdays) with ordinality as w (weekday, position)
                    where w.weekday = any(v_enrollment.weekdays)
                    order by w.position
                );
                if v_item.meetings is not null then
                    v_item := (
                        pricing.with_meetings(array[v_item], v_sale.priced_at)
                    )[1];
                end if;
            end if;
            if v_enrollment.ended_on is null then
                v_items := array_append(v_items, v_item);
                v_item.enrolled := true;
                v_left := array_append(v_left, v_item);
                continue;
            end if;
            -- Of what has ended, what was had until then stays due, where a part can be told.
            if v_item.dates is not null then
                -- As many as were had, at the prices they were sold for: of those that went to
                -- other dates, nobody knows which is which.
                v_item.dates := array(
                    select h.held_on
                    from (
                        select d.held_on
                        from unnest(v_item.dates) as d (held_on)
                        order by
                            d.held_on < v_enrollment.ended_on
                            and d.held_on = any(v_enrollment.dates) desc,
                            d.held_on = any(v_enrollment.dates),
                            d.held_on
                        limit (
                            select count(*)
                            from unnest(v_enrollment.dates) as n (held_on)
                            where n.held_on < v_enrollment.ended_on
                        )
                    ) as h
                    order by h.held_on
                );
                if v_item.dates <> '{}' then
                    v_items := array_append(v_items, v_item);
                end if;
            elsif
                v_item.price_mode = 'standard'
                and v_item.tuition_proration <> 'none'
                and v_item.meetings is not null
            then
                if v_enrollment.next_id is not null then
                    v_next := (pricing.basket_items(array[v_enrollment.next_picked], v_from))[1];
                    if pricing.goes_on_alike(v_item, v_next) then
                        v_alike_ids := array_append(v_alike_ids, v_enrollment.next_id);
                        v_alike_from := array_append(v_alike_from, v_from);
                        continue;
                    end if;
                end if;
                v_at := pricing.with_meetings(array[v_item], v_from)
                    || pricing.with_meetings(
                        array[v_item],
                        greatest(v_from, studio.start_of_day(v_enrollment.ended_on))
                    );
                v_item.meetings_left := least(
                    v_item.meetings_left, v_at[1].meetings_left - v_at[2].meetings_left
                );
                v_item.days_left := greatest(
                    v_item.days_left - greatest(
                        v_item.ends_on - greatest(v_item.starts_on, v_enrollment.ended_on) + 1, 0
                    ),
                    0
                );
                v_item.ends_on := greatest(
                    least(v_item.ends_on, v_enrollment.ended_on - 1), v_item.starts_on
                );
                if v_item.meetings_left > 0 then
                    v_items := array_append(v_items, v_item);
                end if;
            end if;
        end loop;
        continue when v_items = '{}';
        select p.* into strict v_plan
        from pricing.payment_plans as p
        where p.studio_id = v_studio_id and p.id = v_sale.plan_id;
        v_order := jsonb_populate_record(
            null::pricing.basket_order,
            coalesce(
                v_sale.facts,
                jsonb_build_object(
                    'cart_id', v_sale.cart_id, 'family_id', p_family_id, 'term_id', p_term_id
                )
            )
        );
        -- A credit is money, not a price.
        v_order.credit_minor := null;
        v_order.awarded := is_awarded;
        foreach v_item in array v_before
        loop
            v_item.cart_id := v_order.cart_id;
            v_items := array_append(v_items, v_item);
        end loop;
        begin
            v_lines := pricing.price_baskets(
                v_items, array[v_order], v_plan, v_sale.priced_at
            );
        exception
            when sqlstate 'PGRST' then
                if (sqlerrm::jsonb ->> 'code')
                    not in ('coupon_not_applicable', 'coupon_not_stackable')
                then
                    raise;
                end if;
                -- What it was for is gone; as in a cart without a code, the best one that applies
                -- by itself does.
                v_order.coupon_code := null;
                v_order.coupon_uses
                := pricing.coupon_facts(array[v_sale.cart_id], null) -> v_sale.cart_id::text;
                v_lines := pricing.price_baskets(
                    v_items, array[v_order], v_plan, v_sale.priced_at
                );
        end;
        foreach v_line in array v_lines
        loop
            total_minor := total_minor + v_line.amount_minor;
            is_awarded := is_awarded or v_line.kind = 'family_discount';
        end loop;
        v_before := v_before || v_left;
    end loop;
end;
$$;
alter function pricing.price_of_enrolled(bigint, bigint) owner to pricing;
grant execute on function pricing.price_of_enrolled(bigint, bigint) to enrollment;
comment on function pricing.price_of_enrolled(bigint, bigint) is
$$What a family's confirmed classes of a term cost, in minor units, as they are by now.

Checkout by checkout, each at the rates and with the facts it was sold by, by today's engine: what
has ended is left out, of a class that is prorated the part that was had until then stays; what
was moved to another section is priced as that. Credits are money and not counted. is_awarded: the
family discount is in it. Raises what a price does (rate_missing and others). For enrollment,
which compares it before and after a change.$$;
