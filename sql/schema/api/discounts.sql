create view api.discounts
with (security_invoker = true) as
select
    d.term_id,
    d.code,
    d.label,
    d.category,
    d.threshold,
    d.recipients,
    d.kind,
    d.percent_bp,
    d.amount_minor,
    d.reduces_tuition,
    d.reduces_fees,
    d.reduces_programs,
    d.available_from,
    d.available_until,
    d.position,
    array(
        select s.section_id
        from pricing.discount_sections as s
        where s.studio_id = d.studio_id and s.discount_id = d.id
        order by s.section_id
    ) as section_ids,
    d.version
from pricing.discounts as d
where d.superseded_at is null;
alter view api.discounts owner to api;
grant select on api.discounts to staff;
comment on view api.discounts is
$$The discounts of terms as they are now, in the columns of save_discounts.

percent_bp: basis points; amount_minor: minor units. section_ids: what it is limited to, all when
empty. For staff.$$;
