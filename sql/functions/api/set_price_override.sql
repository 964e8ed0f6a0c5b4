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
begin
    perform auth.require('staff');
    if
        set_price_override.amount_minor is null
        or set_price_override.amount_minor not between 0 and 99999999999
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
    v_set_at := clock_timestamp();
    update pricing.overrides as o
    set superseded_at = v_set_at
    where
        o.studio_id = auth.studio_id()
        and o.student_id = set_price_override.student_id
        and o.section_id = set_price_override.section_id
        and o.superseded_at is null;
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

For staff. amount_minor: minor units, 0 allowed. Answers the override's id; an earlier one is
superseded. Errors: override_invalid, student_not_found, section_not_found.$$;
