create or replace function payment.open_plan(p_registration_id bigint)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_registration record;
    v_part record;
begin
    select
        r.family_id, r.quote_id, c.transaction_id, c.offline_payment_id, c.amount_minor,
        p.stored_method_id
    into strict v_registration
    from enrollment.registrations as r
    inner join enrollment.confirmations as c
        on r.studio_id = c.studio_id and r.confirmation_id = c.id
    left join payment.transactions as t
        on c.studio_id = t.studio_id and c.family_id = t.family_id and c.transaction_id = t.id
    left join payment.payments as p
        on t.studio_id = p.studio_id and t.family_id = p.family_id and t.payment_id = p.id
    where r.studio_id = v_studio_id and r.id = p_registration_id;
    v_part := pricing.first_part(v_registration.quote_id);
    if v_part.part_count < 2 then
        return;
    end if;
    insert into payment.payment_plans (
        studio_id, family_id, registration_id, auto_pay, do_capture, stored_method_id
    )
    values (
        v_studio_id,
        v_registration.family_id,
        p_registration_id,
        v_part.auto_pay,
        v_part.do_capture,
        case when v_part.auto_pay then v_registration.stored_method_id end
    );
    insert into payment.installments (
        studio_id, family_id, registration_id, number, due_on, amount_minor
    )
    select
        v_studio_id, v_registration.family_id, p_registration_id, i.number, i.due_on,
        i.amount_minor
    from pricing.parts_of(v_registration.quote_id) as i;
    perform payment.pay_parts(
        p_registration_id,
        v_registration.amount_minor,
        p_transaction_id => v_registration.transaction_id,
        p_offline_payment_id => v_registration.offline_payment_id
    );
    perform payment.follow_price(p_registration_id);
end;
$$;
alter function payment.open_plan(bigint) owner to payment;
comment on function payment.open_plan(bigint) is
$$Make the plan of a registration that has just been confirmed, if its quote has several parts.

What confirmed it has paid the first of them.$$;
