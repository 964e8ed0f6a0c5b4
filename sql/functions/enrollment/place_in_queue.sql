create or replace function enrollment.place_in_queue(p_waitlist_entry_id bigint)
returns integer
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
-- Those who wait for longer are other families.
set "callboard.family_id" = ''
as $$
begin
    return (
        select count(*)::integer
        from enrollment.waitlist_entries as w
        inner join enrollment.waitlist_entries as o
            on
                w.studio_id = o.studio_id
                and w.section_id = o.section_id
                and w.held_on is not distinct from o.held_on
                and o.status = 'waiting'
                and (o.joined_at, o.id) <= (w.joined_at, w.id)
        where
            w.studio_id = auth.studio_id()
            and w.id = p_waitlist_entry_id
            and w.status = 'waiting'
        having count(*) > 0
    );
end;
$$;
alter function enrollment.place_in_queue(bigint) owner to enrollment;
grant execute on function enrollment.place_in_queue(bigint) to customer;
grant execute on function enrollment.place_in_queue(bigint) to staff;
comment on function enrollment.place_in_queue(bigint) is
$$How many wait for a section, or a date of it, up to and with an entry; null: it waits no longer.

A number is all that it tells of other families.$$;
