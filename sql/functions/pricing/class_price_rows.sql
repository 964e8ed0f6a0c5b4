create or replace function pricing.class_price_rows(p_term_id bigint)
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
                        'class_id', p.class_id,
                        'amount_minor', p.amount_minor,
                        'reason', p.reason
                    )
                    order by p.class_id
                ),
                '[]'
            )
        from pricing.class_prices as p
        inner join catalog.classes as k on p.studio_id = k.studio_id and p.class_id = k.id
        where
            p.studio_id = auth.studio_id()
            and k.term_id = p_term_id
            and p.superseded_at is null
    );
end;
$$;
alter function pricing.class_price_rows(bigint) owner to pricing;
comment on function pricing.class_price_rows(bigint) is
$$The flat class prices of a term as they are now, in the form in which they are saved.$$;
