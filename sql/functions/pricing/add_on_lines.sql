create or replace function pricing.add_on_lines(
    p_items pricing.basket_item[],
    p_add_ons pricing.add_ons[],
    p_add_on_section_ids bigint[]
)
returns pricing.line[]
language plpgsql
stable
parallel safe
as $$
declare
    v_lines pricing.line [] := array[]::pricing.line[];
    v_item pricing.basket_item;
    v_other pricing.basket_item;
    v_first integer;
    v_number integer;
    v_add_on pricing.add_ons;
    v_is_had boolean;
    v_code text;
begin
    foreach v_item in array p_items
    loop
        continue when v_item.enrolled;
        -- Where those of the section begin: found by halving, as they are in order.
        v_first := width_bucket(v_item.section_id - 1, p_add_on_section_ids) + 1;
        -- Asked for, and not to be had any more: to leave it out silently would be another order.
        foreach v_code in array coalesce(v_item.add_on_codes, '{}')
        loop
            v_number := v_first;
            while
                p_add_on_section_ids[v_number] = v_item.section_id
                and p_add_ons[v_number].code <> v_code
            loop
                v_number := v_number + 1;
            end loop;
            if p_add_on_section_ids[v_number] is distinct from v_item.section_id then
                perform ops.fail(
                    'add_on_unknown',
                    jsonb_build_object(
                        'code', v_code,
                        'title', (
                            select k.title
                            from catalog.classes as k
                            where k.studio_id = auth.studio_id() and k.id = v_item.class_id
                        ),
                        'student_id', v_item.student_id,
                        'section_id', v_item.section_id
                    )
                );
            end if;
        end loop;
        v_number := v_first;
        while p_add_on_section_ids[v_number] = v_item.section_id
        loop
            v_add_on := p_add_ons[v_number];
            v_number := v_number + 1;
            if v_add_on.required then
                -- More dates of a section that is sold by date don't cause it again.
                foreach v_other in array p_items
                loop
                    v_is_had
                    := v_other.enrolled
                    and v_other.student_id = v_item.student_id
                    and v_other.section_id = v_item.section_id;
                    exit when v_is_had;
                end loop;
                continue when v_is_had;
            else
                continue when (v_add_on.code = any(v_item.add_on_codes)) is not true;
            end if;
            v_lines := array_append(
                v_lines,
                (
                    v_item.cart_id,
                    v_item.student_id,
                    'add_on',
                    v_add_on.code,
                    v_item.section_id,
                    jsonb_build_object('required', v_add_on.required),
                    v_add_on.amount_minor,
                    'pricing.add_ons',
                    v_add_on.id,
                    v_add_on.version
                )::pricing.line
            );
        end loop;
    end loop;
    return v_lines;
end;
$$;
alter function pricing.add_on_lines(
    pricing.basket_item[], pricing.add_ons[], bigint[]
) owner to pricing;
comment on function pricing.add_on_lines(
    pricing.basket_item[], pricing.add_ons[], bigint[]
) is
$$Stage 4: what is had beside a section, once a student: required, or asked for.

A required one is not charged to a student who has the section already, on other dates.
At the price of the instant, whatever it was when it was asked for. p_add_ons: by section, in their
order; p_add_on_section_ids: the section of each. Raises add_on_unknown where something asked for is
not to be had any more.$$;
