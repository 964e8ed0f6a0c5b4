create or replace function pricing.left_words(p_basis jsonb)
returns text
language plpgsql
immutable
parallel safe
as $$
begin
    return case
        when (p_basis ->> 'meetings_left')::bigint < (p_basis ->> 'meetings')::bigint
            then format(
                ', %s of %s classes left', p_basis ->> 'meetings_left', p_basis ->> 'meetings'
            )
        when (p_basis ->> 'days_left')::bigint < (p_basis ->> 'days')::bigint
            then format(', %s of %s days left', p_basis ->> 'days_left', p_basis ->> 'days')
        else ''
    end;
end;
$$;
alter function pricing.left_words(jsonb) owner to pricing;
comment on function pricing.left_words(jsonb) is
$$How a prorated line says what a late starter pays for; nothing where nothing was missed.$$;
