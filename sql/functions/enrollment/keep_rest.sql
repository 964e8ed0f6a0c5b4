create or replace function enrollment.keep_rest(p_kept enrollment.seats[])
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- It is nobody's place.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_days constant datemultirange := datemultirange(
        daterange(studio.local_date(now()), null)
    );
    v_rest record;
begin
    for v_rest in
        select k.section_id, k.place_number, k.reason, k.dates * v_days - p.taken as dates
        from unnest(p_kept) as k
        inner join enrollment.places as p
            on
                p.studio_id = v_studio_id
                and k.section_id = p.section_id
                and k.place_number = p.place_number
        order by k.place_number, k.id
    loop
        continue when isempty(v_rest.dates);
        update enrollment.places as p
        set taken = p.taken + v_rest.dates
        where
            p.studio_id = v_studio_id
            and p.section_id = v_rest.section_id
            and p.place_number = v_rest.place_number;
        insert into enrollment.seats (
            studio_id, section_id, place_number, dates, status, reason
        )
        values (
            v_studio_id, v_rest.section_id, v_rest.place_number, v_rest.dates, 'reserved',
            v_rest.reason
        );
    end loop;
end;
$$;
alter function enrollment.keep_rest(enrollment.seats[]) owner to enrollment;
comment on function enrollment.keep_rest(enrollment.seats[]) is
$$Keep for staff again what is left of places that were kept and have just been freed to be given.

The queue is locked by the caller.$$;
