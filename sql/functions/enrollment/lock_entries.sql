create or replace function enrollment.lock_entries(p_waitlist_entry_id bigint)
returns enrollment.waitlist_entries
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_family_id constant bigint := auth.require_family();
    v_entry enrollment.waitlist_entries;
begin
    perform enrollment.lock_family(v_family_id);
    select w.* into v_entry
    from enrollment.waitlist_entries as w
    where
        w.studio_id = v_studio_id
        and w.family_id = v_family_id
        and w.id = p_waitlist_entry_id;
    if not found then
        perform ops.fail('waitlist_entry_not_found');
    end if;
    perform
    from enrollment.carts as c
    where c.studio_id = v_studio_id and c.family_id = v_family_id and c.id = v_entry.cart_id
    for no key update;
    -- Whoever frees a place meanwhile would pass over an entry that is locked. One with an offer
    -- is another matter: a payment that confirms it needs the cart after the queue.
    perform enrollment.lock_queues(array[w.section_id])
    from enrollment.waitlist_entries as w
    where w.studio_id = v_studio_id and w.id = v_entry.id and w.status = 'waiting';
    perform
    from enrollment.waitlist_entries as w
    where
        w.studio_id = v_studio_id
        and w.family_id = v_family_id
        and w.cart_id = v_entry.cart_id
    order by w.id
    for no key update;
    -- As it is now that nobody else can change it.
    select w.* into strict v_entry
    from enrollment.waitlist_entries as w
    where w.studio_id = v_studio_id and w.id = p_waitlist_entry_id;
    return v_entry;
end;
$$;
alter function enrollment.lock_entries(bigint) owner to enrollment;
comment on function enrollment.lock_entries(bigint) is
$$Lock an entry of the family in scope with all that want in together with it; answers the entry.

After the family, their cart and, while it waits, the queue. Raises waitlist_entry_not_found.$$;
