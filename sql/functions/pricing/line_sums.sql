create or replace function pricing.line_sums(p_family_id bigint, p_quote_id bigint)
returns table (kind text, amount_minor bigint)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return query
    select l.kind, sum(l.amount_minor)::bigint
    from pricing.quote_lines as l
    where
        l.studio_id = auth.studio_id()
        and l.family_id = p_family_id
        and l.quote_id = p_quote_id
    group by l.kind
    having sum(l.amount_minor) <> 0;
end;
$$;
alter function pricing.line_sums(bigint, bigint) owner to pricing;
grant execute on function pricing.line_sums(bigint, bigint) to payment;
comment on function pricing.line_sums(bigint, bigint) is
$$What the lines of a quote come to by their kinds, in minor units; not those that come to nothing.

Negative where it is taken off. For payment, which posts them.$$;
