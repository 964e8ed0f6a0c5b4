create or replace function pricing.parts_of(p_quote_id bigint)
returns setof pricing.part
language sql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
    select i.*
    from pricing.quotes as q
    cross join lateral unnest(q.parts) as i
    where q.studio_id = auth.studio_id() and q.id = p_quote_id and i.amount_minor > 0
    order by i.number
$$;
alter function pricing.parts_of(bigint) owner to pricing;
grant execute on function pricing.parts_of(bigint) to payment;
comment on function pricing.parts_of(bigint) is
$$The parts of a quote in their order, but for those of 0. For payment.$$;
