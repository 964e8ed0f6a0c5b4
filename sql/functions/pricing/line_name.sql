create or replace function pricing.line_name(p_line pricing.line)
returns text
language plpgsql
stable
as $$
declare
    v_studio_id constant integer := auth.studio_id();
begin
    case p_line.kind
        when 'tuition' then
            return (
                select d.name
                from catalog.divisions as d
                where d.studio_id = v_studio_id and d.code = p_line.code
            );
        when 'program' then
            return (
                select g.name
                from catalog.programs as g
                where g.studio_id = v_studio_id and g.code = p_line.code
            );
        when 'tier' then
            return (
                select t.name
                from catalog.section_tiers as t
                where
                    t.studio_id = v_studio_id
                    and t.section_id = p_line.section_id
                    and t.code = p_line.code
            );
        when 'fee' then
            return (
                select f.label
                from pricing.fee_rules as f
                where f.studio_id = v_studio_id and f.id = p_line.rule_id
            );
        when 'discount' then
            return (
                select d.label
                from pricing.discounts as d
                where d.studio_id = v_studio_id and d.id = p_line.rule_id
            );
        when 'coupon' then
            return (
                select coalesce('Coupon ' || c.code, c.name)
                from pricing.coupons as c
                where c.studio_id = v_studio_id and c.id = p_line.rule_id
            );
        when 'plan_fee' then
            return (
                select p.label
                from pricing.payment_plans as p
                where p.studio_id = v_studio_id and p.id = p_line.rule_id
            );
        when 'add_on' then
            return (
                select a.name
                from pricing.add_ons as a
                where a.studio_id = v_studio_id and a.id = p_line.rule_id
            );
        when 'adjustment' then
            return (
                select a.label
                from pricing.adjustments as a
                where
                    p_line.rule_table = 'pricing.adjustments'
                    and a.studio_id = v_studio_id
                    and a.id = p_line.rule_id
            );
        else
            return null;
    end case;
end;
$$;
alter function pricing.line_name(pricing.line) owner to pricing;
comment on function pricing.line_name(pricing.line) is
$$What a line's rule is called, or the division, program or tier it is for.

Looked up on reading, from ids and codes; null for a kind without a name.$$;
