create or replace function pricing.tier_rows(p_section_id bigint)
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
                    jsonb_build_object(
                        'code', t.code,
                        'name', t.name,
                        'starts_at', to_char(t.starts_at, 'HH24:MI'),
                        'ends_at', to_char(t.ends_at, 'HH24:MI'),
                        'position', t.position,
                        'amount_minor', p.amount_minor
                    )
                    order by t.position, t.code
                ),
                '[]'
            )
        from catalog.section_tiers as t
        left join pricing.tier_prices as p
            on
                t.studio_id = p.studio_id
                and t.section_id = p.section_id
                and t.id = p.tier_id
                and p.superseded_at is null
        where
            t.studio_id = auth.studio_id()
            and t.section_id = p_section_id
            and t.is_offered
    );
end;
$$;
alter function pricing.tier_rows(bigint) owner to pricing;
comment on function pricing.tier_rows(bigint) is
$$The tiers that a section offers, with their prices, in the form in which they are saved.$$;
