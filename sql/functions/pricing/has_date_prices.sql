create or replace function pricing.has_date_prices(p_section_id bigint)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return exists (
        select
        from pricing.date_prices as p
        where
            p.studio_id = auth.studio_id()
            and p.section_id = p_section_id
            and p.superseded_at is null
    );
end;
$$;
alter function pricing.has_date_prices(bigint) owner to pricing;
grant execute on function pricing.has_date_prices(bigint) to enrollment;
comment on function pricing.has_date_prices(bigint) is
$$Whether single dates of a section have a price, and so can be had. For enrollment.$$;
