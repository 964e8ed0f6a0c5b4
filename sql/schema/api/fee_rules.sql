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
    k.title as class,
    s.name as section,
    f.discountable,
    f.once_per_term,
    f.proration,
    array(
        select e.title
        from pricing.fee_exemptions as x
        inner join catalog.classes as e on x.studio_id = e.studio_id and x.class_id = e.id
        where
            x.studio_id = f.studio_id and x.term_id = f.term_id and x.fee_code = f.code
        order by e.title
    ) as exempt_classes,
    f.version,
    f.valid_from
from pricing.fee_rules as f
left join catalog.divisions as d on f.studio_id = d.studio_id and f.division_id = d.id
left join catalog.sections as s on f.studio_id = s.studio_id and f.section_id = s.id
left join catalog.classes as k
    on f.studio_id = k.studio_id and coalesce(f.class_id, s.class_id) = k.id
where f.superseded_at is null;
alter view api.fee_rules owner to api;
grant select on api.fee_rules to staff;
comment on view api.fee_rules is
$$The fees as they are now: what is counted, for which classes, minor units for each.

class and section: the only one that causes it; null: any. exempt_classes: titles of classes that
don't. version: of the row; that of the table is in rule_sets. For staff; save_fees changes them.$$;
