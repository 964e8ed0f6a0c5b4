create or replace function payment.unpay_parts(p_offline_payment_id bigint)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_part record;
begin
    for v_part in
        select u.installment_id, u.family_id, sum(u.amount_minor)::bigint as amount_minor
        from payment.installment_payments as u
        where u.studio_id = v_studio_id and u.offline_payment_id = p_offline_payment_id
        group by u.installment_id, u.family_id
        order by u.installment_id
    loop
        insert into payment.installment_payments (
            studio_id, family_id, installment_id, offline_payment_id, amount_minor
        )
        values (
            v_studio_id, v_part.family_id, v_part.installment_id, p_offline_payment_id,
            - v_part.amount_minor
        );
        update payment.installments as i
        set
            paid_minor = i.paid_minor - v_part.amount_minor,
            status = case
                when i.status <> 'paid' then i.status
                when i.due_on < studio.local_date(now()) then 'overdue'
                else 'scheduled'
            end,
            paid_at = null
        where i.studio_id = v_studio_id and i.id = v_part.installment_id;
    end loop;
end;
$$;
alter function payment.unpay_parts(bigint) owner to payment;
comment on function payment.unpay_parts(bigint) is
$$Open the parts of a plan again that a payment had paid which the bank sent back.

The caller has locked the registration, and calls payment.follow_price() afterwards.$$;
