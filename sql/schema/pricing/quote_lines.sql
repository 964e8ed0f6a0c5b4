create view pricing.quote_lines
with (security_invoker = true) as
select
    q.studio_id,
    q.id as quote_id,
    l.line_number::smallint as line_number,
    q.family_id,
    l.student_id,
    l.kind,
    l.code,
    l.section_id,
    l.basis,
    l.amount_minor,
    l.rule_table,
    l.rule_id,
    l.rule_version
from pricing.quotes as q
cross join lateral unnest(q.lines) with ordinality as l (
    cart_id, student_id, kind, code, section_id, basis, amount_minor, rule_table, rule_id,
    rule_version, line_number
);
alter view pricing.quote_lines owner to pricing;
comment on view pricing.quote_lines is
$$The lines of quotes as rows, numbered in their order.

ids, codes and amounts; words are rendered on reading. amount_minor: minor units, negative where it
is taken off.$$;
