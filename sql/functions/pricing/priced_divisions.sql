create or replace function pricing.priced_divisions(p_items pricing.basket_item[])
returns table (
    cart_id bigint, student_id bigint, division_id bigint, enrolled_division_id bigint
)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_mixed record;
begin
    -- A division that doesn't mix tolerates no other one beside it.
    select i.cart_id, i.student_id, min(d.name) filter (where not d.mixes) as division into v_mixed
    from unnest(p_items) as i
    inner join catalog.divisions as d on d.studio_id = v_studio_id and i.division_id = d.id
    group by i.cart_id, i.student_id
    having bool_or(not d.mixes) and count(distinct d.id) > 1
    limit 1;
    if found then
        perform ops.fail(
            'division_mixed',
            jsonb_build_object('student_id', v_mixed.student_id, 'division', v_mixed.division)
        );
    end if;
    return query
    select
        i.cart_id,
        i.student_id,
        (array_agg(d.id order by d.rank desc))[1],
        (array_agg(d.id order by d.rank desc) filter (where i.enrolled))[1]
    from unnest(p_items) as i
    inner join catalog.divisions as d on d.studio_id = v_studio_id and i.division_id = d.id
    group by i.cart_id, i.student_id;
end;
$$;
alter function pricing.priced_divisions(pricing.basket_item[]) owner to pricing;
comment on function pricing.priced_divisions(pricing.basket_item[]) is
$$The one division each student is priced in: the highest of its standard classes.

division_id: by what is confirmed together with the cart; enrolled_division_id: by what is
confirmed alone, null when nothing is. Raises division_mixed.$$;
