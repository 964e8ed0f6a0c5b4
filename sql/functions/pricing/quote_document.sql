create or replace function pricing.quote_document(p_quote_id bigint)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_kept record;
begin
    select
        q.id, q.cart_id, q.term_id, q.family_id, q.priced_at, q.engine_version, q.total_minor,
        p as plan, q.lines, to_jsonb(q.parts) as schedule
    into v_kept
    from pricing.quotes as q
    inner join pricing.payment_plans as p on q.studio_id = p.studio_id and q.plan_id = p.id
    where q.studio_id = v_studio_id and q.id = p_quote_id;
    if not found then
        return null;
    end if;
    return jsonb_build_object(
        'quote_id', v_kept.id,
        'cart_id', v_kept.cart_id,
        'term_id', v_kept.term_id,
        'priced_at', v_kept.priced_at,
        'engine_version', v_kept.engine_version,
        'total_minor', v_kept.total_minor
    )
    || pricing.price_document(v_kept.lines, v_kept.plan, v_kept.schedule, v_kept.family_id);
end;
$$;
alter function pricing.quote_document(bigint) owner to pricing;
grant execute on function pricing.quote_document(bigint) to enrollment;
grant execute on function pricing.quote_document(bigint) to messaging;
comment on function pricing.quote_document(bigint) is
$$A stored quote in words: lines by student, subtotals, family lines, total and schedule.

Null when there is no such quote. See pricing.price_document().$$;
