create or replace function enrollment.picked_minutes(
    p_section_id bigint,
    p_tier_id bigint,
    p_dates date[],
    p_on_offer_at timestamptz default null
)
returns tstzmultirange
language plpgsql
stable
as $$
begin
    if p_tier_id is not null then
        return catalog.tier_minutes(p_section_id, p_tier_id, p_on_offer_at is not null);
    end if;
    return (
        select
            case
                when
                    p_on_offer_at is null
                    or (p_dates <@ array_agg(m.held_on) and min(m.starts_at) > p_on_offer_at)
                    then range_agg(tstzrange(m.starts_at, m.ends_at))
            end
        from catalog.meetings as m
        where
            m.studio_id = auth.studio_id()
            and m.section_id = p_section_id
            and m.held_on = any(p_dates)
            and m.status = 'scheduled'
    );
end;
$$;
alter function enrollment.picked_minutes(bigint, bigint, date[], timestamptz) owner to enrollment;
comment on function enrollment.picked_minutes(bigint, bigint, date[], timestamptz) is
$$The minutes a student of a tier or of some dates is there; null when no meeting is scheduled.

p_on_offer_at: null also when the tier was withdrawn, or a date is not scheduled or has begun by
that instant. Without a SET clause, as it is called for each such item of a cart, by
enrollment.cart_findings(), which pins.$$;
