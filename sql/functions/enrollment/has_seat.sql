create or replace function enrollment.has_seat(
    p_family_id bigint,
    p_cart_id bigint,
    p_student_id bigint,
    p_section_id bigint,
    p_dates date[] default null,
    p_weekdays smallint[] default null
)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return coalesce(
        (
            select range_agg(s.dates)
            from enrollment.seats as s
            where
                s.studio_id = auth.studio_id()
                and s.family_id = p_family_id
                -- Among the family's, not in an index of all who are in the section.
                and (s.student_id, s.section_id) is not distinct from (p_student_id, p_section_id)
                -- An offer is taken by the cart that waited for it, and by no other.
                and (
                    s.waitlist_entry_id is null
                    or exists (
                        select
                        from enrollment.waitlist_entries as w
                        where
                            w.studio_id = s.studio_id
                            and w.id = s.waitlist_entry_id
                            and w.cart_id = p_cart_id
                    )
                )
        ) @> enrollment.picked_days(p_section_id, p_dates, p_weekdays, now()),
        false
    );
end;
$$;
alter function enrollment.has_seat(
    bigint, bigint, bigint, bigint, date[], smallint[]
) owner to enrollment;
comment on function enrollment.has_seat(
    bigint, bigint, bigint, bigint, date[], smallint[]
) is
$$Whether a student has seats of a section on all that is picked of it: the dates, the days to come
of the weekdays, or all days to come.

Held, offered to the cart, reserved or confirmed. Whoever has single dates of a class has no seat
of the class.$$;
