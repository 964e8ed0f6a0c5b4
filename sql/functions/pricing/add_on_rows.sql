create or replace function pricing.add_on_rows(p_term_id bigint)
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
                        'section_id', a.section_id,
                        'code', a.code,
                        'name', a.name,
                        'description', a.description,
                        'amount_minor', a.amount_minor,
                        'required', a.required,
                        'position', a.position
                    )
                    order by a.section_id, a.position, a.code
                ),
                '[]'
            )
        from pricing.add_ons as a
        inner join catalog.sections as s on a.studio_id = s.studio_id and a.section_id = s.id
        where
            a.studio_id = auth.studio_id()
            and s.term_id = p_term_id
            and a.superseded_at is null
    );
end;
$$;
alter function pricing.add_on_rows(bigint) owner to pricing;
comment on function pricing.add_on_rows(bigint) is
$$The add-ons of a term as they are now, in the form in which they are saved.$$;
