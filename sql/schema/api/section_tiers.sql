create view api.section_tiers
with (security_invoker = true) as
select
    t.id,
    t.section_id,
    t.code,
    t.name,
    t.starts_at,
    t.ends_at,
    t.position,
    p.amount_minor
from catalog.section_tiers as t
left join pricing.tier_prices as p
    on
        t.studio_id = p.studio_id
        and t.section_id = p.section_id
        and t.id = p.tier_id
        and p.superseded_at is null
where t.is_offered;
alter view api.section_tiers owner to api;
grant select on api.section_tiers to anon;
grant select on api.section_tiers to customer;
grant select on api.section_tiers to instructor;
comment on view api.section_tiers is
$$The variants of tiered sections that can be picked: local hours, and price in minor units.

amount_minor null: there is no price yet, and it can't be bought. For everybody.$$;
