create or replace function pricing.fee_line(
    p_rule pricing.fee_rules,
    p_items pricing.basket_item[],
    p_divisions pricing.student_division[],
    p_program_prices jsonb
)
returns pricing.line
language plpgsql
stable
parallel safe
as $$
declare
    -- A program can have its own amount of this fee.
    v_is_registration constant boolean
    := p_rule.code = 'registration' and p_rule.unit in ('student', 'family');
    v_item pricing.basket_item;
    v_division pricing.student_division;
    v_program_price jsonb;
    v_own_minor bigint;
    v_own_prices jsonb [] := array[]::jsonb[];
    -- The highest amount that is caused by what comes new, and by what is confirmed already.
    v_new_minor bigint;
    v_enrolled_minor bigint;
    v_class_ids bigint [] := array[]::bigint[];
    v_enrolled_class_ids bigint [] := array[]::bigint[];
    v_weekly_meetings bigint := 0::bigint;
    v_all bigint;
    v_left bigint;
    v_units bigint;
    v_unit_minor bigint;
    v_basis jsonb;
begin
    foreach v_item in array p_items
    loop
        continue when
            v_item.term_id <> p_rule.term_id
            or v_item.class_id <> p_rule.class_id
            or v_item.section_id <> p_rule.section_id
            or p_rule.code = any(v_item.exempt_fee_codes);
        v_own_minor := null;
        if v_is_registration and v_item.program_id is not null then
            v_program_price
            := p_program_prices -> concat_ws(':', v_item.term_id, v_item.program_id);
            v_own_minor := (v_program_price ->> 'registration_fee_minor')::bigint;
        end if;
        -- A program's own amount says whether it is asked, whatever the term asks of programs.
        continue when not coalesce(v_own_minor > 0, v_item.price_mode = any(p_rule.charged_modes));
        if p_rule.division_of = 'class' then
            continue when p_rule.division_id is distinct from v_item.division_id;
        elsif p_rule.division_of = 'student' then
            v_division := null;
            foreach v_division in array p_divisions
            loop
                exit when v_division.student_id = v_item.student_id;
            end loop;
            continue when
                v_division.student_id is distinct from v_item.student_id
                or p_rule.division_id is distinct from case
                    when v_item.enrolled then v_division.enrolled_division_id
                    else v_division.division_id
                end;
        end if;
        if v_own_minor is not null then
            v_own_prices := v_own_prices || jsonb_build_object(
                'id', v_program_price -> 'id', 'version', v_program_price -> 'version'
            );
        end if;
        if v_item.enrolled then
            v_enrolled_minor
            := greatest(v_enrolled_minor, coalesce(v_own_minor, p_rule.amount_minor));
            v_enrolled_class_ids := v_enrolled_class_ids || v_item.class_id;
            continue;
        end if;
        v_new_minor := greatest(v_new_minor, coalesce(v_own_minor, p_rule.amount_minor));
        if v_item.class_id <> all(v_class_ids) then
            v_class_ids := v_class_ids || v_item.class_id;
        end if;
        v_weekly_meetings := v_weekly_meetings + coalesce(cardinality(v_item.weekdays), 0);
        if p_rule.proration = 'meetings' then
            v_all := coalesce(v_all + v_item.meetings, v_all, v_item.meetings);
            v_left := coalesce(v_left + v_item.meetings_left, v_left, v_item.meetings_left);
        elsif p_rule.proration = 'days' then
            v_all := coalesce(v_all + v_item.days, v_all, v_item.days);
            v_left := coalesce(v_left + v_item.days_left, v_left, v_item.days_left);
        end if;
    end loop;
    if v_new_minor is null then
        return null;
    end if;
    -- What there is with the cart, less what is confirmed already. Once a student or a family: the
    -- highest amount that is caused, less the highest that was.
    v_units := 1::bigint;
    v_unit_minor := v_new_minor;
    if p_rule.unit = 'class' and p_rule.once_per_term then
        v_units := (
            select count(*)
            from unnest(v_class_ids) as c (id)
            where c.id <> all(v_enrolled_class_ids)
        );
    elsif p_rule.unit = 'class' then
        v_units := cardinality(v_class_ids)::bigint;
    elsif p_rule.unit = 'weekly_meeting' then
        v_units := v_weekly_meetings;
    elsif p_rule.once_per_term then
        v_units := (v_new_minor > coalesce(v_enrolled_minor, -1))::integer::bigint;
        v_unit_minor := v_new_minor - coalesce(v_enrolled_minor, 0);
    end if;
    if v_units = 0 then
        return null;
    end if;
    v_basis := jsonb_build_object('units', v_units, 'unit_minor', v_unit_minor);
    if v_all is not null then
        v_basis := v_basis || jsonb_build_object(
            p_rule.proration, v_all, p_rule.proration || '_left', v_left
        );
    end if;
    if v_own_prices <> '{}' then
        v_basis := v_basis || jsonb_build_object(
            'program_prices', (
                select jsonb_agg(distinct p.rule) from unnest(v_own_prices) as p (rule)
            )
        );
    end if;
    return (
        p_items[1].cart_id,
        case when p_rule.unit <> 'family' then p_items[1].student_id end,
        'fee',
        p_rule.code,
        null,
        v_basis,
        pricing.prorated(v_units * v_unit_minor, v_left, v_all),
        'pricing.fee_rules',
        p_rule.id,
        p_rule.version
    )::pricing.line;
end;
$$;
alter function pricing.fee_line(
    pricing.fee_rules, pricing.basket_item[], pricing.student_division[], jsonb
) owner to pricing;
comment on function pricing.fee_line(
    pricing.fee_rules, pricing.basket_item[], pricing.student_division[], jsonb
) is
$$What one fee asks of a student, or of the family: what is counted, less what is confirmed already.

Of the fee registration a program may ask its own amount, or nothing; of several classes the highest
amount applies. A rule that prorates asks as much as is left of the items that cause it, all
together. p_items: of the student, or of the whole order; null where they don't cause the fee.$$;
