create or replace function api.transfer_enrollment(
    enrollment_id bigint,
    section_id bigint,
    reason text,
    effective_on date default null,
    tier text default null,
    weekdays smallint[] default null,
    dates date[] default null,
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
    v_is_over boolean;
    v_enrollment enrollment.enrollments;
    v_term_id bigint;
    v_pick record;
    v_pending_id bigint;
    v_findings jsonb;
    v_price_before_minor bigint;
    v_to_id bigint;
    v_waiting_cart_id bigint;
    v_freed enrollment.seats [];
    v_document jsonb;
begin
    perform auth.require('staff');
    v_studio_id := auth.studio_id();
    v_today := studio.local_date(now());
    v_effective_on := coalesce(transfer_enrollment.effective_on, v_today);
    v_is_over := v_effective_on <= v_today;
    begin
        v_enrollment := enrollment.open_change(
            transfer_enrollment.enrollment_id, v_effective_on, transfer_enrollment.reason,
            transfer_enrollment.price_change_minor, transfer_enrollment.section_id
        );
        -- Who waits for the new section, and for nothing and nobody else, waits no longer.
        select w.cart_id into v_waiting_cart_id
        from enrollment.waitlist_entries as w
        where
            w.studio_id = v_studio_id
            and w.family_id = v_enrollment.family_id
            and w.student_id = v_enrollment.student_id
            and w.section_id = transfer_enrollment.section_id
            and w.status in ('waiting', 'offered')
            and (w.held_on is null) = (transfer_enrollment.dates is null)
            and not exists (
                select
                from enrollment.waitlist_entries as o
                where
                    o.studio_id = w.studio_id
                    and o.family_id = w.family_id
                    and o.cart_id = w.cart_id
                    and o.id <> w.id
            )
        order by w.id
        limit 1;
        select r.term_id into strict v_term_id
        from enrollment.registrations as r
        where r.studio_id = v_studio_id and r.id = v_enrollment.registration_id;
        select p.title, p.price_mode, p.tier_id, p.dates, p.weekdays into strict v_pick
        from enrollment.checked_pick(
            v_term_id, transfer_enrollment.section_id, transfer_enrollment.tier,
            transfer_enrollment.dates, now(), transfer_enrollment.weekdays
        ) as p;
        if v_effective_on > v_pick.dates[1] then
            -- A date before it would be paid for and not be had.
            perform ops.fail(
                'effective_on_invalid', jsonb_build_object('first', v_today, 'last', v_pick.dates[1])
            );
        elsif
            v_enrollment.section_id = transfer_enrollment.section_id
            and (v_enrollment.dates is null) = (v_pick.dates is null)
            or enrollment.is_enrolled(
                v_enrollment.family_id, v_enrollment.student_id, transfer_enrollment.section_id,
                v_pick.dates, v_pick.weekdays, now()
            )
        then
            perform ops.fail('already_enrolled', jsonb_build_object('title', v_pick.title));
        end if;
        select e.registration_id into v_pending_id
        from enrollment.enrollments as e
        where
            e.studio_id = v_studio_id
            and e.family_id = v_enrollment.family_id
            and e.student_id = v_enrollment.student_id
            and e.section_id = transfer_enrollment.section_id
            and e.dates is null
            and e.status = 'pending';
        if v_pending_id is not null and v_pick.dates is null then
            perform ops.fail(
                'checkout_open', jsonb_build_object('registration_id', v_pending_id)
            );
        end if;
        v_findings := enrollment.rule_findings(
            v_enrollment.family_id,
            jsonb_build_array(
                jsonb_build_object(
                    'student_id', v_enrollment.student_id,
                    'section_id', transfer_enrollment.section_id,
                    'dates', v_pick.dates
                )
            ),
            now(),
            array[v_enrollment.id]
        );
        perform enrollment.refuse_findings(v_findings);
        if transfer_enrollment.price_change_minor is null then
            v_price_before_minor := (
                pricing.price_of_enrolled(v_enrollment.family_id, v_term_id)
            ).total_minor;
        end if;
        update enrollment.enrollments as e
        set
            ended_on = v_effective_on,
            status = case when v_is_over then 'cancelled' else e.status end
        where e.studio_id = v_studio_id and e.id = v_enrollment.id;
        insert into enrollment.enrollments (
            studio_id, family_id, registration_id, student_id, section_id, status, price_mode,
            tier_id, dates, weekdays, from_enrollment_id
        )
        values (
            v_studio_id, v_enrollment.family_id, v_enrollment.registration_id,
            v_enrollment.student_id, transfer_enrollment.section_id, 'confirmed',
            v_pick.price_mode, v_pick.tier_id, v_pick.dates, v_pick.weekdays, v_enrollment.id
        )
        returning id into strict v_to_id;
        v_document := enrollment.record_change(
            v_enrollment,
            'transferred',
            v_effective_on,
            transfer_enrollment.reason,
            v_price_before_minor,
            transfer_enrollment.price_change_minor,
            coalesce(transfer_enrollment.as_credit, true),
            null,
            v_to_id
        );
        if v_waiting_cart_id is not null then
            perform enrollment.end_offers(
                v_waiting_cart_id, 'cancelled', 'transferred', 'waitlist.left', null
            );
        end if;
        perform enrollment.lock_places(
            array[v_enrollment.section_id, transfer_enrollment.section_id]
        );
        -- The old place is the student's until the new one is: a refusal undoes both.
        v_freed := enrollment.leave_from(v_enrollment, v_effective_on);
        perform enrollment.take_seats(v_to_id, greatest(v_effective_on, v_today));
        perform enrollment.pass_on(v_freed, 'cancel');
        v_document := jsonb_build_object(
            'enrollment_id', v_to_id,
            'section_id', transfer_enrollment.section_id,
            'from_enrollment_id', v_enrollment.id,
            'from_section_id', v_enrollment.section_id,
            'findings', v_findings
        )
        || v_document
        || enrollment.passed_on(v_freed);
        perform ops.undo_preview(transfer_enrollment.preview);
    exception
        when sqlstate 'UNDO0' then
            -- The new one is there only once it is meant.
            v_document := v_document || jsonb_build_object('enrollment_id', null);
    end;
    return v_document
        || jsonb_build_object('preview', coalesce(transfer_enrollment.preview, false));
end;
$$;
alter function api.transfer_enrollment(
    bigint, bigint, text, date, text, smallint[], date[], boolean, bigint, boolean
) owner to enrollment;
grant execute on function api.transfer_enrollment(
    bigint, bigint, text, date, text, smallint[], date[], boolean, bigint, boolean
) to staff;
comment on function api.transfer_enrollment(
    bigint, bigint, text, date, text, smallint[], date[], boolean, bigint, boolean
) is
$$Move a confirmed student to another section of the term, as one act.

The old place is given up only with the new one, and then goes to those who wait.

For staff. tier, weekdays, dates: what is picked of the new section, as in put_cart_item.
effective_on: local day from which the student goes there, from that of the checkout, or of an
earlier move to the old one, on, to the first of dates; left out: today. A place that staff reserved
for the student is taken first, or one that the student was offered; one that others wait for is
refused. The rules of the new class count: what they forbid is refused unless it was waived for the
student (grant_waiver), what they warn of is in findings. price_change_minor: minor units, as staff
decide; left out: what the term costs with the new class less what it cost with the old one, at the
rates it was sold by; more is due then, or too much was paid. as_credit, preview: as in
cancel_enrollment; the family is told. Answers {enrollment_id (of the new section; null in a
preview), section_id, from_enrollment_id, from_section_id, findings, registration_id, student_id,
effective_on, price_change_minor, given_back_minor, credit_id, due_minor, places_freed, places_kept,
offers, preview}. Errors: reason_required, price_change_invalid, enrollment_not_found,
enrollment_not_live, effective_on_invalid, already_enrolled, checkout_open (as in cancel_enrollment,
or it has the new section for the student), seat_unavailable, waitlist_only, schedule_conflict, what
rules say, those of put_cart_item about the pick, and those of a price.$$;
