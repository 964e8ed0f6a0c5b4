begin;
set local search_path = tap, public;
select plan(17);
-- What staff or developers have to do differs by kind, and a kind by the most telling word there is.
select is(payment.failure_category(c.code, c.reason, c.status), c.category, c.category || ': ' || c.why)
from (
    values
    ('declinedByIssuer', 'insufficientFunds', 201, 'insufficient_funds', 'no money'),
    ('declinedByIssuer', 'limitExceeded', null, 'insufficient_funds', 'no money today'),
    ('declinedByProcessor', 'cardExpired', 201, 'card_expired', 'the card is too old'),
    ('declinedByIssuer', 'doNotResubmit', 201, 'card_refused', 'never again'),
    ('declinedByIssuer', 'cvvMismatch', 201, 'security_code', 'another code'),
    ('declinedByIssuer', 'avsStreetMismatch', 201, 'address', 'another street'),
    ('declinedByGateway', '3dsEnforcedOnEcommerceSales', 201, 'three_d_secure', 'our mistake'),
    ('declinedByGateway', 'highRiskPan', 201, 'risk_rule', 'a rule of the studio'),
    ('declinedByIssuer', null, 500, 'declined', 'a known code beats the status'),
    ('declinedByIssuer', 'somethingNew', 201, 'unknown', 'a word that nobody knows'),
    ('no_answer', null, null, 'gateway_unavailable', 'nothing came'),
    (null, null, 503, 'gateway_unavailable', 'it is down'),
    (null, null, 429, 'gateway_unavailable', 'it is busy'),
    (null, null, 401, 'credentials', 'our key'),
    (null, null, 400, 'request_refused', 'our request'),
    ('card_needed', null, null, 'card_missing', 'nothing to charge')
) as c (code, reason, status, category, why);
select is_empty(
    $$
        select payment.failure_category(c.code)
        from unnest(
            array[
                'insufficientFunds', 'cardExpired', 'doNotResubmit', 'cvvMismatch',
                'avsStreetMismatch', 'maestro3dsRequired', 'highRiskIpAddress',
                'merchantNotActive', 'card_gone', 'timeout', 'declinedByIssuer', 'x'
            ]
        ) as c (code)
        except
        select k.category from payment.failure_categories() as k
    $$,
    'each kind says who looks after it'
);
select * from finish();
rollback;
