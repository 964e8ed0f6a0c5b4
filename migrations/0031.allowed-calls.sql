-- One list of what may be asked of the gateway; what an answer says went wrong, by code and field.
-- depends: 0030.receipts-and-consent
-- squawk-ignore-file constraint-missing-not-valid, ban-drop-constraint
set local lock_timeout = '3s';
set local statement_timeout = '60s';

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

create or replace function payment.is_allowed_call(p_purpose text, p_method text, p_path text)
returns boolean
language sql
immutable
parallel safe
set search_path = ''
set timezone = 'UTC'
as $$
    select
        exists (
            select
            from payment.allowed_calls() as a
            where a.purpose = p_purpose and a.method = p_method and p_path ~ a.path_form
        )
$$;
alter function payment.is_allowed_call(text, text, text) owner to payment;
comment on function payment.is_allowed_call(text, text, text) is
$$Whether Callboard may ask this of the gateway.$$;

alter table payment.gateway_calls
add column failures jsonb,
add constraint gateway_calls_failures_form check (jsonb_typeof(failures) = 'array'),
drop constraint gateway_calls_purpose_known,
drop constraint gateway_calls_method_known,
drop constraint gateway_calls_path_form,
add constraint gateway_calls_allowed check (payment.is_allowed_call(purpose, method, path));
comment on column payment.gateway_calls.answer_status is
'HTTP status of the last answer; it is no outcome: of money the transaction says that';
comment on column payment.gateway_calls.failures is
'what the last answer says went wrong: [{"code", "field"}], without words; read by
payment.has_failure()';
