create or replace function pricing.date_price_rows(p_section_id bigint)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return (
        select
            coalesce(
                jsonb_agg(
                    jsonb_build_object('held_on', p.held_on, 'amount_minor', p.amount_minor)
                    order by p.held_on nulls first
                ),
                '[]'
            )
        from pricing.date_prices as p
        where
            p.studio_id = auth.studio_id()
            and p.section_id = p_section_id
            and p.superseded_at is null
    );
end;
$$;
alter function pricing.date_price_rows(bigint) owner to pricing;
comment on function pricing.date_price_rows(bigint) is
$$The prices of a section's dates as they are now, in the form in which they are saved.$$;
