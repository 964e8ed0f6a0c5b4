create view api.fee_rules
with (security_invoker = true) as
select
    f.term_id,
    f.code,
    f.label,
    f.unit,
    f.amount_minor,
    f.charged_modes,
    d.code as division,
    f.division_of,
    f.position,
    array(
        select k.title
        from pricing.fee_exemptions as x
        inner join catalog.classes as k on x.studio_id = k.studio_id and x.class_id = k.id
        where
            x.studio_id = f.studio_id and x.term_id = f.term_id and x.fee_code = f.code
        order by k.title
    ) as exempt_classes,
    f.version,
    f.valid_from
from pricing.fee_rules as f
left join catalog.divisions as d on f.studio_id = d.studio_id and f.division_id = d.id
where f.superseded_at is null;
alter view api.fee_rules owner to api;
grant select on api.fee_rules to staff;
comment on view api.fee_rules is
$$The fees as they are now: what is counted, for which classes, minor units for each.

exempt_classes: titles of classes that don't cause it. version: of the row; that of the table is in
rule_sets. For staff; save_fees changes them.$$;
