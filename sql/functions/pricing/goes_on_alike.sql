create or replace function pricing.goes_on_alike(
    p_item pricing.basket_item, p_next pricing.basket_item
)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
begin
    if
        (
            p_item.price_mode, p_item.division_id, p_item.location_id, p_item.starts_on,
            p_item.ends_on, p_item.tuition_proration, cardinality(p_item.weekdays)
        )
        is distinct from (
            p_next.price_mode, p_next.division_id, p_next.location_id, p_next.starts_on,
            p_next.ends_on, p_next.tuition_proration, cardinality(p_next.weekdays)
        )
    then
        return false;
    end if;
    -- Where weekdays are counted, one that the student has another class on makes a difference.
    return p_item.rate_step_basis <> 'distinct_weekdays'
    or p_item.weekdays = p_next.weekdays
    or not exists (
        select
        from enrollment.enrollments as e
        inner join catalog.section_times as t
            on e.studio_id = t.studio_id and e.section_id = t.section_id
        where
            e.studio_id = v_studio_id
            and e.family_id = p_item.family_id
            and e.student_id = p_item.student_id
            and e.status = 'confirmed'
            and e.ended_on is null
            and e.dates is null
            -- Nor the one that all of this leads to.
            and e.from_enrollment_id is null
            and e.section_id not in (p_item.section_id, p_next.section_id)
            and (e.weekdays is null or t.weekday = any(e.weekdays))
            and t.weekday = any(p_item.weekdays || p_next.weekdays)
    );
end;
$$;
alter function pricing.goes_on_alike(pricing.basket_item, pricing.basket_item) owner to pricing;
comment on function pricing.goes_on_alike(pricing.basket_item, pricing.basket_item) is
$$Whether a class that a student was moved to costs by the rate table what the old one does.

One time of the year, division, place and number of weekly meetings. A move between such classes
changes no price, however much of the first one was had.$$;
