create or replace function enrollment.take_place(
    p_section_id bigint, p_capacity integer, p_dates datemultirange
)
returns integer
language plpgsql
volatile
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    -- Each begins to look somewhere else and comes round, not all at the same place.
    v_first constant integer := ceil(random() * p_capacity)::integer;
    v_from integer := v_first;
    v_below integer := p_capacity + 1;
    v_place_number integer;
begin
    for v_round in 1..2
    loop
        -- The locked row itself changes, so whoever comes second sees that it is gone.
        update enrollment.places as p
        set taken = p_dates
        where
            p.studio_id = v_studio_id
            and p.section_id = p_section_id
            and p.place_number = (
                select f.place_number
                from enrollment.places as f
                where
                    f.studio_id = v_studio_id
                    and f.section_id = p_section_id
                    and f.place_number >= v_from
                    and f.place_number < v_below
                    and isempty(f.taken)
                order by f.place_number
                limit 1
                for no key update skip locked
            )
        returning p.place_number into v_place_number;
        exit when found;
        v_from := 1;
        v_below := v_first;
    end loop;
    return v_place_number;
end;
$$;
alter function enrollment.take_place(bigint, integer, datemultirange) owner to enrollment;
comment on function enrollment.take_place(bigint, integer, datemultirange) is
$$Take a free place of a section for some dates, and answer its number; null: none is free now.

Places that somebody else is taking or giving back are passed over. Without a SET clause, as it is
called for each class of a checkout, by enrollment.claim_seats(), which pins.$$;
