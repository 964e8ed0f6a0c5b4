create or replace function api.section_prices(term_id bigint)
returns table (
    section_id bigint,
    tier text,
    tuition_minor bigint,
    fees_minor bigint,
    discount_minor bigint,
    total_minor bigint,
    highest_total_minor bigint,
    refusal text
)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform auth.require('anon', 'customer', 'instructor');
    if not exists (
        select
        from catalog.terms as t
        where
            t.studio_id = auth.studio_id()
            and t.id = section_prices.term_id
            and t.status = 'published'
    ) then
        perform ops.fail('term_not_found');
    end if;
    return query
    select p.*
    from pricing.section_prices(section_prices.term_id, now()) as p;
end;
$$;
alter function api.section_prices(bigint) owner to pricing;
grant execute on function api.section_prices(bigint) to anon;
grant execute on function api.section_prices(bigint) to customer;
grant execute on function api.section_prices(bigint) to instructor;
comment on function api.section_prices(bigint) is
$$What each open class of a term costs a new student who takes nothing else, paid in full now.

For everybody, and for GET. A row for each section, of a tiered one for each tier (its code); all
amounts in minor units. tuition_minor: with program prices, and those of tiers and dates. fees_minor:
with the add-ons that are required. discount_minor: what is taken off without a code, 0 or less.
total_minor: the three together. Of a section sold by date the amounts are for the one date to come
that costs least, and highest_total_minor for the one that costs most; of any other it is the total.
refusal: why there is no price (rate_missing, price_missing, date_past where no date is to come …);
its amounts are null. Several classes together cost what preview_price says. Errors: term_not_found,
plan_unknown.$$;
