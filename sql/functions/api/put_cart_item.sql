create or replace function api.put_cart_item(
    cart_id bigint,
    student_id bigint,
    section_id bigint,
    tier text default null,
    dates date[] default null
)
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
    v_tier_id bigint;
    v_dates constant date [] := array(
        select distinct d.held_on from unnest(put_cart_item.dates) as d (held_on) order by 1
    );
    v_unavailable record;
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
    select s.id, s.status, s.price_mode, k.title into v_section
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
    elsif v_section.price_mode <> 'tiered' and put_cart_item.tier is not null then
        perform ops.fail('tier_not_offered', jsonb_build_object('title', v_section.title));
    elsif v_section.price_mode <> 'drop_in' and put_cart_item.dates is not null then
        perform ops.fail('dates_not_offered', jsonb_build_object('title', v_section.title));
    end if;
    if v_section.price_mode = 'tiered' then
        if put_cart_item.tier is null then
            perform ops.fail('tier_required', jsonb_build_object('title', v_section.title));
        end if;
        select t.id into v_tier_id
        from catalog.section_tiers as t
        where
            t.studio_id = auth.studio_id()
            and t.section_id = put_cart_item.section_id
            and t.code = put_cart_item.tier
            and t.is_offered;
        if not found then
            perform ops.fail('tier_unknown', jsonb_build_object('title', v_section.title));
        end if;
    elsif v_section.price_mode = 'drop_in' then
        if v_dates = '{}' then
            perform ops.fail('dates_required', jsonb_build_object('title', v_section.title));
        elsif
            cardinality(v_dates) <> cardinality(put_cart_item.dates)
            or array_position(v_dates, null) is not null
        then
            perform ops.fail('dates_invalid');
        end if;
        select u.code, u.held_on into v_unavailable
        from enrollment.unavailable_dates(put_cart_item.section_id, v_dates, now()) as u
        limit 1;
        if found then
            perform ops.fail(
                case v_unavailable.code when 'date_past' then 'date_past' else 'date_unknown' end,
                jsonb_build_object(
                    'title', v_section.title,
                    'date', case
                        when v_unavailable.held_on between '0001-01-01' and '9999-12-31'
                            then studio.dates_text(array[v_unavailable.held_on])
                        else 'that day'
                    end
                )
            );
        end if;
    end if;
    if exists (
        select
        from enrollment.enrollments as e
        where
            e.studio_id = auth.studio_id()
            and e.student_id = put_cart_item.student_id
            and e.section_id = put_cart_item.section_id
            and (e.dates is null or e.dates && v_dates)
            and e.status = 'confirmed'
    ) then
        perform ops.fail('already_enrolled', jsonb_build_object('title', v_section.title));
    end if;
    insert into enrollment.cart_items (
        studio_id, family_id, cart_id, student_id, section_id, price_mode, tier_id, dates
    )
    values (
        auth.studio_id(),
        v_cart.family_id,
        v_cart.id,
        put_cart_item.student_id,
        put_cart_item.section_id,
        v_section.price_mode,
        v_tier_id,
        nullif(v_dates, '{}')
    )
    on conflict on constraint cart_items_student_section_key do nothing
    returning id into v_item_id;
    if v_item_id is null then
        perform ops.fail('already_in_cart', jsonb_build_object('title', v_section.title));
    end if;
    return v_item_id;
end;
$$;
alter function api.put_cart_item(bigint, bigint, bigint, text, date[]) owner to enrollment;
grant execute on function api.put_cart_item(bigint, bigint, bigint, text, date[]) to customer;
grant execute on function api.put_cart_item(bigint, bigint, bigint, text, date[]) to staff;
comment on function api.put_cart_item(bigint, bigint, bigint, text, date[]) is
$$Put one student for one section into a cart; answers the item's id. No seat is taken yet.

tier: the code of one of the section's tiers, for a tiered class; dates: the local days that are
wanted, for a drop-in class; neither for any other. For the family, and for staff with the header
X-Family. Errors: cart_not_found, cart_closed, student_not_found, section_not_found,
section_not_open, tier_required, tier_unknown, tier_not_offered, dates_required, dates_invalid,
dates_not_offered, date_unknown, date_past, already_in_cart, already_enrolled, family_required.$$;
