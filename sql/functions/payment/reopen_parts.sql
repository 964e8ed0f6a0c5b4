create or replace function payment.reopen_parts(p_offline_payment_id bigint)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_part record;
    v_first_id bigint;
begin
    for v_part in
        select u.installment_id, u.family_id, sum(u.amount_minor)::bigint as amount_minor
        from payment.installment_payments as u
        inner join payment.installments as i
            on
                u.studio_id = i.studio_id
                and u.family_id = i.family_id
                and u.installment_id = i.id
        where u.studio_id = v_studio_id and u.offline_payment_id = p_offline_payment_id
        group by u.installment_id, u.family_id, i.number
        having sum(u.amount_minor) > 0
        order by i.number
    loop
        v_first_id := coalesce(v_first_id, v_part.installment_id);
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
                when i.status = 'processing' then i.status
                when i.due_on < studio.local_date(now()) then 'overdue'
                else 'scheduled'
            end,
            paid_at = null
        where i.studio_id = v_studio_id and i.id = v_part.installment_id;
    end loop;
    return v_first_id;
end;
$$;
alter function payment.reopen_parts(bigint) owner to payment;
comment on function payment.reopen_parts(bigint) is
$$Let the parts of a plan that a returned check had paid be open again.

Answers the first of them; null: it had paid none. The caller has locked the registration, and calls
payment.follow_price() after the check is returned.$$;
