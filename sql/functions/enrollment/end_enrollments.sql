create or replace function enrollment.end_enrollments(
    p_enrollments enrollment.enrollments[],
    p_kind text,
    p_effective_on date,
    p_reason text,
    p_price_change_minor bigint,
    p_as_credit boolean,
    p_cause text default 'cancel'
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_is_over constant boolean := p_effective_on <= studio.local_date(now());
    v_enrollment enrollment.enrollments;
    v_price_before_minor bigint;
    v_documents jsonb := jsonb_build_array();
    v_freed enrollment.seats [] := array[]::enrollment.seats [];
    v_count bigint;
begin
    foreach v_enrollment in array p_enrollments
    loop
        v_price_before_minor := null;
        if p_price_change_minor is null then
            v_price_before_minor := (
                select p.total_minor
                from enrollment.registrations as r
                cross join lateral pricing.price_of_enrolled(r.family_id, r.term_id) as p
                where r.studio_id = v_studio_id and r.id = v_enrollment.registration_id
            );
        end if;
        update enrollment.enrollments as e
        set
            ended_on = p_effective_on,
            status = case when v_is_over then 'cancelled' else e.status end
        where e.studio_id = v_studio_id and e.id = v_enrollment.id and e.status = 'confirmed';
        get diagnostics v_count = row_count;
        perform ops.require_count(v_count, 1, 'enrollment');
        v_documents := v_documents || (
            jsonb_build_object(
                'enrollment_id', v_enrollment.id,
                'section_id', v_enrollment.section_id,
                'status', case when v_is_over then 'cancelled' else 'confirmed' end
            )
            || enrollment.record_change(
                v_enrollment, p_kind, p_effective_on, p_reason, v_price_before_minor,
                p_price_change_minor, p_as_credit
            )
        );
    end loop;
    foreach v_enrollment in array p_enrollments
    loop
        v_freed := v_freed || enrollment.leave_from(v_enrollment, p_effective_on);
    end loop;
    if p_cause is not null then
        perform enrollment.pass_on(v_freed, p_cause);
    end if;
    return jsonb_build_object('enrollments', v_documents) || enrollment.passed_on(v_freed);
end;
$$;
alter function enrollment.end_enrollments(
    enrollment.enrollments[], text, date, text, bigint, boolean, text
) owner to enrollment;
comment on function enrollment.end_enrollments(
    enrollment.enrollments[], text, date, text, bigint, boolean, text
) is
$$End confirmed enrollments from a local day on; the one way in which one ends.

Their places are free from that day on and go to those who wait (p_cause null: to nobody). A day
to come leaves them confirmed until then; enrollment.end_due_enrollments() ends them on the day.
p_kind: cancelled or replaced. The caller has locked the queues of their sections and knows that
they are confirmed, and gives them in order of section and id. Answers {enrollments, places_freed,
places_kept, offers}, each of the enrollments as in api.cancel_enrollment().$$;
