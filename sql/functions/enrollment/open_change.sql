create or replace function enrollment.open_change(
    p_enrollment_id bigint,
    p_effective_on date,
    p_reason text,
    p_price_change_minor bigint default null,
    p_claimed_section_id bigint default null
)
returns enrollment.enrollments
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_enrollment enrollment.enrollments;
    v_registration enrollment.registrations;
    v_pending_id bigint;
    v_first date;
    v_ends_on date;
begin
    if
        coalesce(
            length(btrim(regexp_replace(p_reason, '\s+', ' ', 'g'))) not between 1 and 500, true
        )
    then
        perform ops.fail('reason_required');
    elsif p_price_change_minor not between -99999999999 and 99999999999 then
        perform ops.fail('price_change_invalid');
    end if;
    select e.* into v_enrollment
    from enrollment.enrollments as e
    where e.studio_id = v_studio_id and e.id = p_enrollment_id;
    if not found then
        perform ops.fail('enrollment_not_found');
    end if;
    perform enrollment.lock_family(v_enrollment.family_id);
    -- Lapsed holds never block anyone. What this act needs is locked along with them, in the order
    -- of all acts: afterwards they have touched seats, which is too late then.
    perform enrollment.release_lapsed(
        p_family_id => v_enrollment.family_id,
        p_section_ids =>
        array_remove(array[v_enrollment.section_id, p_claimed_section_id], null),
        p_wait => true,
        p_registration_id => v_enrollment.registration_id
    );
    v_registration := enrollment.lock_registration(v_enrollment.registration_id);
    -- Before any row of the enrollment, as a payment does that gives it up for another one.
    perform enrollment.lock_queues(
        array_remove(array[v_enrollment.section_id, p_claimed_section_id], null)
    );
    -- As it is by now: somebody else may have changed it meanwhile.
    select e.* into strict v_enrollment
    from enrollment.enrollments as e
    where e.studio_id = v_studio_id and e.id = p_enrollment_id;
    if v_enrollment.status <> 'confirmed' or v_enrollment.ended_on is not null then
        perform ops.fail(
            'enrollment_not_live',
            jsonb_build_object(
                'title', enrollment.section_title(v_enrollment.section_id),
                'status', v_enrollment.status,
                'ended_on', v_enrollment.ended_on
            )
        );
    end if;
    if p_price_change_minor is null then
        -- Its price counts this very enrollment, and stays as it is until it is paid.
        select r.id into v_pending_id
        from enrollment.registrations as r
        where
            r.studio_id = v_studio_id
            and r.family_id = v_enrollment.family_id
            and r.term_id = v_registration.term_id
            and r.status = 'pending_payment';
        if found then
            perform ops.fail(
                'checkout_open', jsonb_build_object('registration_id', v_pending_id)
            );
        end if;
    end if;
    -- Who was moved here is in the other class until then, and can't be in a third one, too.
    select
        greatest(studio.local_date(v_registration.created_at), f.ended_on), s.ends_on
    into strict v_first, v_ends_on
    from catalog.sections as s
    left join enrollment.enrollments as f
        on f.studio_id = v_studio_id and f.id = v_enrollment.from_enrollment_id
    where s.studio_id = v_studio_id and s.id = v_enrollment.section_id;
    if (p_effective_on between v_first and v_ends_on) is not true then
        perform ops.fail(
            'effective_on_invalid', jsonb_build_object('first', v_first, 'last', v_ends_on)
        );
    end if;
    return v_enrollment;
end;
$$;
alter function enrollment.open_change(bigint, date, text, bigint, bigint) owner to enrollment;
comment on function enrollment.open_change(bigint, date, text, bigint, bigint) is
$$Lock a confirmed enrollment for a change, and answer it as it is then.

After its family, its registration, and what its student waits for of the section that is claimed
instead; with the queues of both sections.

p_effective_on: local day, from that of the checkout, or of the move to the section, to the last one
of the section.
p_claimed_section_id: where a place is wanted instead. What has lapsed there, and of the family, is
released first. p_price_change_minor: where it is for the engine to say, nothing of the term may be
unpaid. Raises reason_required, price_change_invalid, enrollment_not_found, enrollment_not_live,
checkout_open, effective_on_invalid.$$;
