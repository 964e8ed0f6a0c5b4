create or replace function enrollment.check_weekdays()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    if not catalog.is_sold_by_weekday(new.section_id) then
        perform ops.fail(
            'weekdays_not_offered',
            jsonb_build_object(
                'section_id', new.section_id, 'title', enrollment.section_title(new.section_id)
            )
        );
    end if;
    return new;
end;
$$;
alter function enrollment.check_weekdays() owner to enrollment;
comment on function enrollment.check_weekdays() is
$$Refuse an enrollment for some weekdays of a section that is not sold by weekday.

Raises weekdays_not_offered.$$;

create or replace trigger _300_check_weekdays
before insert or update of weekdays on enrollment.enrollments
for each row when (new.weekdays is not null)
execute function enrollment.check_weekdays();
