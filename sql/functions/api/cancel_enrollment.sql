create or replace function api.cancel_enrollment(
    enrollment_id bigint,
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
    v_effective_on date;
    v_enrollment enrollment.enrollments;
    v_document jsonb;
begin
    perform auth.require('staff');
    v_effective_on := coalesce(
        cancel_enrollment.effective_on, studio.local_date(now())
    );
    begin
        if cancel_enrollment.price_change_minor > 0 then
            perform ops.fail('price_change_invalid');
        end if;
        v_enrollment := enrollment.open_change(
            cancel_enrollment.enrollment_id, v_effective_on, cancel_enrollment.reason,
            cancel_enrollment.price_change_minor
        );
        v_document := enrollment.end_enrollments(
            array[v_enrollment], 'cancelled', v_effective_on, cancel_enrollment.reason,
            cancel_enrollment.price_change_minor, coalesce(cancel_enrollment.as_credit, true)
        );
        perform ops.undo_preview(cancel_enrollment.preview);
    exception
        when sqlstate 'UNDO0' then null;
    end;
    return (v_document -> 'enrollments' -> 0)
        || (v_document - 'enrollments')
        || jsonb_build_object('preview', coalesce(cancel_enrollment.preview, false));
end;
$$;
alter function api.cancel_enrollment(bigint, text, date, boolean, bigint, boolean)
owner to enrollment;
grant execute on function api.cancel_enrollment(bigint, text, date, boolean, bigint, boolean)
to staff;
comment on function api.cancel_enrollment(bigint, text, date, boolean, bigint, boolean) is
$$End a confirmed enrollment: its place goes to those who wait, what it costs less is given back.

For staff. effective_on: local day from which the student no longer comes, from that of the
checkout, or of a move to the section, to the last one of the section; left out: today. A day to
come leaves the enrollment confirmed until then, and its place free from then on.
price_change_minor: minor units, 0 or less, as staff decide; left out: what the term cost less what
the rest of it costs at the rates it was sold by; of a class that is prorated, what was had until
then stays due. as_credit: what was paid too much by it becomes a credit of the family; else it
stays with the registration, to be refunded. preview: compute it all and change nothing. The family
is told. Answers {enrollment_id, section_id, status, registration_id, student_id, effective_on,
price_change_minor, given_back_minor, credit_id, due_minor, places_freed, places_kept, offers,
preview}; due_minor: of the registration, negative where too much has been paid. Errors:
reason_required, price_change_invalid, enrollment_not_found, enrollment_not_live,
effective_on_invalid, checkout_open (the family has not paid another checkout of the term, and
price_change_minor was left out), and those of a price.$$;
