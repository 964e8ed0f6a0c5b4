create or replace function enrollment.on_section_capacity_set()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_capacity constant integer := (new.payload ->> 'capacity')::integer;
begin
    insert into enrollment.places (studio_id, section_id, place_number)
    select new.studio_id, new.subject_id, n.place_number
    from generate_series(1, v_capacity) as n (place_number)
    on conflict on constraint places_pkey do nothing;
    -- A place that is taken can't be given up: its seat points at it, and the change is refused.
    delete from enrollment.places as p
    where
        p.studio_id = new.studio_id
        and p.section_id = new.subject_id
        and p.place_number > v_capacity;
    return null;
end;
$$;
alter function enrollment.on_section_capacity_set() owner to enrollment;
comment on function enrollment.on_section_capacity_set() is
$$Keep as many places as the section has capacity for.$$;

create or replace trigger _200_on_section_capacity_set
after insert on ops.domain_events
for each row when (new.kind = 'section.capacity_set')
execute function enrollment.on_section_capacity_set();
