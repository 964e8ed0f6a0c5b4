create or replace function api.save_class_prices(
    term_id bigint, expected_version integer, rows jsonb
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_version integer;
    v_saved_at timestamptz;
    v_wanted pricing.class_prices [];
    v_sold record;
    v_ended bigint;
    v_added bigint;
begin
    perform auth.require('manager');
    perform pricing.open_rule_set(
        save_class_prices.term_id, 'class_prices', save_class_prices.expected_version
    );
    perform pricing.check_class_price_rows(save_class_prices.term_id, save_class_prices.rows);
    v_saved_at := clock_timestamp();
    select
        array_agg(
            (
                auth.studio_id(), null, w.class_id, w.amount_minor, btrim(w.reason),
                auth.account_id(), null, v_saved_at, null
            )::pricing.class_prices
        )
    into v_wanted
    from jsonb_to_recordset(save_class_prices.rows) as w (
        class_id numeric, amount_minor numeric, reason text
    );
    -- What was sold stays as it was sold: later prices count on it.
    select k.title, k.id as class_id into v_sold
    from catalog.classes as k
    left join pricing.class_prices as p
        on k.studio_id = p.studio_id and k.id = p.class_id and p.superseded_at is null
    left join unnest(v_wanted) as w on k.id = w.class_id
    where
        k.studio_id = auth.studio_id()
        and k.term_id = save_class_prices.term_id
        and p.amount_minor is distinct from w.amount_minor
        and enrollment.is_class_sold(k.id)
    order by k.id
    limit 1;
    if found then
        perform ops.fail('class_sold', to_jsonb(v_sold));
    end if;
    -- A row that is saved as it is stays as it is.
    update pricing.class_prices as p
    set superseded_at = v_saved_at
    from catalog.classes as k
    where
        p.studio_id = auth.studio_id()
        and p.superseded_at is null
        and k.studio_id = p.studio_id
        and k.id = p.class_id
        and k.term_id = save_class_prices.term_id
        and not exists (
            select
            from unnest(v_wanted) as w
            where
                w.class_id = p.class_id
                and w.amount_minor = p.amount_minor
                and w.reason = p.reason
        );
    get diagnostics v_ended = row_count;
    insert into pricing.class_prices (
        studio_id, class_id, amount_minor, reason, set_by, version, valid_from
    )
    select
        w.studio_id,
        w.class_id,
        w.amount_minor,
        w.reason,
        w.set_by,
        coalesce(max(p.version), 0) + 1,
        w.valid_from
    from unnest(v_wanted) as w
    left join pricing.class_prices as p
        on w.studio_id = p.studio_id and w.class_id = p.class_id
    group by w.studio_id, w.class_id, w.amount_minor, w.reason, w.set_by, w.valid_from
    having count(p.id) = count(p.superseded_at);
    get diagnostics v_added = row_count;
    if v_ended + v_added > 0 then
        v_version := pricing.close_rule_set(save_class_prices.term_id, 'class_prices');
    else
        v_version := save_class_prices.expected_version;
    end if;
    return jsonb_build_object(
        'version', v_version, 'rows', pricing.class_price_rows(save_class_prices.term_id)
    );
end;
$$;
alter function api.save_class_prices(bigint, integer, jsonb) owner to pricing;
grant execute on function api.save_class_prices(bigint, integer, jsonb) to manager;
comment on function api.save_class_prices(bigint, integer, jsonb) is
$$Save the flat class prices of a term as a whole; answers {version, rows} in the form it takes.

For managers. expected_version: of rule_sets for kind class_prices, 0 when it was never saved. rows:
[{class_id, amount_minor, reason}], amounts in whole minor units, for classes that the rate table
prices otherwise; such a class counts for nobody's rate step and keeps its fees. Rows that are saved
unchanged stay as they are. Errors: term_not_found, version_stale, rule_invalid (with row and
column), class_sold (the price of a class with live enrollments is fixed).$$;
