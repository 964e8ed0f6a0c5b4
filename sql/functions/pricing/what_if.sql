create or replace function pricing.what_if(
    p_term_id bigint, p_proposed_term_id bigint, p_as_of timestamptz default now()
)
returns table (
    family_id bigint,
    sold_minor bigint,
    old_minor bigint,
    new_minor bigint,
    difference_minor bigint,
    rule_table text,
    rule_code text,
    rule_old_minor bigint,
    rule_new_minor bigint,
    refusal text
)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_plan pricing.payment_plans;
    v_ordered_on constant date := studio.local_date(p_as_of);
    v_settings constant studio.settings := studio.settings_of(p_term_id);
    v_proposed constant studio.settings := studio.settings_of(p_proposed_term_id);
    v_old pricing.basket_item [];
    v_new pricing.basket_item [];
begin
    -- What was sold, by the facts it was sold by: each family has one order of all that is
    -- confirmed. Who came late is asked for the whole term, or the rules could not be compared.
    v_old := array(
        select
            jsonb_populate_record(
                s.item,
                jsonb_build_object(
                    'cart_id', s.family_id,
                    'enrolled', false,
                    'dates', s.dates,
                    'add_on_codes', s.add_on_codes,
                    'tuition_proration', 'none',
                    'meetings', null,
                    'meetings_left', null,
                    'days', null,
                    'days_left', null
                )
            )
        from (
            -- Dates of one section may have been bought in several orders.
            select
                i.family_id,
                i.student_id,
                i.section_id,
                (array_agg(i order by r.id))[1] as item,
                array_agg(distinct d.held_on order by d.held_on) filter (
                    where d.held_on is not null
                ) as dates,
                array_agg(distinct a.code) filter (where a.code is not null) as add_on_codes
            from enrollment.registrations as r
            inner join pricing.quotes as q on r.studio_id = q.studio_id and r.quote_id = q.id
            cross join lateral jsonb_populate_recordset(
                null::pricing.basket_item, q.inputs -> 'items'
            ) as i
            left join lateral unnest(i.dates) as d (held_on) on true
            left join lateral unnest(i.add_on_codes) as a (code) on true
            where
                r.studio_id = v_studio_id
                and r.term_id = p_term_id
                and not i.enrolled
                and exists (
                    select
                    from enrollment.enrollments as e
                    where
                        e.studio_id = r.studio_id
                        and e.family_id = r.family_id
                        and e.registration_id = r.id
                        and e.student_id = i.student_id
                        and e.section_id = i.section_id
                        and e.status = 'confirmed'
                )
            -- A class and single dates of it, tried before, are two things.
            group by i.family_id, i.student_id, i.section_id, i.dates is null
        ) as s
        order by s.family_id, s.student_id, s.section_id, s.dates
    );
    if cardinality(v_old) = 0 then
        return;
    end if;
    -- In full, for both: another plan has its own fee, which is no question of the rules.
    v_plan := pricing.plan_of(p_term_id, null, null, p_as_of);
    v_new := array(
        select
            jsonb_populate_record(
                i,
                jsonb_build_object(
                    'term_id', p_proposed_term_id, 'rate_step_basis', v_proposed.rate_step_basis
                )
            )
        from unnest(v_old) as i
    );
    return query
    with lines as (
        select 'old' as version, p.*
        from pricing.price_or_refuse(
            v_old,
            array(
                select jsonb_populate_record(
                    null::pricing.basket_order,
                    jsonb_build_object(
                        'cart_id', i.family_id,
                        'family_id', i.family_id,
                        'term_id', p_term_id,
                        'awarded', false,
                        'ordered_on', v_ordered_on,
                        'family_discount_later', v_settings.family_discount_later
                    )
                )
                from unnest(v_old) as i
                group by i.family_id
                order by i.family_id
            ),
            v_plan,
            p_as_of
        ) as p
        union all
        select 'new' as version, p.*
        from pricing.price_or_refuse(
            v_new,
            array(
                select jsonb_populate_record(
                    null::pricing.basket_order,
                    jsonb_build_object(
                        'cart_id', i.family_id,
                        'family_id', i.family_id,
                        'term_id', p_proposed_term_id,
                        'awarded', false,
                        'ordered_on', v_ordered_on,
                        'family_discount_later', v_proposed.family_discount_later
                    )
                )
                from unnest(v_new) as i
                group by i.family_id
                order by i.family_id
            ),
            v_plan,
            p_as_of
        ) as p
    ),

    rules as (
        select
            l.cart_id,
            l.rule_table,
            l.code,
            coalesce(sum(l.amount_minor) filter (where l.version = 'old'), 0)::bigint as old_minor,
            coalesce(sum(l.amount_minor) filter (where l.version = 'new'), 0)::bigint as new_minor
        from lines as l
        where l.refusal is null
        group by l.cart_id, l.rule_table, l.code
    ),

    causes as (
        select distinct on (r.cart_id) r.*
        from rules as r
        where r.old_minor <> r.new_minor
        order by r.cart_id, abs(r.new_minor - r.old_minor) desc, r.rule_table, r.code
    ),

    totals as (
        select
            l.cart_id,
            sum(l.amount_minor) filter (where l.version = 'old')::bigint as old_minor,
            sum(l.amount_minor) filter (where l.version = 'new')::bigint as new_minor,
            min(l.refusal) as refusal
        from lines as l
        group by l.cart_id
    ),

    sold as (
        select r.family_id, sum(r.total_minor)::bigint as sold_minor
        from enrollment.registrations as r
        where
            r.studio_id = v_studio_id
            and r.term_id = p_term_id
            and r.status in ('confirmed', 'partial')
        group by r.family_id
    )

    select
        t.cart_id,
        coalesce(s.sold_minor, 0),
        t.old_minor,
        t.new_minor,
        t.new_minor - t.old_minor,
        c.rule_table,
        c.code,
        c.old_minor,
        c.new_minor,
        t.refusal
    from totals as t
    left join sold as s on t.cart_id = s.family_id
    -- Against a price that is missing nothing can be compared.
    left join causes as c on t.cart_id = c.cart_id and t.refusal is null
    order by t.cart_id;
end;
$$;
alter function pricing.what_if(bigint, bigint, timestamptz) owner to pricing;
comment on function pricing.what_if(bigint, bigint, timestamptz) is
$$What a term's confirmed registrations would cost by its own rules and by another term's.

A row a family; both prices by the rules as they are at p_as_of. Writes nothing. Settings that price
by are those of each term; nobody pays for a part of a term. Rules of the sections themselves, which
belong to the old term (add-ons, tiers, prices of dates and classes), hold for both.
See api.price_what_if().$$;
