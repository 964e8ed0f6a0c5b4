create or replace function payment.paid_minor(p_family_id bigint, p_registration_id bigint)
returns bigint
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
begin
    return (
        -- Without a card: what was recorded and has not come back, less what staff gave back.
        select coalesce(sum(o.amount_minor - o.refunded_minor), 0)::bigint
        from payment.offline_payments as o
        where
            o.studio_id = v_studio_id
            and o.family_id = p_family_id
            and o.registration_id = p_registration_id
            and o.status = 'received'
    )
    + (
        select
            coalesce(
                sum(
                    case t.type when 'sale' then t.amount_minor else -t.amount_minor end
                ),
                0
            )::bigint
        from payment.payments as p
        inner join payment.transactions as t
            on p.studio_id = t.studio_id and p.family_id = t.family_id and p.id = t.payment_id
        where
            p.studio_id = v_studio_id
            and p.family_id = p_family_id
            and p.registration_id = p_registration_id
            and payment.is_live(t)
    );
end;
$$;
alter function payment.paid_minor(bigint, bigint) owner to payment;
grant execute on function payment.paid_minor(bigint, bigint) to enrollment;
comment on function payment.paid_minor(bigint, bigint) is
$$How much of a registration's money is with us, in minor units: sales less voids and refunds, and
what staff recorded without a card, less what came back and what they gave back.

Money counts from its authorization. For enrollment.$$;
