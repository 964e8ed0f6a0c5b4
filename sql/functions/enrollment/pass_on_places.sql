create or replace function enrollment.pass_on_places()
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- The queues of all families.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_waiting record;
    v_changed integer := enrollment.release_lapsed();
begin
    -- One section after the other, so that no lock is held for longer than its queue takes.
    for v_waiting in
        select distinct w.section_id
        from enrollment.waitlist_entries as w
        where w.studio_id = v_studio_id and w.status = 'waiting' and w.needs_staff is null
        order by w.section_id
    loop
        continue when enrollment.place_goes_to(
            v_waiting.section_id, null, 'lapse', now()
        ) <> 'automatic';
        perform enrollment.lock_queues(array[v_waiting.section_id]);
        v_changed := v_changed + enrollment.offer_places(v_waiting.section_id, now());
    end loop;
    return v_changed + enrollment.remind_offers(now()) + enrollment.close_queues(now());
end;
$$;
alter function enrollment.pass_on_places() owner to enrollment;
grant execute on function enrollment.pass_on_places() to scheduler;
comment on function enrollment.pass_on_places() is
$$Job: what time decides of those who wait. Answers how much it changed.

Offers that nobody accepted pass on, places that are free go to whoever waits, offers are called to
mind before they end, and queues end with the registration of their term.$$;
