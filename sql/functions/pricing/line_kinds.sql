create or replace function pricing.line_kinds(p_quote_id bigint)
returns text[]
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return array(
        select l.kind
        from pricing.quote_lines as l
        where
            l.studio_id = auth.studio_id()
            and l.family_id = auth.require_family()
            and l.quote_id = p_quote_id
    );
end;
$$;
alter function pricing.line_kinds(bigint) owner to pricing;
grant execute on function pricing.line_kinds(bigint) to enrollment;
comment on function pricing.line_kinds(bigint) is
$$The kinds of the lines of a quote of the family in scope, one for each line.

For enrollment, at checkout: only what has a line can have anything to take.$$;
