create or replace function enrollment.claim_places(
    p_section_id bigint, p_dates datemultirange, p_count integer
)
returns integer[]
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_places integer [];
begin
    for v_pass in 1..2
    loop
        begin
            -- The locked rows themselves change, so whoever comes second sees that they are gone.
            with free as (
                select p.place_number
                from enrollment.places as p
                where
                    p.studio_id = v_studio_id
                    and p.section_id = p_section_id
                    and isempty(p.taken)
                order by p.place_number
                limit p_count
                for no key update skip locked
            ),

            claimed as (
                update enrollment.places as p
                set taken = p_dates
                from free as f
                where
                    p.studio_id = v_studio_id
                    and p.section_id = p_section_id
                    and p.place_number = f.place_number
                returning p.place_number
            )

            select array_agg(c.place_number) into v_places from claimed as c;
            if cardinality(v_places) = p_count then
                return v_places;
            end if;
            -- Give back what was got before waiting: two claimers of several places each
            -- would otherwise wait for one another.
            raise no_data_found;
        exception
            when no_data_found then null;
        end;
        if v_pass = 1 then
            -- A place passed over because it was locked may come free again: wait for the locks.
            perform
            from enrollment.places as p
            where
                p.studio_id = v_studio_id
                and p.section_id = p_section_id
                and isempty(p.taken)
            order by p.place_number
            limit p_count
            for no key update;
            if not found then
                return null;
            end if;
        end if;
    end loop;
    return null;
end;
$$;
alter function enrollment.claim_places(bigint, datemultirange, integer) owner to enrollment;
comment on function enrollment.claim_places(bigint, datemultirange, integer) is
$$Take free places of a section for these dates and answer their numbers.

Null: not that many are left.
All or none. Only for a section that has places.$$;
