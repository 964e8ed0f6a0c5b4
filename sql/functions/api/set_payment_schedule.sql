create or replace function api.set_payment_schedule(
    cart_id bigint, rows jsonb, reason text, auto_pay boolean default false
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id integer;
    v_reason constant text
    := btrim(regexp_replace(set_payment_schedule.reason, '\s+', ' ', 'g'));
    -- null: to withdraw
    v_count constant integer := case
        when jsonb_typeof(set_payment_schedule.rows) = 'array'
            then jsonb_array_length(set_payment_schedule.rows)
        when set_payment_schedule.rows is not null then 0
    end;
    v_cart enrollment.carts;
    v_set_at timestamptz;
    v_schedule_id bigint;
    v_plan pricing.payment_plans;
    v_price record;
    v_parts pricing.part [];
    v_row jsonb;
    v_due_on date;
    v_due_before date;
    v_problem text;
    v_number integer := 0;
begin
    perform auth.require('manager');
    v_studio_id := auth.studio_id();
    select c.* into v_cart
    from enrollment.carts as c
    where
        c.studio_id = v_studio_id
        and c.family_id = coalesce(auth.family_id(), c.family_id)
        and c.id = set_payment_schedule.cart_id;
    if not found then
        perform ops.fail('cart_not_found');
    end if;
    if coalesce(length(v_reason) not between 1 and 500, true) then
        v_problem := 'it needs a reason of at most 500 characters';
    elsif v_count not between 2 and 60 then
        v_problem := 'it needs from 2 to 60 parts';
    end if;
    if v_problem is not null then
        perform ops.fail('schedule_invalid', jsonb_build_object('problem', v_problem));
    end if;
    for v_row in
        select r.value from jsonb_array_elements(set_payment_schedule.rows) as r
    loop
        v_number := v_number + 1;
        v_due_on := pricing.date_of(v_row -> 'due_on');
        if v_due_on is null then
            v_problem := 'each part needs a date, as in 2027-01-31';
        elsif v_number = 1 and v_due_on < studio.local_date(now()) then
            v_problem := 'the first date is past';
        elsif v_due_on <= v_due_before then
            v_problem := 'the dates must ascend';
        elsif not pricing.is_minor(v_row -> 'amount_minor', 1) then
            v_problem := 'each part needs an amount in whole minor units, 1 or more';
        elsif v_row - '{due_on,amount_minor}'::text[] <> '{}' then
            v_problem := 'each part has a date and an amount, and nothing else';
        end if;
        if v_problem is not null then
            perform ops.fail(
                'schedule_invalid',
                jsonb_build_object('problem', v_problem, 'row', v_number)
            );
        end if;
        v_due_before := v_due_on;
    end loop;
    -- Two managers at once, or a checkout: the second waits here.
    perform enrollment.lock_family(v_cart.family_id);
    select c.* into strict v_cart
    from enrollment.carts as c
    where c.studio_id = v_studio_id and c.id = v_cart.id;
    if v_cart.status <> 'open' then
        perform ops.fail('cart_closed');
    end if;
    v_set_at := clock_timestamp();
    update pricing.custom_schedules as s
    set superseded_at = v_set_at
    where s.studio_id = v_studio_id and s.cart_id = v_cart.id and s.superseded_at is null;
    if set_payment_schedule.rows is null then
        if not found then
            perform ops.fail(
                'schedule_invalid', jsonb_build_object('problem', 'there is none to withdraw')
            );
        end if;
        return null;
    end if;
    insert into pricing.custom_schedules (
        studio_id, family_id, cart_id, reason, set_by, valid_from, auto_pay
    )
    values (
        v_studio_id, v_cart.family_id, v_cart.id, v_reason, auth.account_id(), v_set_at,
        coalesce(set_payment_schedule.auto_pay, false)
    )
    returning id into strict v_schedule_id;
    insert into pricing.custom_schedule_parts (
        studio_id, schedule_id, number, family_id, due_on, amount_minor
    )
    select
        v_studio_id,
        v_schedule_id,
        r.number,
        v_cart.family_id,
        pricing.date_of(r.value -> 'due_on'),
        (r.value -> 'amount_minor')::numeric::bigint
    from jsonb_array_elements(set_payment_schedule.rows) with ordinality as r (value, number);
    -- The first one of a term makes the plan that its quotes go by.
    insert into pricing.payment_plans (
        studio_id, term_id, kind, code, label, auto_pay, accepts_checkout, version
    )
    select
        v_studio_id, v_cart.term_id, 'custom', 'custom', 'As arranged with the studio', false,
        true, coalesce(max(p.version), 0) + 1
    from pricing.payment_plans as p
    where p.studio_id = v_studio_id and p.term_id = v_cart.term_id and p.code = 'custom'
    having count(*) filter (where p.superseded_at is null) = 0
    on conflict do nothing;
    v_plan := pricing.plan_of(v_cart.term_id, 'custom', null, now());
    select p.* into strict v_price
    from pricing.price_cart(v_cart.id, null, v_plan, now()) as p;
    -- By itself: a planner would call it for its estimate, before it can see the rows.
    v_parts := pricing.schedule(
        v_price.total_minor,
        v_plan,
        (v_price.orders[1]).ordered_on,
        p_schedule_id => v_schedule_id
    );
    return jsonb_build_object(
        'cart_id', v_cart.id,
        'plan_code', v_plan.code,
        'total_minor', v_price.total_minor,
        'auto_pay', coalesce(set_payment_schedule.auto_pay, false),
        'rows', (
            select
                jsonb_agg(
                    jsonb_build_object('due_on', i.due_on, 'amount_minor', i.amount_minor)
                    order by i.number
                )
            from unnest(v_parts) as i
        )
    );
end;
$$;
alter function api.set_payment_schedule(bigint, jsonb, text, boolean) owner to pricing;
grant execute on function api.set_payment_schedule(bigint, jsonb, text, boolean) to manager;
comment on function api.set_payment_schedule(bigint, jsonb, text, boolean) is
$$Arrange in which parts a cart is paid; quotes of it with plan_code custom then say so.

For managers. rows: from 2 to 60 of {due_on, amount_minor}, dates ascending from today on, amounts
in whole minor units, together what the cart costs now; no fee is added. rows null withdraws what
was arranged. reason: at most 500 characters. auto_pay: the card of
the first part, which is due at checkout, is stored and charged for the others; else the family pays
them by hand. Answers {cart_id, plan_code, total_minor, auto_pay, rows}; what was arranged before
is superseded. Errors: schedule_invalid (also where a later quote has another
total), cart_not_found, cart_closed, and those of quote.$$;
