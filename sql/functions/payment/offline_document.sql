create or replace function payment.offline_document(p_offline_payment_id bigint)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return (
        select
            jsonb_build_object(
                'offline_payment_id', o.id,
                'registration_id', r.id,
                'registration_status', r.status,
                'amount_minor', o.amount_minor,
                'due_minor', payment.balance_minor(r.family_id, r.id),
                'balance_due_on', case when r.status = 'partial' then r.balance_due_on end
            )
        from payment.offline_payments as o
        inner join enrollment.registrations as r
            on
                o.studio_id = r.studio_id
                and o.family_id = r.family_id
                and o.registration_id = r.id
        where o.studio_id = auth.studio_id() and o.id = p_offline_payment_id
    );
end;
$$;
alter function payment.offline_document(bigint) owner to payment;
comment on function payment.offline_document(bigint) is
$$A payment without a card and its registration, as staff see what they have done; minor units.$$;
