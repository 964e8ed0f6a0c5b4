create or replace function pricing.schedule(
    p_total_minor bigint, p_installments integer, p_first_due date
)
returns jsonb
language plpgsql
immutable
parallel safe
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_part_minor bigint := p_total_minor;
begin
    if p_installments > 1 then
        -- Of a total of a few cents the last part would have to be negative.
        v_part_minor := least(
            pricing.round_minor(p_total_minor::numeric / p_installments),
            p_total_minor / (p_installments - 1)
        );
    end if;
    return (
        select
            jsonb_agg(
                jsonb_build_object(
                    'number', n.number,
                    -- Counted from the first date, so that a short month shortens itself only.
                    'due_on', (p_first_due + make_interval(months => n.number - 1))::date,
                    'amount_minor',
                    case
                        when n.number < p_installments then v_part_minor
                        else p_total_minor - v_part_minor * (p_installments - 1)
                    end
                )
                order by n.number
            )
        from generate_series(1, p_installments) as n (number)
    );
end;
$$;
alter function pricing.schedule(bigint, integer, date) owner to pricing;
comment on function pricing.schedule(bigint, integer, date) is
$$Equal monthly parts of a total, in minor units.

The last takes what rounding left, none is negative.
Answers an array of {number, due_on, amount_minor}, the first part due on p_first_due.$$;
