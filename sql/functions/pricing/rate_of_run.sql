create or replace function pricing.rate_of_run(
    p_run pricing.weekly_run,
    p_division_id bigint,
    p_items pricing.basket_item[],
    p_rates pricing.rates[],
    p_engine_version integer,
    out id bigint,
    out version integer,
    out step_minor bigint,
    out amount_minor bigint,
    out location_id bigint
)
language plpgsql
immutable
parallel safe
as $$
declare
    v_term_id constant bigint := p_items[1].term_id;
    v_location_id bigint;
    v_row pricing.rates;
    -- The price list of a location, 0: the one of all that have none; its row.
    v_list_id bigint;
    v_rate pricing.rates;
    v_amount_minor bigint;
    v_highest_list_id bigint;
    v_missing_id bigint;
begin
    foreach v_location_id in array p_run.location_ids
    loop
        v_list_id := 0::bigint;
        v_rate := null;
        foreach v_row in array p_rates
        loop
            continue when
                (v_row.location_id is null and v_row.weekly_count <> p_run.weekly_count)
                or v_row.location_id <> v_location_id
                or v_row.term_id <> v_term_id;
            if v_row.location_id > v_list_id then
                v_list_id := v_location_id;
                v_rate := null;
            end if;
            if
                v_row.weekly_count = p_run.weekly_count
                and v_row.division_id = p_division_id
                and coalesce(v_row.location_id, 0) = v_list_id
            then
                v_rate := v_row;
            end if;
        end loop;
        if v_rate.id is null then
            v_missing_id := least(v_missing_id, v_list_id);
            continue;
        end if;
        v_amount_minor := v_rate.amount_minor;
        -- No class may lower the price of the others.
        if p_run.is_joined and p_engine_version > 2 then
            v_amount_minor
            := pricing.apart_minor(p_items, p_run, p_rates, p_division_id, v_list_id);
        end if;
        if
            v_highest_list_id is null
            or v_amount_minor > amount_minor
            or (v_amount_minor = amount_minor and v_list_id < v_highest_list_id)
        then
            v_highest_list_id := v_list_id;
            id := v_rate.id;
            version := v_rate.version;
            step_minor := v_rate.amount_minor;
            amount_minor := v_amount_minor;
            location_id := nullif(v_list_id, 0);
        end if;
    end loop;
    -- Of a list without the row nobody knows whether its price would be the highest.
    if v_missing_id is not null then
        id := null;
        version := null;
        step_minor := null;
        amount_minor := null;
        location_id := nullif(v_missing_id, 0);
    end if;
end;
$$;
alter function pricing.rate_of_run(
    pricing.weekly_run, bigint, pricing.basket_item[], pricing.rates[], integer
) owner to pricing;
comment on function pricing.rate_of_run(
    pricing.weekly_run, bigint, pricing.basket_item[], pricing.rates[], integer
) is
$$What a run costs by the rate table: the row, and what is asked by it.

Of the price lists of its classes' locations the one with the highest price. amount_minor: minor
units, no less than classes of it cost without the rest; step_minor: the row's own; location_id: of
the list, where it is a location's. Without id where a list concerned has no such row: then
location_id is the first such list's. p_items: of one order; p_rates: as pricing.rules_of() has
them.$$;
