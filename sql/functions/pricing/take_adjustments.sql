create or replace function pricing.take_adjustments(p_registration_id bigint, p_quote_id bigint)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_family_id constant bigint := auth.require_family();
    v_due bigint;
    v_taken bigint;
begin
    with due as (
        select l.rule_id
        from pricing.quote_lines as l
        where
            l.studio_id = v_studio_id
            and l.family_id = v_family_id
            and l.quote_id = p_quote_id
            and l.kind = 'adjustment'
            and l.rule_table = 'pricing.adjustments'
    ),

    taken as (
        update pricing.adjustments as a
        set status = 'held', registration_id = p_registration_id
        from due as d
        where
            a.studio_id = v_studio_id
            and a.family_id = v_family_id
            and a.id = d.rule_id
            and a.status = 'open'
        returning a.id
    )

    select (select count(*) from due), (select count(*) from taken) into v_due, v_taken;
    perform ops.require_count(v_taken, v_due, 'adjustments');
end;
$$;
alter function pricing.take_adjustments(bigint, bigint) owner to pricing;
grant execute on function pricing.take_adjustments(bigint, bigint) to enrollment;
comment on function pricing.take_adjustments(bigint, bigint) is
$$Hold for a registration the adjustments by staff that have a line in its quote.

For enrollment, at checkout, under the lock of the family. They are used at confirmation, and open
again when the hold ends.$$;
