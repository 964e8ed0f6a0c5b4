create or replace function enrollment.lock_places(
    p_section_ids bigint[], p_dates datemultirange default null
)
returns void
language plpgsql
volatile
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform
    from enrollment.places as p
    where
        p.studio_id = auth.studio_id()
        and p.section_id = any(p_section_ids)
        and (p_dates is null or not p.taken && p_dates)
    order by p.section_id, p.place_number
    for no key update;
end;
$$;
alter function enrollment.lock_places(bigint[], datemultirange) owner to enrollment;
comment on function enrollment.lock_places(bigint[], datemultirange) is
$$Lock the places of some sections, by section and number: all, or those free on some dates.

For acts that take more than one place. Taken one by one, a low one that a checkout waits with would
be waited for while a high one is held. After the queues of the sections.$$;
