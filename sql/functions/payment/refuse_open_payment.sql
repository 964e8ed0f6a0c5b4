create or replace function payment.refuse_open_payment(p_registration_id bigint)
returns void
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    if exists (
        select
        from payment.payments as p
        where
            p.studio_id = auth.studio_id()
            and p.registration_id = p_registration_id
            and p.status = 'open'
    ) then
        perform ops.fail('payment_under_way');
    end if;
end;
$$;
alter function payment.refuse_open_payment(bigint) owner to payment;
comment on function payment.refuse_open_payment(bigint) is
$$Raise payment_under_way while a payment of a registration is open: its money may still come.$$;
