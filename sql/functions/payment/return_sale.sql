create or replace function payment.return_sale(p_sale payment.transactions)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_refund record;
    v_cause text;
begin
    select
        max(r.id) filter (where r.status = 'pending') as pending_id,
        -- One that asked for more than is left, since some was given back at the gateway, was not
        -- refused: what is left still goes back.
        coalesce(
            bool_or(
                r.status = 'failed' and r.failure_code is distinct from 'refunded_otherwise'
            ),
            false
        ) as has_failed,
        coalesce(sum(r.amount_minor) filter (where r.status <> 'failed'), 0)::bigint as minor
    into strict v_refund
    from payment.refunds as r
    where
        r.studio_id = p_sale.studio_id
        and r.family_id = p_sale.family_id
        and r.transaction_id = p_sale.id;
    if v_refund.pending_id is not null then
        perform payment.send_refund(v_refund.pending_id);
        return;
    elsif v_refund.has_failed or v_refund.minor >= p_sale.amount_minor then
        -- What the gateway refused once, staff decide on.
        return;
    end if;
    select
        case
            when
                r.status in ('confirmed', 'partial')
                or p.accepted_sale_id is distinct from p_sale.id
                then 'surplus'
            else 'late'
        end
    into strict v_cause
    from payment.payments as p
    inner join enrollment.registrations as r
        on
            p.studio_id = r.studio_id
            and p.family_id = r.family_id
            and p.registration_id = r.id
    where p.studio_id = p_sale.studio_id and p.id = p_sale.payment_id;
    perform payment.open_refund(
        p_sale,
        p_sale.amount_minor - v_refund.minor,
        0::bigint,
        v_cause,
        case v_cause
            when 'late' then 'the registration had ended'
            else 'paid twice, or another amount than was due'
        end
    );
end;
$$;
alter function payment.return_sale(payment.transactions) owner to payment;
comment on function payment.return_sale(payment.transactions) is
$$Give back a sale that confirmed nothing: once, whatever is on its way or was refused.

Surplus where it was a second one or over another amount, late where its registration had ended.$$;
