create or replace function payment.allowed_calls()
returns table (purpose text, method text, path_form text)
language sql
immutable
parallel safe
set search_path = ''
set timezone = 'UTC'
as $$
    values
    ('find_shopper', 'GET', '^/shoppers\?limit=1&filter=customReference_eq_[A-Za-z0-9_-]+$'),
    ('create_shopper', 'POST', '^/shoppers$'),
    ('create_order', 'POST', '^/orders$'),
    ('create_session', 'POST', '^/payment-sessions$'),
    ('fetch_session', 'GET', '^/payment-sessions/[A-Za-z0-9_-]+$'),
    ('fetch_transaction', 'GET', '^/transactions/[A-Za-z0-9_-]+$'),
    ('fetch_hosted_card', 'GET', '^/hosted-cards/[A-Za-z0-9_-]+$'),
    ('find_stored_card', 'GET', '^/shoppers/[A-Za-z0-9_-]+/stored-cards(\?[^\s#]+)?$'),
    ('create_stored_card', 'POST', '^/stored-cards$'),
    ('charge_stored_card', 'POST', '^/transactions$'),
    ('find_charge', 'GET', '^/transactions\?[^\s#]+$'),
    ('void_transaction', 'POST', '^/transactions$'),
    ('refund_transaction', 'POST', '^/transactions$'),
    ('find_returns', 'GET', '^/transactions\?[^\s#]+$'),
    ('list_notifications', 'GET', '^/notifications\?[^\s#]+$'),
    ('list_link_transactions', 'GET', '^/transactions\?[^\s#]+$'),
    ('list_batches', 'GET', '^/batches(\?[^\s#]+)?$'),
    ('list_batch_transactions', 'GET', '^/transactions\?[^\s#]+$')
$$;
alter function payment.allowed_calls() owner to payment;
comment on function payment.allowed_calls() is
$$Everything that Callboard may ask of the gateway: for what, how, and where on its host.

A CHECK on payment.gateway_calls refuses any other call. The shim has the same list, since it has
the keys: a test compares both.$$;
