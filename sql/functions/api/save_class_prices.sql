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
    v_version integer := save_class_prices.expected_version;
    v_class_ids bigint[];
    v_rows jsonb;
    v_position integer;
    v_sold record;
begin
    perform auth.require('manager');
    perform pricing.open_rule_set(
        save_class_prices.term_id, 'class_prices', save_class_prices.expected_version
    );
    v_rows := pricing.checked_rows(
        save_class_prices.rows,
        '{
            "class_id": {"type": "whole", "min": 1, "max": 999999999999999999},
            "amount_minor": {"type": "whole", "min": 0, "max": 99999999999},
            "reason": {"type": "text", "max": 500}
        }',
        '{class_id}'
    );
    v_class_ids := array(
        select k.id
        from catalog.classes as k
        where k.studio_id = auth.studio_id() and k.term_id = save_class_prices.term_id
    );
    select min(r.position)::integer into v_position
    from jsonb_array_elements(v_rows) with ordinality as r (rule, position)
    left join catalog.classes as k
        on
            k.studio_id = auth.studio_id()
            and k.term_id = save_class_prices.term_id
            and k.price_mode = 'standard'
            and (r.rule -> 'class_id')::bigint = k.id
    where k.id is null;
    if v_position is not null then
        perform pricing.refuse_row(
            v_position, 'class_id', 'the term has no such class that the rate table prices'
        );
    end if;
    -- What was sold stays as it was sold: later prices count on it.
    select k.title, k.id as class_id into v_sold
    from catalog.classes as k
    left join pricing.class_prices as p
        on k.studio_id = p.studio_id and k.id = p.class_id and p.superseded_at is null
    left join jsonb_array_elements(v_rows) as r (rule)
        on k.id = (r.rule -> 'class_id')::bigint
    where
        k.studio_id = auth.studio_id()
        and k.term_id = save_class_prices.term_id
        and p.amount_minor is distinct from (r.rule -> 'amount_minor')::bigint
        and enrollment.is_class_sold(k.id)
    order by k.id
    limit 1;
    if found then
        perform ops.fail('class_sold', to_jsonb(v_sold));
    end if;
    if
        pricing.replace_rules(
            'class_prices',
            'class_id',
            v_class_ids,
            '{class_id}',
            v_rows,
            jsonb_build_object('set_by', auth.account_id())
        )
    then
        v_version := pricing.close_rule_set(save_class_prices.term_id, 'class_prices');
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
