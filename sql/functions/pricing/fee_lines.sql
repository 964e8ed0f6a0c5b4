create or replace function pricing.fee_lines(
    p_items pricing.basket_item[],
    p_divisions pricing.student_division[],
    p_fee_rules pricing.fee_rules[],
    p_program_prices jsonb,
    p_engine_version integer
)
returns pricing.line[]
language plpgsql
stable
parallel safe
as $$
declare
    v_count constant integer := cardinality(p_items);
    v_lines pricing.line [] := array[]::pricing.line[];
    v_rule pricing.fee_rules;
    v_item pricing.basket_item;
    v_division pricing.student_division;
    v_first integer := 1;
begin
    -- Once more than there are items, for the family.
    for v_last in 1..v_count + 1
    loop
        -- One more of the same student follows.
        continue when p_items[v_last].student_id = p_items[v_last + 1].student_id;
        if v_last > v_count then
            v_first := 1;
        end if;
        foreach v_rule in array p_fee_rules
        loop
            continue when
                (v_rule.unit = 'family') <> (v_last > v_count)
                or v_rule.term_id <> p_items[1].term_id;
            declare
                -- A program can have its own amount of this fee.
                v_is_registration constant boolean
                := v_rule.code = 'registration' and v_rule.unit in ('student', 'family');
                v_program_price jsonb;
                v_own_minor bigint;
                v_own_prices jsonb [];
                -- The highest amount that is caused by what comes new, and by what is
                -- confirmed already.
                v_new_minor bigint;
                v_enrolled_minor bigint;
                v_class_ids bigint [] := array[]::bigint[];
                v_enrolled_class_ids bigint [] := array[]::bigint[];
                v_weekly_meetings bigint := 0::bigint;
                -- Of a rule that prorates: what causes it, and what is left of it.
                v_causes pricing.basket_item [] := array[]::pricing.basket_item[];
                v_all bigint;
                v_left bigint;
                v_share record;
                v_units bigint;
                v_unit_minor bigint;
                v_amount_minor bigint;
                v_basis jsonb;
            begin
                for v_number in v_first..least(v_last, v_count)
                loop
                    v_item := p_items[v_number];
                    continue when
                        v_item.class_id <> v_rule.class_id
                        or v_item.section_id <> v_rule.section_id
                        or v_rule.code = any(v_item.exempt_fee_codes)
                        or (
                            v_rule.division_of = 'class'
                            and v_rule.division_id is distinct from v_item.division_id
                        );
                    if v_is_registration then
                        v_program_price
                        := p_program_prices -> concat_ws(':', v_item.term_id, v_item.program_id);
                        v_own_minor := (v_program_price ->> 'registration_fee_minor')::bigint;
                    end if;
                    -- A program's own amount says whether it is asked, whatever the term asks of
                    -- programs.
                    continue when not coalesce(
                        v_own_minor > 0, v_item.price_mode = any(v_rule.charged_modes)
                    );
                    if v_rule.division_of = 'student' then
                        foreach v_division in array p_divisions
                        loop
                            exit when v_division.student_id = v_item.student_id;
                        end loop;
                        continue when
                            v_division.student_id is distinct from v_item.student_id
                            or v_rule.division_id is distinct from case
                                when v_item.enrolled then v_division.enrolled_division_id
                                else v_division.division_id
                            end;
                    end if;
                    if v_own_minor is not null then
                        v_own_prices := array_append(
                            v_own_prices,
                            jsonb_build_object(
                                'id',
                                v_program_price -> 'id',
                                'version',
                                v_program_price -> 'version'
                            )
                        );
                    end if;
                    if v_item.enrolled then
                        v_enrolled_minor
                        := greatest(v_enrolled_minor, coalesce(v_own_minor, v_rule.amount_minor));
                        if v_rule.unit = 'class' then
                            v_enrolled_class_ids
                            := array_append(v_enrolled_class_ids, v_item.class_id);
                        end if;
                        continue;
                    end if;
                    v_new_minor
                    := greatest(v_new_minor, coalesce(v_own_minor, v_rule.amount_minor));
                    if v_rule.unit = 'class' then
                        if v_item.class_id <> all(v_class_ids) then
                            v_class_ids := array_append(v_class_ids, v_item.class_id);
                        end if;
                    elsif v_rule.unit = 'weekly_meeting' then
                        v_weekly_meetings
                        := v_weekly_meetings + coalesce(cardinality(v_item.weekdays), 0);
                    end if;
                    if v_rule.proration <> 'none' then
                        v_causes := array_append(v_causes, v_item);
                    end if;
                    if v_rule.proration = 'meetings' then
                        v_all := coalesce(v_all + v_item.meetings, v_all, v_item.meetings);
                        v_left
                        := coalesce(v_left + v_item.meetings_left, v_left, v_item.meetings_left);
                    elsif v_rule.proration = 'days' then
                        v_all := coalesce(v_all + v_item.days, v_all, v_item.days);
                        v_left := coalesce(v_left + v_item.days_left, v_left, v_item.days_left);
                    end if;
                end loop;
                continue when v_new_minor is null;
                -- What there is with the cart, less what is confirmed already. Once a student or
                -- a family: the highest amount that is caused, less the highest that was.
                v_units := 1::bigint;
                v_unit_minor := v_new_minor;
                if v_rule.unit = 'class' then
                    if v_rule.once_per_term and v_enrolled_minor is not null then
                        v_class_ids := array(
                            select c.id
                            from unnest(v_class_ids) as c (id)
                            where c.id <> all(v_enrolled_class_ids)
                        );
                    end if;
                    v_units := cardinality(v_class_ids)::bigint;
                elsif v_rule.unit = 'weekly_meeting' then
                    v_units := v_weekly_meetings;
                elsif v_rule.once_per_term then
                    v_units := (v_new_minor > coalesce(v_enrolled_minor, -1))::integer::bigint;
                    v_unit_minor := v_new_minor - coalesce(v_enrolled_minor, 0);
                end if;
                continue when v_units = 0;
                v_amount_minor := v_units * v_unit_minor;
                v_basis := jsonb_build_object('units', v_units, 'unit_minor', v_unit_minor);
                if v_all is not null then
                    v_basis := v_basis || jsonb_build_object(
                        v_rule.proration, v_all, v_rule.proration || '_left', v_left
                    );
                    if p_engine_version > 4 then
                        v_share := pricing.units_left(
                            v_causes, v_rule.unit, v_class_ids, v_rule.proration
                        );
                        v_amount_minor := pricing.round_minor(
                            v_unit_minor * v_share.amount / v_share.divisor
                        );
                    else
                        v_amount_minor := pricing.prorated(v_amount_minor, v_left, v_all);
                    end if;
                end if;
                if v_own_prices is not null then
                    v_basis := v_basis || jsonb_build_object(
                        'program_prices', (
                            select jsonb_agg(distinct p.rule) from unnest(v_own_prices) as p (rule)
                        )
                    );
                end if;
                v_lines := array_append(
                    v_lines,
                    (
                        p_items[v_first].cart_id,
                        case when v_rule.unit <> 'family' then p_items[v_first].student_id end,
                        'fee',
                        v_rule.code,
                        null,
                        v_basis,
                        v_amount_minor,
                        'pricing.fee_rules',
                        v_rule.id,
                        v_rule.version
                    )::pricing.line
                );
            end;
        end loop;
        v_first := v_last + 1;
    end loop;
    return v_lines;
end;
$$;
alter function pricing.fee_lines(
    pricing.basket_item[], pricing.student_division[], pricing.fee_rules[], jsonb, integer
) owner to pricing;
comment on function pricing.fee_lines(
    pricing.basket_item[], pricing.student_division[], pricing.fee_rules[], jsonb, integer
) is
$$Stage 2: fees by rule, in the order of their positions: of each student, then of the family.

What a fee asks is what is counted, less what is confirmed already. Of the fee registration a
program may ask its own amount, or nothing; of several classes the highest amount applies. A rule
that prorates asks for each unit as much as is left of the class that causes it, of several classes
the one with most left (in engines up to 4 as much as is left of all of them together).$$;
