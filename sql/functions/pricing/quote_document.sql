create or replace function pricing.quote_document(
    p_quote_id bigint,
    out quote_id bigint,
    out cart_id bigint,
    out term_id bigint,
    out priced_at timestamptz,
    out engine_version integer,
    out total_minor bigint,
    out currency text,
    out plan json,
    out students json,
    out family_lines json,
    out schedule json
)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
begin
    select
        q.id, q.cart_id, q.term_id, q.priced_at, q.engine_version, q.total_minor,
        d.currency, d.plan, d.students, d.family_lines, d.schedule
    into
        quote_id, cart_id, term_id, priced_at, engine_version, total_minor,
        currency, plan, students, family_lines, schedule
    from pricing.quotes as q
    inner join pricing.payment_plans as p on q.studio_id = p.studio_id and q.plan_id = p.id
    cross join lateral pricing.price_document(
        q.lines, p, to_json(q.parts), q.family_id
    ) as d
    where q.studio_id = v_studio_id and q.id = p_quote_id;
end;
$$;
alter function pricing.quote_document(bigint) owner to pricing;
grant execute on function pricing.quote_document(bigint) to enrollment;
grant execute on function pricing.quote_document(bigint) to messaging;
comment on function pricing.quote_document(bigint) is
$$A stored quote in words: lines by student, subtotals, family lines, total and schedule.

Columns, so that a caller adds its own and makes JSON of all at once: row_to_json() copies nothing of
what is JSON already. All null when there is no such quote. See pricing.price_document().$$;
