create or replace function api.drop_weekdays(
    enrollment_id bigint,
    weekdays smallint[],
    reason text,
    effective_on date default null,
    as_credit boolean default true,
    price_change_minor bigint default null,
    preview boolean default false
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id integer;
    v_today date;
    v_effective_on date;
    v_enrollment enrollment.enrollments;
    v_section record;
    v_before smallint [];
    v_left smallint [];
    v_dropped record;
    v_price_before_minor bigint;
    v_freed enrollment.seats [];
    v_document jsonb;
begin
    perform auth.require('staff');
    v_studio_id := auth.studio_id();
    v_today := studio.local_date(now());
    v_effective_on := coalesce(drop_weekdays.effective_on, v_today);
    begin
        if drop_weekdays.price_change_minor > 0 then
            perform ops.fail('price_change_invalid');
        end if;
        v_enrollment := enrollment.open_change(
            drop_weekdays.enrollment_id, v_effective_on, drop_weekdays.reason,
            drop_weekdays.price_change_minor
        );
        select
            s.sold_by_weekday,
            r.term_id,
            k.title,
            array(
                select distinct t.weekday
                from catalog.section_times as t
                where t.studio_id = s.studio_id and t.section_id = s.id
                order by t.weekday
            ) as weekdays
        into strict v_section
        from catalog.sections as s
        inner join catalog.classes as k on s.studio_id = k.studio_id and s.class_id = k.id
        inner join enrollment.registrations as r
            on r.studio_id = s.studio_id and r.id = v_enrollment.registration_id
        where s.studio_id = v_studio_id and s.id = v_enrollment.section_id;
        v_before := coalesce(v_enrollment.weekdays, v_section.weekdays);
        v_left := array(
            select w.weekday
            from unnest(v_before) as w (weekday)
            where w.weekday <> all(drop_weekdays.weekdays)
            order by w.weekday
        );
        if not v_section.sold_by_weekday or v_enrollment.dates is not null then
            perform ops.fail('weekdays_not_offered', jsonb_build_object('title', v_section.title));
        elsif
            coalesce(cardinality(drop_weekdays.weekdays), 0) = 0
            -- Giving up the last one is to cancel the enrollment.
            or v_left = '{}'
            or cardinality(v_left) + cardinality(drop_weekdays.weekdays) <> cardinality(v_before)
        then
            perform ops.fail('weekdays_invalid');
        end if;
        if drop_weekdays.price_change_minor is null then
            v_price_before_minor := (
                pricing.price_of_enrolled(v_enrollment.family_id, v_section.term_id)
            ).total_minor;
        end if;
        update enrollment.enrollments as e
        set weekdays = v_left
        where e.studio_id = v_studio_id and e.id = v_enrollment.id;
        v_document := enrollment.record_change(
            v_enrollment,
            'weekdays_dropped',
            v_effective_on,
            drop_weekdays.reason,
            v_price_before_minor,
            drop_weekdays.price_change_minor,
            coalesce(drop_weekdays.as_credit, true),
            array(select w.weekday from unnest(drop_weekdays.weekdays) as w (weekday) order by 1)
        );
        -- A day on which there is a lesson of both stays the student's.
        select d.dates - coalesce(l.dates, '{}') as dates, d.during into v_dropped
        from catalog.section_span(
            v_enrollment.section_id, drop_weekdays.weekdays, greatest(v_effective_on, v_today)
        ) as d
        cross join catalog.section_span(
            v_enrollment.section_id, v_left, greatest(v_effective_on, v_today)
        ) as l;
        v_freed := enrollment.leave_seats(
            v_enrollment, coalesce(v_dropped.dates, '{}'), coalesce(v_dropped.during, '{}')
        );
        perform enrollment.pass_on(v_freed, 'cancel');
        v_document := jsonb_build_object(
            'enrollment_id', v_enrollment.id,
            'section_id', v_enrollment.section_id,
            'weekdays', v_left
        )
        || v_document
        || enrollment.passed_on(v_freed);
        perform ops.undo_preview(drop_weekdays.preview);
    exception
        when sqlstate 'UNDO0' then null;
    end;
    return v_document || jsonb_build_object('preview', coalesce(drop_weekdays.preview, false));
end;
$$;
alter function api.drop_weekdays(bigint, smallint[], text, date, boolean, bigint, boolean)
owner to enrollment;
grant execute on function api.drop_weekdays(
    bigint, smallint[], text, date, boolean, bigint, boolean
) to staff;
comment on function api.drop_weekdays(
    bigint, smallint[], text, date, boolean, bigint, boolean
) is
$$Let a student go on in a class without some of its weekdays, whose places go to those who wait.

For staff; of sections that are sold by weekday. weekdays: ISO, those that are given up; one at
least stays. effective_on: local day from which they are, from that of the checkout, or of a move to
it, to the last one of the section; left out: today. price_change_minor, as_credit, preview: as in
cancel_enrollment; the price is that of the weekdays that stay, for the whole time. The family is
told. Answers {enrollment_id, section_id, weekdays (those that stay), registration_id, student_id,
effective_on, price_change_minor, given_back_minor, credit_id, due_minor, places_freed, places_kept,
offers, preview}. Errors: reason_required, price_change_invalid, enrollment_not_found,
enrollment_not_live, checkout_open, effective_on_invalid, weekdays_not_offered, weekdays_invalid,
and those of a price.$$;
