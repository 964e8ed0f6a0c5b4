create or replace function api.adjust_price(
    term_id bigint,
    student_id bigint,
    kind text,
    label text,
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
    v_label constant text := btrim(regexp_replace(adjust_price.label, '\s+', ' ', 'g'));
    v_reason constant text := btrim(regexp_replace(adjust_price.reason, '\s+', ' ', 'g'));
    v_family_id bigint;
    v_adjustment_id bigint;
begin
    perform auth.require('staff');
    if
        coalesce(adjust_price.kind not in ('tuition_adjustment', 'proration', 'other'), true)
        or coalesce(adjust_price.amount_minor = 0, true)
        or adjust_price.amount_minor not between -99999999999 and 99999999999
        or coalesce(length(v_label) not between 1 and 100, true)
        or coalesce(length(v_reason) not between 1 and 500, true)
    then
        perform ops.fail('adjustment_invalid');
    end if;
    if not exists (
        select
        from catalog.terms as t
        where t.studio_id = auth.studio_id() and t.id = adjust_price.term_id
    ) then
        perform ops.fail('term_not_found');
    end if;
    v_family_id := pricing.family_of(adjust_price.student_id);
    -- A checkout that is just pricing the family's cart is not to see it half.
    perform enrollment.lock_family(v_family_id);
    insert into pricing.adjustments (
        studio_id, family_id, term_id, student_id, kind, label, amount_minor, reason, set_by
    )
    values (
        auth.studio_id(),
        v_family_id,
        adjust_price.term_id,
        adjust_price.student_id,
        adjust_price.kind,
        v_label,
        adjust_price.amount_minor,
        v_reason,
        auth.account_id()
    )
    returning id into strict v_adjustment_id;
    return v_adjustment_id;
end;
$$;
alter function api.adjust_price(bigint, bigint, text, text, bigint, text) owner to pricing;
grant execute on function api.adjust_price(bigint, bigint, text, text, bigint, text) to staff;
comment on function api.adjust_price(bigint, bigint, text, text, bigint, text) is
$$Add an amount to the next checkout of a family in a term, or take it off; answers its id.

For staff. student_id: for whom, in the next checkout with something for that student; null: of the
whole family, which the header X-Family names. kind: tuition_adjustment, proration or other. label:
at most 100 characters, which the family reads. amount_minor: minor units, negative to take off, not
0; it is never more than there is to take off, and is used whole. reason: at most 500 characters,
for staff. Errors: adjustment_invalid, term_not_found, student_not_found, family_required.$$;
