create or replace function pricing.lines_of(p_quote_id bigint)
returns table (
    line_number smallint, student_id bigint, kind text, section_id bigint, amount_minor bigint
)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return query
    select l.line_number, l.student_id, l.kind, l.section_id, l.amount_minor
    from pricing.quote_lines as l
    where l.studio_id = auth.studio_id() and l.quote_id = p_quote_id
    order by l.line_number;
end;
$$;
alter function pricing.lines_of(bigint) owner to pricing;
grant execute on function pricing.lines_of(bigint) to payment;
comment on function pricing.lines_of(bigint) is
$$The lines of a quote, amounts in minor units, in order. For payment, which refunds by line.$$;
