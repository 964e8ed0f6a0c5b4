create or replace function enrollment.waiting_groups(
    p_section_id bigint, p_days datemultirange default null
)
returns table (
    family_id bigint,
    cart_id bigint,
    section_id bigint,
    held_on date,
    weekdays smallint[],
    students integer,
    is_for_staff boolean,
    joined_at timestamptz,
    first_id bigint
)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
-- Whoever waits, of every family.
set "callboard.family_id" = ''
as $$
begin
    return query
    select
        w.family_id, w.cart_id, w.section_id, w.held_on, i.weekdays, count(*)::integer,
        bool_or(w.needs_staff is not null), min(w.joined_at), min(w.id)
    from enrollment.waitlist_entries as w
    inner join enrollment.cart_items as i
        on
            w.studio_id = i.studio_id
            and w.family_id = i.family_id
            and w.cart_id = i.cart_id
            and w.student_id = i.student_id
            and w.section_id = i.section_id
    where
        w.studio_id = auth.studio_id()
        and w.section_id = p_section_id
        and w.status = 'waiting'
        and case
            when p_days is null or num_nonnulls(w.held_on, i.weekdays) = 0 then true
            when w.held_on is not null then p_days @> w.held_on
            else
                p_days && (
                    catalog.section_span(p_section_id, i.weekdays, '-infinity')
                ).dates
        end
    group by w.family_id, w.cart_id, w.section_id, w.held_on, i.weekdays
    order by 8, 9;
end;
$$;
alter function enrollment.waiting_groups(bigint, datemultirange) owner to enrollment;
comment on function enrollment.waiting_groups(bigint, datemultirange) is
$$Who waits for a section in the order of its queue, those of one cart together: they want in all or
none.

p_days: only who waits for one of these days, by date, by weekday or with the whole section; null:
all. is_for_staff: flagged, so passed over until staff see to it.$$;
