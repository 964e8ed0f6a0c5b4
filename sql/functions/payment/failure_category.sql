create or replace function payment.failure_category(
    p_code text, p_reason text default null, p_http_status integer default null
)
returns text
language sql
immutable
parallel safe
set search_path = ''
set timezone = 'UTC'
as $$
    -- A word for why beats the one who said it, and both beat the HTTP status.
    select
        case
            when w.word in ('insufficientFunds', 'limitExceeded', 'maxAmountExceeded')
                then 'insufficient_funds'
            when w.word = 'cardExpired' then 'card_expired'
            when
                w.word in (
                    'doNotResubmit', 'cardTypeNotSupported',
                    'cardNotValidForCredentialOnFile', 'invalidPin'
                )
                then 'card_refused'
            when w.word = 'cvvMismatch' then 'security_code'
            when w.word in ('avsStreetMismatch', 'avsPostalCodeMismatch') then 'address'
            when w.word in ('3dsEnforcedOnEcommerceSales', 'maestro3dsRequired')
                then 'three_d_secure'
            when w.word like 'highRisk%' or w.word = 'panFrequencyCheck' then 'risk_rule'
            when w.word = 'merchantNotActive' then 'credentials'
            when w.word in ('card_needed', 'card_gone') then 'card_missing'
            when w.word in ('processorError', 'timeout', 'missingBinData', 'no_answer')
                then 'gateway_unavailable'
            when w.word like 'declinedBy%' then 'declined'
            when p_http_status in (401, 403) then 'credentials'
            when p_http_status >= 500 or p_http_status in (408, 409, 429)
                then 'gateway_unavailable'
            when p_http_status >= 400 then 'request_refused'
            else 'unknown'
        end
    from (select coalesce(p_reason, p_code) as word) as w
$$;
alter function payment.failure_category(text, text, integer) owner to payment;
comment on function payment.failure_category(text, text, integer) is
$$What kind of failure the gateway's words and HTTP status are.

The kinds are in payment.failure_categories().

p_code: who declined it; p_reason: why, where that is said.$$;
