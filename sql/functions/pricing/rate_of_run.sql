create or replace function pricing.rate_of_run(
    p_run pricing.weekly_run,
    p_division_id bigint,
    p_items pricing.basket_item[],
    p_rates jsonb,
    p_engine_version integer
)
returns jsonb
language plpgsql
immutable
parallel safe
as $$
declare
    v_term_id constant bigint := p_items[1].term_id;
    v_location_id bigint;
    v_list_id bigint;
    v_row_key text;
    v_rate jsonb;
    v_highest jsonb;
    v_highest_list_id bigint;
    v_highest_minor bigint;
    v_amount_minor bigint;
    v_missing_id bigint;
begin
    foreach v_location_id in array p_run.location_ids
    loop
        v_list_id
        := case when p_rates ? concat_ws(':', v_term_id, v_location_id) then v_location_id else 0 end;
        v_row_key := concat_ws(':', v_term_id, v_list_id, p_division_id);
        v_rate := p_rates -> concat_ws(':', v_row_key, p_run.weekly_count);
        if v_rate is null then
            v_missing_id := least(v_missing_id, v_list_id);
            continue;
        end if;
        if v_list_id > 0 then
            v_rate := v_rate || jsonb_build_object('location_id', v_list_id);
        end if;
        -- No class may lower the price of the others.
        if p_run.is_joined and p_engine_version > 2 then
            v_rate := v_rate || jsonb_build_object(
                'amount_minor', pricing.apart_minor(p_items, p_run, p_rates, v_row_key)
            );
        end if;
        v_amount_minor := (v_rate ->> 'amount_minor')::bigint;
        if
            v_highest is null
            or v_amount_minor > v_highest_minor
            or (v_amount_minor = v_highest_minor and v_list_id < v_highest_list_id)
        then
            v_highest := v_rate;
            v_highest_list_id := v_list_id;
            v_highest_minor := v_amount_minor;
        end if;
    end loop;
    -- Of a list without the row nobody knows whether its price would be the highest.
    if v_missing_id is not null then
        return jsonb_build_object('location_id', nullif(v_missing_id, 0));
    end if;
    return v_highest;
end;
$$;
alter function pricing.rate_of_run(
    pricing.weekly_run, bigint, pricing.basket_item[], jsonb, integer
) owner to pricing;
comment on function pricing.rate_of_run(
    pricing.weekly_run, bigint, pricing.basket_item[], jsonb, integer
) is
$$What a run costs by the rate table: {id, version, step_minor, amount_minor, location_id}.

Of the price lists of its classes' locations the one with the highest price. amount_minor: minor
units, no less than classes of it cost without the rest; step_minor: the row's own; location_id: of
the list, where it is a location's. Without id where a list concerned has no such row: then
location_id is the first such list's. p_items: of one order; p_rates: as pricing.rules_of() has
them.$$;
