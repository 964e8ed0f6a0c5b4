create or replace function pricing.take_award(p_registration_id bigint, p_quote_id bigint)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
begin
    -- At most one row: a price has one family discount, and live awards are unique.
    insert into pricing.family_awards (
        studio_id, family_id, term_id, family_discount_id, registration_id, amount_minor
    )
    select
        q.studio_id, q.family_id, q.term_id, l.rule_id, p_registration_id, - l.amount_minor
    from pricing.quotes as q
    cross join lateral unnest(q.lines) as l
    where
        q.studio_id = v_studio_id
        and q.family_id = auth.require_family()
        and q.id = p_quote_id
        and l.kind = 'family_discount';
end;
$$;
alter function pricing.take_award(bigint, bigint) owner to pricing;
grant execute on function pricing.take_award(bigint, bigint) to enrollment;
comment on function pricing.take_award(bigint, bigint) is
$$Take the family's award of the term for a registration, where its quote gave the family discount.

For enrollment, at checkout. It is used at confirmation and returned when the hold ends.$$;
