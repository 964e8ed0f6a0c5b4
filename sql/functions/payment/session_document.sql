create or replace function payment.session_document(p_payment payment.payments)
returns jsonb
language sql
stable
set search_path = ''
set timezone = 'UTC'
as $$
    select
        jsonb_build_object(
            'payment_id', p_payment.id,
            'studio_id', p_payment.studio_id,
            'registration_id', p_payment.registration_id,
            'status', p_payment.status,
            'amount_minor', p_payment.amount_minor,
            'currency', p_payment.currency,
            'session_url', p_payment.session_url,
            'session_ends_at', p_payment.session_ends_at
        )
$$;
alter function payment.session_document(payment.payments) owner to payment;
comment on function payment.session_document(payment.payments) is
$$A payment as its payer sees it.$$;
