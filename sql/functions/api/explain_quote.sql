create or replace function api.explain_quote(quote_id bigint)
returns json
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform auth.require('customer', 'staff');
    if not exists (
        select
        from pricing.quotes as q
        where
            q.studio_id = auth.studio_id()
            and q.family_id = coalesce(auth.family_id(), q.family_id)
            and q.id = explain_quote.quote_id
    ) then
        perform ops.fail('quote_not_found');
    end if;
    return row_to_json(pricing.quote_document(explain_quote.quote_id));
end;
$$;
alter function api.explain_quote(bigint) owner to pricing;
grant execute on function api.explain_quote(bigint) to customer;
grant execute on function api.explain_quote(bigint) to staff;
comment on function api.explain_quote(bigint) is
$$A quote as it was given: every line with its inputs, its rule and the rule's version.

For the family, and for staff. Amounts in minor units. Errors: quote_not_found.$$;
