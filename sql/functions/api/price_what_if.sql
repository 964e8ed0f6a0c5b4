create or replace function api.price_what_if(term_id bigint, proposed_term_id bigint)
returns table (
    family_id bigint,
    sold_minor bigint,
    old_minor bigint,
    new_minor bigint,
    difference_minor bigint,
    rule_table text,
    rule_code text,
    rule_old_minor bigint,
    rule_new_minor bigint,
    refusal text
)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform auth.require('manager');
    if (
        select count(*)
        from catalog.terms as t
        where
            t.studio_id = auth.studio_id()
            and t.id in (price_what_if.term_id, price_what_if.proposed_term_id)
    ) < (case when price_what_if.term_id = price_what_if.proposed_term_id then 1 else 2 end) then
        perform ops.fail('term_not_found');
    end if;
    return query
    select w.*
    from pricing.what_if(price_what_if.term_id, price_what_if.proposed_term_id) as w;
end;
$$;
alter function api.price_what_if(bigint, bigint) owner to pricing;
grant execute on function api.price_what_if(bigint, bigint) to manager;
comment on function api.price_what_if(bigint, bigint) is
$$What the families of a term would pay for the same classes by the rules of another term.

For managers; writes nothing. A row for each family with something confirmed in term_id; all
amounts in minor units. sold_minor: the totals of its registrations as they were sold. old_minor: everything
that is confirmed in one order, paid in full, by term_id's rules of today; new_minor: the same by
proposed_term_id's rules of today (a draft will do). Both are for the whole term, without coupon
codes, adjustments and credits; prices set for a student stay. What is had beside a section, its
tiers, its dates and flat prices of classes cost the same in both: they belong to the old term. difference_minor: new less old. rule_table, rule_code, rule_old_minor, rule_new_minor:
the rule that makes most of the difference, and its lines together before and after; null when
nothing differs. refusal: why one of the two prices can't be made (rate_missing …); its amounts are
null. Errors: term_not_found.$$;
