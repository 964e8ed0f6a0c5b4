create or replace function enrollment.seats_left(p_section_id bigint, p_held_on date default null)
returns integer
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_capacity integer;
begin
    if p_held_on is null then
        select s.capacity into v_capacity
        from catalog.sections as s
        where s.studio_id = v_studio_id and s.id = p_section_id and s.price_mode = 'drop_in';
        if v_capacity is not null then
            return coalesce(
                (
                    select max(f.places)
                    from enrollment.free_dates(
                        p_section_id,
                        array(
                            select m.held_on
                            from catalog.meetings as m
                            where
                                m.studio_id = v_studio_id
                                and m.section_id = p_section_id
                                and m.status = 'scheduled'
                                and m.starts_at > now()
                        )
                    ) as f
                    where not enrollment.is_owed(p_section_id, array[f.held_on])
                ),
                0
            );
        end if;
    end if;
    if enrollment.is_owed(
        p_section_id, case when p_held_on is not null then array[p_held_on] end
    ) then
        return 0;
    end if;
    return (
        select f.places from enrollment.free_places(array[p_section_id], p_held_on) as f
    );
end;
$$;
alter function enrollment.seats_left(bigint, date) owner to enrollment;
grant execute on function enrollment.seats_left(bigint, date) to anon;
grant execute on function enrollment.seats_left(bigint, date) to customer;
grant execute on function enrollment.seats_left(bigint, date) to instructor;
comment on function enrollment.seats_left(bigint, date) is
$$How many places of a section are free, on one date or throughout; null: unlimited.

Of a section that is sold by date, throughout means on the date to come that has most left: 0 when
none can be had. Lapsed holds count as free, and what is owed to those who wait as taken.$$;
