create or replace function api.set_price_override(
    student_id bigint, section_id bigint, amount_minor bigint, reason text
)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_reason constant text
    := btrim(regexp_replace(set_price_override.reason, '\s+', ' ', 'g'));
    v_family_id bigint;
    v_override_id bigint;
    v_set_at timestamptz;
    v_taken record;
begin
    perform auth.require('staff');
    if
        coalesce(set_price_override.amount_minor not between 0 and 99999999999, false)
        or coalesce(length(v_reason) not between 1 and 500, true)
    then
        perform ops.fail('override_invalid');
    end if;
    select s.family_id into v_family_id
    from identity.students as s
    where
        s.studio_id = auth.studio_id()
        and s.family_id = coalesce(auth.family_id(), s.family_id)
        and s.id = set_price_override.student_id;
    if not found then
        perform ops.fail('student_not_found');
    elsif not exists (
        select
        from catalog.sections as s
        where s.studio_id = auth.studio_id() and s.id = set_price_override.section_id
    ) then
        perform ops.fail('section_not_found');
    end if;
    -- Two staff at once: the second waits here and supersedes the first one's row.
    perform enrollment.lock_family(v_family_id);
    -- What is sold stays as it was sold: later prices count on it.
    select e.registration_id, e.status, k.title into v_taken
    from enrollment.enrollments as e
    inner join catalog.sections as s on e.studio_id = s.studio_id and e.section_id = s.id
    inner join catalog.classes as k on s.studio_id = k.studio_id and s.class_id = k.id
    where
        e.studio_id = auth.studio_id()
        and e.student_id = set_price_override.student_id
        and e.section_id = set_price_override.section_id
        and (
            e.status = 'pending'
            -- Dates that are sold leave the price of later ones open.
            or (e.status = 'confirmed' and e.dates is null)
        )
        and not exists (
            select
            from enrollment.lapsed_registrations(now()) as r
            where r.studio_id = e.studio_id and r.id = e.registration_id
        );
    if v_taken.status = 'confirmed' then
        perform ops.fail('already_enrolled', jsonb_build_object('title', v_taken.title));
    elsif v_taken.status = 'pending' then
        perform ops.fail(
            'checkout_open', jsonb_build_object('registration_id', v_taken.registration_id)
        );
    end if;
    perform pricing.lock_rules(true);
    v_set_at := clock_timestamp();
    update pricing.overrides as o
    set superseded_at = v_set_at
    where
        o.studio_id = auth.studio_id()
        and o.student_id = set_price_override.student_id
        and o.section_id = set_price_override.section_id
        and o.superseded_at is null;
    if set_price_override.amount_minor is null then
        if not found then
            perform ops.fail('override_invalid');
        end if;
        return null;
    end if;
    insert into pricing.overrides (
        studio_id, family_id, student_id, section_id, amount_minor, reason, set_by, valid_from
    )
    values (
        auth.studio_id(),
        v_family_id,
        set_price_override.student_id,
        set_price_override.section_id,
        set_price_override.amount_minor,
        v_reason,
        auth.account_id(),
        v_set_at
    )
    returning id into strict v_override_id;
    return v_override_id;
end;
$$;
alter function api.set_price_override(bigint, bigint, bigint, text) owner to pricing;
grant execute on function api.set_price_override(bigint, bigint, bigint, text) to staff;
comment on function api.set_price_override(bigint, bigint, bigint, text) is
$$Set the tuition of one student in one section, with a reason; it wins over every other price.

For staff. amount_minor: minor units, 0 allowed; null withdraws the override, and the usual price
counts again. Answers the override's id; an earlier one is superseded. Errors: override_invalid
(also when there is none to withdraw), student_not_found, section_not_found, already_enrolled,
checkout_open.$$;
