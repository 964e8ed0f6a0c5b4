create or replace function enrollment.picked_minutes(
    p_section_id bigint, p_tier_id bigint, p_dates date[], p_during tstzmultirange
)
returns tstzmultirange
language plpgsql
stable
as $$
begin
    if p_tier_id is not null then
        return catalog.tier_minutes(p_section_id, p_tier_id);
    elsif p_dates is not null then
        return (
            select range_agg(tstzrange(m.starts_at, m.ends_at))
            from catalog.meetings as m
            where
                m.studio_id = auth.studio_id()
                and m.section_id = p_section_id
                and m.held_on = any(p_dates)
                and m.status = 'scheduled'
        );
    end if;
    return p_during;
end;
$$;
alter function enrollment.picked_minutes(
    bigint, bigint, date[], tstzmultirange
) owner to enrollment;
comment on function enrollment.picked_minutes(bigint, bigint, date[], tstzmultirange) is
$$The minutes a student is there: those of the tier or the dates that were picked, else all.

p_during: the section's own minutes. Without a SET clause, as it is called for each item of a cart,
by enrollment.cart_findings(), which pins.$$;
