create or replace function api.set_line_price(
    term_id bigint,
    student_id bigint,
    kind text,
    code text,
    amount_minor bigint,
    reason text
)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_reason constant text := btrim(regexp_replace(set_line_price.reason, '\s+', ' ', 'g'));
    v_family_id bigint;
    v_override_id bigint;
    v_set_at timestamptz;
begin
    perform auth.require('staff');
    if
        coalesce(set_line_price.amount_minor not between 0 and 99999999999, false)
        or coalesce(length(v_reason) not between 1 and 500, true)
    then
        perform ops.fail('override_invalid');
    end if;
    if not exists (
        select
        from catalog.terms as t
        where t.studio_id = auth.studio_id() and t.id = set_line_price.term_id
    ) then
        perform ops.fail('term_not_found');
    end if;
    v_family_id := pricing.family_of(set_line_price.student_id);
    -- Lines that a price of the term can have, by what makes them.
    if not exists (
        select
        from (
            select 'tuition' as kind, d.code, false as is_of_family
            from catalog.divisions as d
            where d.studio_id = auth.studio_id()
            union all
            select 'program', g.code, false
            from catalog.programs as g
            where g.studio_id = auth.studio_id()
            union all
            select 'tier', t.code, false
            from catalog.section_tiers as t
            inner join catalog.sections as s on t.studio_id = s.studio_id and t.section_id = s.id
            where t.studio_id = auth.studio_id() and s.term_id = set_line_price.term_id
            union all
            select 'drop_in', 'drop_in', false
            from catalog.sections as s
            where
                s.studio_id = auth.studio_id()
                and s.term_id = set_line_price.term_id
                and (
                    s.price_mode = 'drop_in'
                    or exists (
                        select
                        from pricing.date_prices as p
                        where
                            p.studio_id = s.studio_id
                            and p.section_id = s.id
                            and p.superseded_at is null
                    )
                )
            union all
            select 'fee', f.code, f.unit = 'family'
            from pricing.fee_rules as f
            where
                f.studio_id = auth.studio_id()
                and f.term_id = set_line_price.term_id
                and f.superseded_at is null
            union all
            select 'add_on', a.code, false
            from pricing.add_ons as a
            inner join catalog.sections as s on a.studio_id = s.studio_id and a.section_id = s.id
            where
                a.studio_id = auth.studio_id()
                and s.term_id = set_line_price.term_id
                and a.superseded_at is null
            union all
            select 'plan_fee', p.code, true
            from pricing.payment_plans as p
            where
                p.studio_id = auth.studio_id()
                and p.term_id = set_line_price.term_id
                and p.superseded_at is null
        ) as l
        where
            l.kind = set_line_price.kind
            and l.code = set_line_price.code
            and l.is_of_family = (set_line_price.student_id is null)
    ) then
        perform ops.fail('line_unknown');
    end if;
    -- Two staff at once: the second waits here and supersedes the first one's row.
    perform enrollment.lock_family(v_family_id);
    v_set_at := clock_timestamp();
    update pricing.line_overrides as o
    set superseded_at = v_set_at
    where
        o.studio_id = auth.studio_id()
        and o.family_id = v_family_id
        and o.term_id = set_line_price.term_id
        and o.student_id is not distinct from set_line_price.student_id
        and o.kind = set_line_price.kind
        and o.code = set_line_price.code
        and o.superseded_at is null;
    if set_line_price.amount_minor is null then
        if not found then
            perform ops.fail('override_invalid');
        end if;
        return null;
    end if;
    insert into pricing.line_overrides (
        studio_id, family_id, term_id, student_id, kind, code, amount_minor, reason, set_by,
        valid_from
    )
    values (
        auth.studio_id(),
        v_family_id,
        set_line_price.term_id,
        set_line_price.student_id,
        set_line_price.kind,
        set_line_price.code,
        set_line_price.amount_minor,
        v_reason,
        auth.account_id(),
        v_set_at
    )
    returning id into strict v_override_id;
    return v_override_id;
end;
$$;
alter function api.set_line_price(bigint, bigint, text, text, bigint, text) owner to pricing;
grant execute on function api.set_line_price(
    bigint, bigint, text, text, bigint, text
) to staff;
comment on function api.set_line_price(bigint, bigint, text, text, bigint, text) is
$$Set what one line of a price costs a student, or a family, in a term, with a reason.

For staff. kind and code: as a quote names the line: tuition, program, tier, drop_in, fee or add_on
of a student; a fee of the family or the plan_fee with student_id null and the header X-Family.
amount_minor: minor units for all such lines of a checkout together (all tiers of that code, all
dates of all classes), 0 allowed; null withdraws it. The line stays as it is, the difference comes
as an adjustment; it never makes a subtotal negative, and it holds until a checkout in which it made
a difference is confirmed. Answers the id; an earlier one is superseded, see line_overrides. Errors:
override_invalid (also when there is none to withdraw), term_not_found, line_unknown,
student_not_found, family_required.$$;
