create view api.rates
with (security_invoker = true) as
select
    r.term_id,
    d.code as division,
    l.name as location,
    r.weekly_count,
    r.amount_minor,
    r.version,
    r.valid_from
from pricing.rates as r
inner join catalog.divisions as d on r.studio_id = d.studio_id and r.division_id = d.id
left join studio.locations as l on r.studio_id = l.studio_id and r.location_id = l.id
where r.superseded_at is null;
alter view api.rates owner to api;
grant select on api.rates to staff;
comment on view api.rates is
$$The rate tables as they are now: tuition by division and weekly count, in minor units.

location: whose own price list the row is of; null: the list of all that have none. version: of the
row; that of the table is in rule_sets. For staff; save_rates changes them.$$;
