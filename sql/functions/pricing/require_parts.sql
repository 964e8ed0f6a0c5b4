create or replace function pricing.require_parts(p_quote_id bigint, p_total_minor bigint)
returns void
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_parts_minor numeric;
begin
    select sum(i.amount_minor) into v_parts_minor
    from pricing.quote_installments as i
    where i.studio_id = v_studio_id and i.quote_id = p_quote_id
    having min(i.number) = 1;
    if v_parts_minor is distinct from p_total_minor then
        raise check_violation using
            message = format(
                'the parts of quote %s add up to %s, not to its total of %s',
                p_quote_id, v_parts_minor, p_total_minor
            );
    end if;
end;
$$;
alter function pricing.require_parts(bigint, bigint) owner to pricing;
comment on function pricing.require_parts(bigint, bigint) is
$$Raise check_violation unless the parts of a quote add up to its total, in minor units.$$;
