create or replace function api.preview_price(
    items jsonb, plan_code text default null, auto_pay boolean default null
)
returns json
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    c_cart_id constant bigint := 1::bigint;
    v_picked pricing.picked_item [];
    v_term_id bigint;
    v_plan pricing.payment_plans;
    v_items pricing.basket_item [];
    v_orders pricing.basket_order [];
    v_lines pricing.line [];
    v_total_minor bigint;
    v_schedule json;
begin
    perform auth.require('anon', 'customer', 'instructor');
    v_picked := pricing.imagined_items(preview_price.items, c_cart_id);
    v_term_id := v_picked[1].term_id;
    v_plan := pricing.plan_of(v_term_id, preview_price.plan_code, preview_price.auto_pay, now());
    v_items := pricing.basket_items(v_picked, now());
    perform pricing.require_offered(v_plan, v_items);
    v_orders := pricing.imagined_orders(v_term_id, array[c_cart_id], now());
    v_lines := pricing.price_baskets(v_items, v_orders, v_plan, now());
    v_total_minor := (select sum(l.amount_minor)::bigint from unnest(v_lines) as l);
    v_schedule := to_json(
        pricing.schedule(
            v_total_minor,
            v_plan,
            v_orders[1].ordered_on,
            (studio.settings_of(v_term_id)).balance_days
        )
    );
    return (
        select row_to_json(a)
        from (
            select
                v_term_id as term_id,
                now() as priced_at,
                pricing.engine_version() as engine_version,
                v_total_minor as total_minor,
                d.*
            from pricing.price_document(v_lines, v_plan, v_schedule) as d
        ) as a
    );
end;
$$;
alter function api.preview_price(jsonb, text, boolean) owner to pricing;
grant execute on function api.preview_price(jsonb, text, boolean) to anon;
grant execute on function api.preview_price(jsonb, text, boolean) to customer;
grant execute on function api.preview_price(jsonb, text, boolean) to instructor;
comment on function api.preview_price(jsonb, text, boolean) is
$$What classes would cost a new family, before it signs up: as quote, for imagined students.

For everybody; writes nothing, holds nothing. items: array of at most 50 {"student": 1,
"section_id": 12, "tier": "half_day", "weekdays": [2], "dates": ["2026-09-05"], "add_ons":
["early"]}, all of one published term. student: any number from 1 to 10, the same for the same student; tier of a tiered
class, weekdays or dates of one sold by them, add_ons asked for beside it: as put_cart_item and set_add_on take
them. plan_code, auto_pay: as quote. Answers quote's document with "Student 1" for a name, without
quote_id, cart_id and findings. It is what quote says for such a cart of a family that has confirmed
nothing and has no prices of its own. Coupons that need no code apply; codes are not taken, as tries
of them are counted by family and a stranger has none to count by. Errors: request_malformed,
preview_too_large, preview_invalid, terms_mixed, those of put_cart_item for a section, tier and
dates, already_in_cart, cart_empty, and those of quote for plan and price.$$;
