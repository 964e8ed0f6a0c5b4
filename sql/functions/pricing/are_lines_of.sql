create or replace function pricing.are_lines_of(
    p_lines pricing.line[], p_cart_id bigint, p_inputs jsonb, p_total_minor bigint
)
returns boolean
language plpgsql
immutable
parallel safe
as $$
declare
    v_student_ids constant jsonb := jsonb_path_query_array(p_inputs, '$.items[*].student_id');
    v_line pricing.line;
    v_sum_minor bigint := 0::bigint;
begin
    foreach v_line in array p_lines
    loop
        if
            v_line.cart_id = p_cart_id
            and num_nulls(
                v_line.code, v_line.basis, v_line.rule_table, v_line.rule_id, v_line.rule_version
            ) = 0
            and (v_line.student_id is null or v_student_ids @> to_jsonb(v_line.student_id))
            and (
                case
                    when v_line.kind in ('discount', 'family_discount', 'coupon', 'credit')
                        then v_line.amount_minor < 0
                    when v_line.kind in (
                        'tuition', 'program', 'override', 'tier', 'drop_in', 'fee', 'add_on',
                        'plan_fee'
                    )
                        then v_line.amount_minor >= 0
                    when v_line.kind = 'adjustment'
                        then v_line.amount_minor is not null
                end
            )
        then
            v_sum_minor := v_sum_minor + v_line.amount_minor;
        else
            -- Also where something is null that must not be.
            return false;
        end if;
    end loop;
    return v_sum_minor = p_total_minor;
end;
$$;
alter function pricing.are_lines_of(pricing.line[], bigint, jsonb, bigint) owner to pricing;
comment on function pricing.are_lines_of(pricing.line[], bigint, jsonb, bigint) is
$$Whether lines can be those of a quote: whole, of its cart and its students, its total together.

Of known kinds, below zero where something is taken off and not where something is charged.
For the CHECK of pricing.quotes, which looks at a row when it comes: to ask for more is a migration
that looks at the others again.$$;
