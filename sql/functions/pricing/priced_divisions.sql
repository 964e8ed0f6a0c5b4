create or replace function pricing.priced_divisions(p_items pricing.basket_item[])
returns setof pricing.student_division
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_student record;
    v_division pricing.student_division;
begin
    for v_student in
        select
            i.cart_id,
            i.student_id,
            (array_agg(i.division_id order by i.division_rank desc))[1] as division_id,
            (array_agg(i.division_id order by i.division_rank desc) filter (where i.enrolled))[1]
            as enrolled_division_id,
            -- A division that doesn't mix tolerates no other one beside it.
            case
                when count(distinct i.division_id) > 1
                    then min(i.division_id) filter (where not i.division_mixes)
            end as mixed_division_id
        from unnest(p_items) as i
        where i.division_id is not null
        group by i.cart_id, i.student_id
    loop
        if v_student.mixed_division_id is not null then
            perform ops.fail(
                'division_mixed',
                jsonb_build_object(
                    'student_id', v_student.student_id,
                    'division', (
                        select d.name
                        from catalog.divisions as d
                        where d.studio_id = v_studio_id and d.id = v_student.mixed_division_id
                    )
                )
            );
        end if;
        v_division.cart_id := v_student.cart_id;
        v_division.student_id := v_student.student_id;
        v_division.division_id := v_student.division_id;
        v_division.enrolled_division_id := v_student.enrolled_division_id;
        return next v_division;
    end loop;
end;
$$;
alter function pricing.priced_divisions(pricing.basket_item[]) owner to pricing;
comment on function pricing.priced_divisions(pricing.basket_item[]) is
$$The one division each student is priced in: the highest of its standard classes.

A class whose price staff have set has its vote all the same. Raises division_mixed.$$;
