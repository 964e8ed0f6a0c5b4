create or replace function api.put_cart_item(cart_id bigint, student_id bigint, section_id bigint)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_cart enrollment.carts;
    v_section record;
    v_item_id bigint;
begin
    perform auth.require('customer', 'staff');
    v_cart := enrollment.lock_cart(put_cart_item.cart_id);
    if not exists (
        select
        from identity.students as s
        where
            s.studio_id = auth.studio_id()
            and s.family_id = v_cart.family_id
            and s.id = put_cart_item.student_id
    ) then
        perform ops.fail('student_not_found');
    end if;
    select s.id, s.status, k.title into v_section
    from catalog.sections as s
    inner join catalog.classes as k on s.studio_id = k.studio_id and s.class_id = k.id
    where
        s.studio_id = auth.studio_id()
        and s.term_id = v_cart.term_id
        and s.id = put_cart_item.section_id
        -- A hidden class is for staff to give.
        and (k.visibility = 'public' or pg_has_role(auth.acting_role(), 'staff', 'member'));
    if not found then
        perform ops.fail('section_not_found');
    elsif v_section.status <> 'open' then
        perform ops.fail('section_not_open', jsonb_build_object('title', v_section.title));
    elsif exists (
        select
        from enrollment.enrollments as e
        where
            e.studio_id = auth.studio_id()
            and e.student_id = put_cart_item.student_id
            and e.section_id = put_cart_item.section_id
            and e.status = 'confirmed'
    ) then
        perform ops.fail('already_enrolled', jsonb_build_object('title', v_section.title));
    end if;
    insert into enrollment.cart_items (studio_id, family_id, cart_id, student_id, section_id)
    values (
        auth.studio_id(), v_cart.family_id, v_cart.id, put_cart_item.student_id,
        put_cart_item.section_id
    )
    on conflict on constraint cart_items_student_section_key do nothing
    returning id into v_item_id;
    if v_item_id is null then
        perform ops.fail('already_in_cart', jsonb_build_object('title', v_section.title));
    end if;
    return v_item_id;
end;
$$;
alter function api.put_cart_item(bigint, bigint, bigint) owner to enrollment;
grant execute on function api.put_cart_item(bigint, bigint, bigint) to customer;
grant execute on function api.put_cart_item(bigint, bigint, bigint) to staff;
comment on function api.put_cart_item(bigint, bigint, bigint) is
$$Put one student for one section into a cart; answers the item's id. No seat is taken yet.

For the family, and for staff with the header X-Family. Errors: cart_not_found, cart_closed,
student_not_found, section_not_found, section_not_open, already_in_cart, already_enrolled,
family_required.$$;
