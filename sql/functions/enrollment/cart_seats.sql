create or replace function enrollment.cart_seats(
    p_family_id bigint, p_cart_id bigint, p_cart_item_id bigint default null
)
returns bigint[]
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return array(
        select s.id
        from enrollment.cart_items as i
        inner join enrollment.seats as s
            on
                i.studio_id = s.studio_id
                and i.family_id = s.family_id
                and i.student_id = s.student_id
                and i.section_id = s.section_id
                and i.id = s.cart_item_id
        where
            i.studio_id = auth.studio_id()
            and i.family_id = p_family_id
            and i.cart_id = p_cart_id
            and i.id = coalesce(p_cart_item_id, i.id)
    );
end;
$$;
alter function enrollment.cart_seats(bigint, bigint, bigint) owner to enrollment;
comment on function enrollment.cart_seats(bigint, bigint, bigint) is
$$The seats that the items of a cart hold, or one of its items.$$;
