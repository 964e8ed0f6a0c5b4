create or replace function payment.state_rank(p_state text)
returns smallint
language sql
immutable
parallel safe
set search_path = ''
set timezone = 'UTC'
as $$
    select
        case p_state
            when 'authorizationPending' then 10
            when 'heldForReview' then 20
            when 'authorized' then 30
            when 'captured' then 40
            when 'settlementDelayed' then 50
            when 'settled' then 60
            when 'declined' then 70
            when 'expired' then 70
            when 'rejected' then 70
            when 'voided' then 80
            else 0
        end::smallint
$$;
alter function payment.state_rank(text) owner to payment;
comment on function payment.state_rank(text) is
$$How far a transaction's state has come; a lower rank never replaces a higher one.

0: a state we don't know.$$;
