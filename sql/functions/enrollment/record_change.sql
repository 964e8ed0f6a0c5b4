create or replace function enrollment.record_change(
    p_enrollment enrollment.enrollments,
    p_kind text,
    p_effective_on date,
    p_reason text,
    p_price_before_minor bigint,
    p_price_change_minor bigint,
    p_as_credit boolean,
    p_weekdays smallint[] default null,
    p_to_enrollment_id bigint default null
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
    v_reason constant text := btrim(regexp_replace(p_reason, '\s+', ' ', 'g'));
    v_registration record;
    v_after record;
    v_change_minor bigint := p_price_change_minor;
    v_given_back_minor bigint := 0::bigint;
    v_credit_id bigint;
    v_change_id bigint;
begin
    select
        r.term_id,
        r.total_minor + c.price_change_minor - x.reduction_minor as price_minor,
        r.total_minor + c.price_change_minor - x.reduction_minor + coalesce(
            (
                select sum(u.amount_minor)::bigint
                from pricing.credit_uses as u
                where
                    u.studio_id = r.studio_id
                    and u.family_id = r.family_id
                    and u.registration_id = r.id
                    and u.status = 'used'
            ),
            0
        ) as gross_minor,
        -- What is on its way back is not there any more.
        payment.refundable_minor(r.family_id, r.id) as paid_minor
    into strict v_registration
    from enrollment.registrations as r
    cross join lateral enrollment.price_change_minor(r.family_id, r.id) as c
    cross join lateral payment.price_reduction_minor(r.family_id, r.id) as x (reduction_minor)
    where
        r.studio_id = v_studio_id
        and r.family_id = p_enrollment.family_id
        and r.id = p_enrollment.registration_id;
    if v_change_minor is null then
        v_after := pricing.price_of_enrolled(p_enrollment.family_id, v_registration.term_id);
        v_change_minor := v_after.total_minor - p_price_before_minor;
        if v_change_minor < 0 then
            -- What was refunded already is not given again.
            v_change_minor := least(
                v_change_minor + payment.given_again_minor(
                    p_enrollment.family_id, v_registration.term_id, p_enrollment.id,
                    p_price_before_minor
                ),
                0
            );
        end if;
        if not v_after.is_awarded then
            perform pricing.return_award(p_enrollment.family_id, v_registration.term_id);
        end if;
    end if;
    -- Nobody is given more than everything.
    if
        v_registration.gross_minor + v_change_minor < 0
        and p_price_change_minor is not null
    then
        perform ops.fail('price_change_invalid');
    end if;
    if p_as_credit then
        -- No more than it costs less, no more than was paid too much, and never more than the family
        -- has paid for the term in all, with credits.
        v_given_back_minor := greatest(
            least(
                - v_change_minor,
                v_registration.paid_minor - (v_registration.price_minor + v_change_minor),
                (
                    select
                        sum(
                            payment.refundable_minor(r.family_id, r.id) + coalesce(
                                (
                                    select sum(u.amount_minor)
                                    from pricing.credit_uses as u
                                    where
                                        u.studio_id = r.studio_id
                                        and u.family_id = r.family_id
                                        and u.registration_id = r.id
                                        and u.status = 'used'
                                ),
                                0
                            )
                        )::bigint
                    from enrollment.registrations as r
                    where
                        r.studio_id = v_studio_id
                        and r.family_id = p_enrollment.family_id
                        and r.term_id = v_registration.term_id
                        and r.status in ('confirmed', 'partial')
                )
            ),
            0
        );
    end if;
    if v_given_back_minor > 0 then
        v_credit_id := pricing.keep_credit(
            p_enrollment.family_id,
            v_given_back_minor,
            v_reason,
            p_enrollment.registration_id
        );
    end if;
    insert into enrollment.changes (
        studio_id, family_id, registration_id, enrollment_id, kind, effective_on, reason,
        weekdays, price_change_minor, is_price_set, given_back_minor, credit_id,
        changed_by
    )
    values (
        v_studio_id, p_enrollment.family_id, p_enrollment.registration_id, p_enrollment.id, p_kind,
        p_effective_on, v_reason, p_weekdays, v_change_minor,
        p_price_change_minor is not null, v_given_back_minor, v_credit_id, auth.account_id()
    )
    returning id into strict v_change_id;
    perform ops.emit(
        'enrollment.' || p_kind,
        p_enrollment.id,
        p_enrollment.family_id,
        jsonb_build_object(
            'change_id', v_change_id,
            'registration_id', p_enrollment.registration_id,
            'section_id', p_enrollment.section_id,
            'student_id', p_enrollment.student_id,
            'effective_on', p_effective_on,
            'to_enrollment_id', p_to_enrollment_id,
            'to_section_id', (
                select e.section_id
                from enrollment.enrollments as e
                where e.studio_id = v_studio_id and e.id = p_to_enrollment_id
            ),
            'weekdays', p_weekdays,
            'price_change_minor', v_change_minor,
            'given_back_minor', v_given_back_minor
        )
    );
    return jsonb_build_object(
        'registration_id', p_enrollment.registration_id,
        'student_id', p_enrollment.student_id,
        'effective_on', p_effective_on,
        'price_change_minor', v_change_minor,
        'given_back_minor', v_given_back_minor,
        'credit_id', v_credit_id,
        -- Negative: so much has been paid too much.
        'due_minor',
        v_registration.price_minor + v_change_minor
        - (v_registration.paid_minor - v_given_back_minor)
    );
end;
$$;
alter function enrollment.record_change(
    enrollment.enrollments, text, date, text, bigint, bigint, boolean, smallint[], bigint
) owner to enrollment;
comment on function enrollment.record_change(
    enrollment.enrollments, text, date, text, bigint, bigint, boolean, smallint[], bigint
) is
$$Write down a change of an enrollment that the caller has made, with what it does to the money.

p_price_before_minor: what the term cost before (pricing.price_of_enrolled); p_price_change_minor:
minor units, as staff say instead; p_as_credit: what was paid too much by it becomes a credit.
Answers the part of the document that is about money.$$;
