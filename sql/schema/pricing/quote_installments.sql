create view pricing.quote_installments
with (security_invoker = true) as
select
    q.studio_id,
    q.id as quote_id,
    p.number,
    q.family_id,
    p.due_on,
    p.amount_minor
from pricing.quotes as q
cross join lateral unnest(q.parts) as p;
alter view pricing.quote_installments owner to pricing;
comment on view pricing.quote_installments is
$$The parts in which the totals of quotes are due, as rows.

They add up to the total of their quote, exactly. amount_minor: minor units; due_on: local date of
the studio.$$;
