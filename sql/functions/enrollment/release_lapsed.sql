create or replace function enrollment.release_lapsed(
    p_family_id bigint default null,
    p_section_ids bigint[] default null,
    p_registration_ids bigint[] default null,
    p_wait boolean default false,
    p_as_of timestamptz default now(),
    p_cart_id bigint default null,
    p_keeps_claims_out boolean default false,
    p_registration_id bigint default null
)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- The lapsed holds of every family.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_is_all constant boolean
    := num_nonnulls(p_family_id, p_section_ids, p_registration_ids, p_cart_id) = 0;
    v_lapsed record;
    v_lapsed_id bigint;
    v_section_ids bigint [] := array[]::bigint [];
    v_registration_ids bigint [] := array[]::bigint [];
    v_cart_ids bigint [] := array[]::bigint [];
    v_offer_cart_ids bigint [] := array[]::bigint [];
    v_freed enrollment.seats [];
begin
    -- By id: two who each wait for what the other one holds would wait for ever.
    for v_lapsed in
        select r.id, r.family_id
        from enrollment.lapsed_registrations(p_as_of) as r
        where
            r.studio_id = v_studio_id
            and (
                v_is_all
                or r.family_id = p_family_id
                or r.id = any(p_registration_ids)
                or exists (
                    select
                    from enrollment.enrollments as e
                    where
                        e.studio_id = r.studio_id
                        and e.family_id = r.family_id
                        and e.registration_id = r.id
                        and e.section_id = any(p_section_ids)
                )
            )
        union
        -- Those whose seats the caller is going to change, each in its turn among the others.
        select e.registration_id, e.family_id
        from enrollment.enrollments as e
        where
            p_keeps_claims_out
            and e.studio_id = v_studio_id
            and e.section_id = any(p_section_ids)
            and e.status in ('pending', 'confirmed')
        union
        -- And the caller's own.
        select r.id, r.family_id
        from enrollment.registrations as r
        where r.studio_id = v_studio_id and r.id = p_registration_id
        order by id
    loop
        if p_wait then
            perform enrollment.lock_registration(v_lapsed.id);
        else
            -- Somebody who holds the row is about to pay, confirm or release it.
            perform
            from enrollment.registrations as r
            where r.studio_id = v_studio_id and r.id = v_lapsed.id
            for no key update skip locked;
            continue when not found;
        end if;
        if exists (
            select
            from enrollment.lapsed_registrations(p_as_of) as r
            where r.studio_id = v_studio_id and r.id = v_lapsed.id
        ) then
            v_registration_ids := v_registration_ids || v_lapsed.id;
            v_section_ids := v_section_ids || array(
                select e.section_id
                from enrollment.enrollments as e
                where
                    e.studio_id = v_studio_id
                    and e.family_id = v_lapsed.family_id
                    and e.registration_id = v_lapsed.id
            );
        end if;
    end loop;
    -- The caller's own cart in its turn among the others, as it will need it.
    for v_lapsed in
        select c.id, c.family_id
        from enrollment.lapsed_carts(p_as_of) as c
        where
            c.studio_id = v_studio_id
            and (
                v_is_all
                or c.family_id = p_family_id
                or exists (
                    select
                    from enrollment.cart_items as i
                    where
                        i.studio_id = c.studio_id
                        and i.family_id = c.family_id
                        and i.cart_id = c.id
                        and i.section_id = any(p_section_ids)
                )
            )
        union
        select w.cart_id, w.family_id
        from enrollment.lapsed_offers(p_as_of) as w
        where
            w.studio_id = v_studio_id
            and (v_is_all or w.family_id = p_family_id or w.section_id = any(p_section_ids))
        union
        select c.id, c.family_id
        from enrollment.carts as c
        where c.studio_id = v_studio_id and c.id = p_cart_id
        union
        select w.cart_id, w.family_id
        from enrollment.waitlist_entries as w
        where
            p_registration_id is not null
            and w.studio_id = v_studio_id
            and w.family_id = p_family_id
            and w.section_id = any(p_section_ids)
            and w.status in ('waiting', 'offered')
        union
        select i.cart_id, i.family_id
        from enrollment.cart_items as i
        where
            p_keeps_claims_out
            and i.studio_id = v_studio_id
            and i.section_id = any(p_section_ids)
            and exists (
                select
                from enrollment.carts as c
                where
                    c.studio_id = i.studio_id
                    and c.family_id = i.family_id
                    and c.id = i.cart_id
                    and c.status = 'open'
            )
        order by id
    loop
        if p_wait then
            perform
            from enrollment.carts as c
            where c.studio_id = v_studio_id and c.id = v_lapsed.id
            for no key update;
        else
            perform
            from enrollment.carts as c
            where c.studio_id = v_studio_id and c.id = v_lapsed.id
            for no key update skip locked;
            continue when not found;
        end if;
        if exists (
            select
            from enrollment.lapsed_carts(p_as_of) as c
            where c.studio_id = v_studio_id and c.id = v_lapsed.id
        ) then
            v_cart_ids := v_cart_ids || v_lapsed.id;
            v_section_ids := v_section_ids || array(
                select i.section_id
                from enrollment.cart_items as i
                where
                    i.studio_id = v_studio_id
                    and i.family_id = v_lapsed.family_id
                    and i.cart_id = v_lapsed.id
            );
        end if;
        if exists (
            select
            from enrollment.lapsed_offers(p_as_of) as w
            where w.studio_id = v_studio_id and w.cart_id = v_lapsed.id
        ) then
            v_offer_cart_ids := v_offer_cart_ids || v_lapsed.id;
            v_section_ids := v_section_ids || array(
                select w.section_id
                from enrollment.waitlist_entries as w
                where
                    w.studio_id = v_studio_id
                    and w.family_id = v_lapsed.family_id
                    and w.cart_id = v_lapsed.id
            );
        end if;
    end loop;
    perform
    from enrollment.waitlist_entries as w
    where
        w.studio_id = v_studio_id
        and (
            w.cart_id = any(v_offer_cart_ids)
            or (
                (
                    p_keeps_claims_out
                    or (p_registration_id is not null and w.family_id = p_family_id)
                )
                and w.section_id = any(p_section_ids)
                and w.status in ('waiting', 'offered')
            )
        )
    order by w.id
    for no key update;
    if p_keeps_claims_out then
        -- Before this touches a seat itself: two who have done so would each wait for the other
        -- to be gone.
        perform enrollment.lock_queues(v_section_ids || p_section_ids);
        lock table enrollment.seats in share row exclusive mode;
    elsif v_registration_ids = '{}' and v_cart_ids = '{}' and v_offer_cart_ids = '{}' then
        return 0;
    else
        -- The caller's own, too: it may need them when it has touched seats, which is too late then.
        perform enrollment.lock_queues(v_section_ids || p_section_ids);
    end if;
    -- All are freed before the first is passed on: those who want in together may fit then.
    v_freed := array(
        select s.seat
        from enrollment.lapsed_seats(p_as_of) as l
        cross join lateral (
            select x as seat
            from enrollment.seats as x
            where x.studio_id = v_studio_id and x.id = l.id
            -- By its key, whatever the planner knows of seats.
            offset 0
        ) as s
        where l.section_id = any(v_section_ids)
    );
    foreach v_lapsed_id in array v_registration_ids
    loop
        perform enrollment.release_registration(v_lapsed_id, 'failed', 'hold_lapsed', null);
    end loop;
    foreach v_lapsed_id in array v_cart_ids
    loop
        perform enrollment.release_cart(v_lapsed_id, null);
    end loop;
    foreach v_lapsed_id in array v_offer_cart_ids
    loop
        perform enrollment.end_offers(
            v_lapsed_id, 'expired', 'offer_lapsed', 'waitlist.expired', null
        );
    end loop;
    perform enrollment.pass_on(
        array(
            select f::enrollment.seats
            from unnest(v_freed) as f
            where not exists (
                select
                from enrollment.seats as s
                where s.studio_id = v_studio_id and s.id = f.id
                offset 0
            )
        ),
        'lapse'
    );
    return cardinality(v_registration_ids || v_cart_ids || v_offer_cart_ids);
end;
$$;
alter function enrollment.release_lapsed(
    bigint, bigint[], bigint[], boolean, timestamptz, bigint, boolean, bigint
) owner to enrollment;
comment on function enrollment.release_lapsed(
    bigint, bigint[], bigint[], boolean, timestamptz, bigint, boolean, bigint
) is
$$Release what lapsed, all of it or that of a family, sections or listed registrations; answers how
many.

Registrations whose hold is over, carts where seats are held from the cart, and offers. p_wait:
also what somebody else holds at this moment, once it is known what became of it: a place that is
just being freed would otherwise be refused to whoever needs it. p_cart_id: the caller's own cart,
which is locked in its turn. p_keeps_claims_out: no claim and no release of anybody else until the
end of the transaction, and whoever has or holds something of the sections is locked as well, for
enrollment.keep_claims_out(). p_registration_id: the one whose enrollment the caller changes is
locked, too, with what its family waits for of the sections, for enrollment.open_change().$$;
