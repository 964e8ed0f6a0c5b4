create or replace function enrollment.on_section_sale_ended()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- Whoever has some of its weekdays, of every family.
set "callboard.family_id" = ''
as $$
begin
    if
        exists (
            select
            from enrollment.enrollments as e
            where
                e.studio_id = new.studio_id
                and e.section_id = new.subject_id
                and e.weekdays is not null
                -- Lapsed holds, too: until they are released they may still be paid.
                and e.status in ('pending', 'confirmed')
        )
        or exists (
            select
            from enrollment.waitlist_entries as w
            inner join enrollment.cart_items as i
                on
                    w.studio_id = i.studio_id
                    and w.family_id = i.family_id
                    and w.cart_id = i.cart_id
                    and w.student_id = i.student_id
                    and w.section_id = i.section_id
            where
                w.studio_id = new.studio_id
                and w.section_id = new.subject_id
                and w.status in ('waiting', 'offered')
                and i.weekdays is not null
        )
    then
        perform ops.fail(
            'weekdays_sold',
            jsonb_build_object(
                'section_id', new.subject_id,
                'title', enrollment.section_title(new.subject_id)
            )
        );
    end if;
    return null;
end;
$$;
alter function enrollment.on_section_sale_ended() owner to enrollment;
comment on function enrollment.on_section_sale_ended() is
$$Refuse to end the sale by weekday of a section while students have, or wait for, some of them.

Raises weekdays_sold.$$;

create or replace trigger _200_on_section_sale_ended
after insert on ops.domain_events
for each row when (
    new.kind = 'section.sale_set' and not (new.payload ->> 'sold_by_weekday')::boolean
)
execute function enrollment.on_section_sale_ended();
