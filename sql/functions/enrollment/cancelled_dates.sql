create or replace function enrollment.cancelled_dates(p_section_id bigint, p_dates date[])
returns date[]
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return (
        select array_agg(d.held_on order by d.held_on)
        from unnest(p_dates) as d (held_on)
        where
            not exists (
                select
                from catalog.meetings as m
                where
                    m.studio_id = auth.studio_id()
                    and m.section_id = p_section_id
                    and m.held_on = d.held_on
                    and m.status = 'scheduled'
            )
    );
end;
$$;
alter function enrollment.cancelled_dates(bigint, date[]) owner to enrollment;
grant execute on function enrollment.cancelled_dates(bigint, date[]) to customer;
grant execute on function enrollment.cancelled_dates(bigint, date[]) to staff;
comment on function enrollment.cancelled_dates(bigint, date[]) is
$$Those of some dates of a section on which it is not held any more, in order; null: none.

For families and staff, through the view api.enrollments.$$;
