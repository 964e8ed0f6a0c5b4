-- A stored quote for the carts of some families, through the same function as a family's own.
-- Run by an operator as role deploy, with the studio in scope, on several connections at once.
-- Settings: bench.first and bench.last, numbers of families.

-- As for the login that serves families: most of the time would go into planning.
set local plan_cache_mode = 'force_generic_plan';
update bench.families as f
set
    quote_id = pricing.store_quote(
        f.cart_id, null, pricing.plan_of(c.term_id, 'full', false, now()), now()
    )
from enrollment.carts as c
where
    f.number between current_setting('bench.first')::integer
    and current_setting('bench.last')::integer
    and c.studio_id = auth.studio_id()
    and f.cart_id = c.id;
