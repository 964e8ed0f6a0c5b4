create or replace function pricing.columns_of(p_row jsonb, p_names text[])
returns jsonb
language plpgsql
immutable
parallel safe
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return (
        select coalesce(jsonb_object_agg(n.name, p_row -> n.name), '{}')
        from unnest(p_names) as n (name)
    );
end;
$$;
alter function pricing.columns_of(jsonb, text[]) owner to pricing;
comment on function pricing.columns_of(jsonb, text[]) is
$$Some columns of a row, by name, to compare rows by them.$$;
