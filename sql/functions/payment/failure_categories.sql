create or replace function payment.failure_categories()
returns table (category text, lane text, severity text, retryable boolean)
language sql
immutable
parallel safe
set search_path = ''
set timezone = 'UTC'
as $$
    values
    ('insufficient_funds', 'office', 'warning', true),
    ('declined', 'office', 'warning', false),
    ('card_expired', 'office', 'warning', false),
    ('card_refused', 'office', 'warning', false),
    ('card_missing', 'office', 'warning', false),
    ('security_code', 'office', 'warning', false),
    ('address', 'office', 'warning', false),
    ('risk_rule', 'office', 'warning', false),
    ('three_d_secure', 'developer', 'critical', false),
    ('gateway_unavailable', 'developer', 'warning', true),
    ('credentials', 'developer', 'critical', false),
    ('request_refused', 'developer', 'critical', false),
    ('unknown', 'office', 'warning', false)
$$;
alter function payment.failure_categories() owner to payment;
comment on function payment.failure_categories() is
$$Every kind of failure about money: who looks after it, how bad it is, whether a new try helps.

lane: office or developer; severity: critical or warning. What is not known is not tried again.$$;
