create or replace function enrollment.accept_entries(p_cart_id bigint, p_registration_id bigint)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_family_id constant bigint := auth.require_family();
    v_offers record;
    v_accepted bigint;
    v_items bigint;
begin
    perform
    from enrollment.waitlist_entries as w
    where w.studio_id = v_studio_id and w.family_id = v_family_id and w.cart_id = p_cart_id
    order by w.id
    for no key update;
    select
        bool_and(w.status = 'offered') as are_offered,
        bool_and(w.status <> 'expired' and w.offer_expires_at > now()) as last
    into strict v_offers
    from enrollment.waitlist_entries as w
    where w.studio_id = v_studio_id and w.family_id = v_family_id and w.cart_id = p_cart_id;
    if not v_offers.last then
        perform ops.fail('offer_expired');
    elsif not coalesce(v_offers.are_offered, false) then
        perform ops.fail('not_offered');
    end if;
    update enrollment.waitlist_entries as w
    set status = 'accepted', registration_id = p_registration_id, seat_id = null
    where w.studio_id = v_studio_id and w.family_id = v_family_id and w.cart_id = p_cart_id;
    get diagnostics v_accepted = row_count;
    select count(*) into v_items
    from enrollment.cart_items as i
    where i.studio_id = v_studio_id and i.family_id = v_family_id and i.cart_id = p_cart_id;
    perform ops.require_count(v_accepted, v_items, 'waitlist entries');
    perform ops.emit(
        'waitlist.accepted',
        w.id,
        w.family_id,
        jsonb_build_object(
            'section_id', w.section_id,
            'student_id', w.student_id,
            'held_on', w.held_on,
            'registration_id', p_registration_id
        )
    )
    from enrollment.waitlist_entries as w
    where w.studio_id = v_studio_id and w.family_id = v_family_id and w.cart_id = p_cart_id
    order by w.id;
end;
$$;
alter function enrollment.accept_entries(bigint, bigint) owner to enrollment;
comment on function enrollment.accept_entries(bigint, bigint) is
$$Accept the offers of a waitlist cart by a registration, which takes their seats over.

Raises not_offered, offer_expired.$$;
