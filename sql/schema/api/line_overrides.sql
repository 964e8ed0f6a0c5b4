create view api.line_overrides
with (security_invoker = true) as
select
    o.id,
    o.family_id,
    o.term_id,
    o.student_id,
    o.kind,
    o.code,
    case o.kind
        when 'tuition'
            then (
                select d.name
                from catalog.divisions as d
                where d.studio_id = o.studio_id and d.code = o.code
            )
        when 'program'
            then (
                select g.name
                from catalog.programs as g
                where g.studio_id = o.studio_id and g.code = o.code
            )
        when 'tier'
            then (
                select string_agg(distinct t.name, ', ' order by t.name)
                from catalog.sections as s
                inner join catalog.section_tiers as t
                    on s.studio_id = t.studio_id and s.id = t.section_id
                where s.studio_id = o.studio_id and s.term_id = o.term_id and t.code = o.code
            )
        when 'drop_in' then 'Classes by date'
        when 'fee'
            then (
                select f.label
                from pricing.fee_rules as f
                where
                    f.studio_id = o.studio_id and f.term_id = o.term_id and f.code = o.code
                order by f.version desc
                limit 1
            )
        when 'add_on'
            then (
                select string_agg(distinct a.name, ', ' order by a.name)
                from catalog.sections as s
                inner join pricing.add_ons as a
                    on s.studio_id = a.studio_id and s.id = a.section_id
                where s.studio_id = o.studio_id and s.term_id = o.term_id and a.code = o.code
            )
        when 'plan_fee'
            then (
                select p.label
                from pricing.payment_plans as p
                where
                    p.studio_id = o.studio_id and p.term_id = o.term_id and p.code = o.code
                order by p.version desc
                limit 1
            )
    end as label,
    o.amount_minor,
    o.reason,
    o.set_by,
    o.valid_from,
    o.superseded_at
from pricing.line_overrides as o;
alter view api.line_overrides owner to api;
grant select on api.line_overrides to staff;
comment on view api.line_overrides is
$$What staff let one line of a family's price cost, now and before. amount_minor: minor units.

kind, code: as set_line_price takes them; label: what the line is of. student_id null: a line of the
whole family. set_by, valid_from: who and when; superseded_at: until when, null: it holds until a
checkout in which it made a difference is confirmed. For staff.$$;
