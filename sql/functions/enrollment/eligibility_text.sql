create or replace function enrollment.eligibility_text(p_rule catalog.requirements)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
set timezone = 'UTC'
as $$
declare
    c_grades constant text [] := array['nursery', 'Pre-K3', 'Pre-K4', 'kindergarten'];
    v_in_years constant boolean := coalesce(p_rule.lowest_age_months % 12 = 0, true)
    and coalesce(p_rule.highest_age_months % 12 = 11, true);
    v_per_unit constant integer := case when v_in_years then 12 else 1 end;
    v_unit constant text := case when v_in_years then 'years' else 'months' end;
    v_lowest constant text := (p_rule.lowest_age_months / v_per_unit)::text;
    v_highest constant text := (p_rule.highest_age_months / v_per_unit)::text;
    v_lowest_grade constant text
    := coalesce(c_grades[p_rule.lowest_grade + 4], 'grade ' || p_rule.lowest_grade);
    v_highest_grade constant text
    := coalesce(c_grades[p_rule.highest_grade + 4], 'grade ' || p_rule.highest_grade);
begin
    return concat_ws(
        ' or ',
        concat(
            case
                when v_lowest = v_highest then format('children of %s %s', v_lowest, v_unit)
                when num_nonnulls(v_lowest, v_highest) = 2
                    then format('children of %s to %s %s', v_lowest, v_highest, v_unit)
                when v_lowest is not null
                    then format('children of at least %s %s', v_lowest, v_unit)
                when v_highest is not null
                    then format('children of at most %s %s', v_highest, v_unit)
            end,
            ' on ' || p_rule.cutoff_day || ' '
            || to_char(make_date(2001, p_rule.cutoff_month, 1), 'FMMonth')
        ),
        case
            when v_lowest_grade = v_highest_grade then v_lowest_grade
            when num_nonnulls(v_lowest_grade, v_highest_grade) = 2
                then v_lowest_grade || ' to ' || v_highest_grade
            when v_lowest_grade is not null then v_lowest_grade || ' and above'
            when v_highest_grade is not null then v_highest_grade || ' and below'
        end
    );
end;
$$;
alter function enrollment.eligibility_text(catalog.requirements) owner to enrollment;
comment on function enrollment.eligibility_text(catalog.requirements) is
$$Whom a rule of age or grade is for, in words.$$;
