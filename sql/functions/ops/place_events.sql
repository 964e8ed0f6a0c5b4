create or replace function ops.place_events()
returns setof ops.domain_events
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return query
    select e.*
    from ops.domain_events as e
    where
        e.studio_id = auth.studio_id()
        and e.kind in (
            'waitlist.joined', 'waitlist.offered', 'waitlist.reminded', 'waitlist.accepted',
            'waitlist.registered', 'waitlist.declined', 'waitlist.left', 'waitlist.expired',
            'waitlist.flagged', 'waitlist.assigned', 'place.freed', 'place.reserved',
            'place.released', 'place.reopened', 'place.capacity_set'
        )
        and e.family_id is not distinct from coalesce(auth.family_id(), e.family_id);
end;
$$;
alter function ops.place_events() owner to ops;
grant execute on function ops.place_events() to staff;
comment on function ops.place_events() is
$$The events of the studio in scope that tell what became of places and of those who wait.

For staff, through the view api.waitlist_events.$$;
