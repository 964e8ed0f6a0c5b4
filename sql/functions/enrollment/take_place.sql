create or replace function enrollment.take_place(
    p_section_id bigint,
    p_dates datemultirange,
    p_first integer[] default null,
    out is_taken boolean,
    out place_number integer
)
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- Seats of every family are in the way.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_is_limited boolean;
begin
    -- Whoever changes a section's capacity or times keeps claims out meanwhile.
    lock table enrollment.seats in row exclusive mode;
    select s.capacity is not null into strict v_is_limited
    from catalog.sections as s
    where s.studio_id = v_studio_id and s.id = p_section_id;
    is_taken := not v_is_limited;
    if not v_is_limited then
        return;
    end if;
    select p.place_number into take_place.place_number
    from enrollment.places as p
    where
        p.studio_id = v_studio_id
        and p.section_id = p_section_id
        and p.place_number = any(p_first)
        and not p.taken && p_dates
    order by p.place_number
    limit 1
    for no key update;
    -- Places that are used on other dates come first, so that what is free throughout stays so; for
    -- all dates of a section only those will do.
    if take_place.place_number is not null then
        null;
    elsif p_dates @> (
        select n.dates
        from catalog.section_spans as n
        where n.studio_id = v_studio_id and n.section_id = p_section_id
    ) then
        select p.place_number into take_place.place_number
        from enrollment.places as p
        where p.studio_id = v_studio_id and p.section_id = p_section_id and isempty(p.taken)
        order by p.place_number
        limit 1
        for no key update skip locked;
    else
        select p.place_number into take_place.place_number
        from enrollment.places as p
        where
            p.studio_id = v_studio_id
            and p.section_id = p_section_id
            and not p.taken && p_dates
        order by isempty(p.taken), p.place_number
        limit 1
        for no key update skip locked;
    end if;
    -- Those that somebody else is just deciding about are waited for.
    if take_place.place_number is null then
        select p.place_number into take_place.place_number
        from enrollment.places as p
        where
            p.studio_id = v_studio_id
            and p.section_id = p_section_id
            and not p.taken && p_dates
        order by p.place_number
        limit 1
        for no key update;
    end if;
    if take_place.place_number is null then
        return;
    end if;
    update enrollment.places as p
    set taken = p.taken + p_dates
    where
        p.studio_id = v_studio_id
        and p.section_id = p_section_id
        and p.place_number = take_place.place_number;
    is_taken := found;
end;
$$;
alter function enrollment.take_place(bigint, datemultirange, integer[]) owner to enrollment;
comment on function enrollment.take_place(bigint, datemultirange, integer[]) is
$$Take one place of a section that is free on some dates, for a seat that the caller writes next.

p_first: places that are tried before any other. is_taken: false: there is none; place_number:
null in a section without a capacity. A whole cart at once: enrollment.claim_seats().$$;
