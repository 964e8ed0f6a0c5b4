create or replace function enrollment.record_confirmation(
    p_registration_id bigint,
    p_transaction_id bigint default null,
    p_offline_payment_id bigint default null
)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_confirmation_id bigint;
begin
    -- The row is written only if its cause is there: read afresh, whatever the caller believes.
    insert into enrollment.confirmations (
        studio_id, family_id, registration_id, cause, transaction_id, offline_payment_id,
        amount_minor
    )
    select
        r.studio_id,
        r.family_id,
        r.id,
        case
            when r.total_minor = 0 then 'nothing_due'
            when o.review_id is not null then 'review'
            when o.id is not null then 'offline'
            else 'transaction'
        end,
        t.id,
        o.id,
        coalesce(o.amount_minor, d.due_minor)
    from enrollment.registrations as r
    -- The first part of what is paid in parts.
    cross join lateral pricing.first_part(r.quote_id) as d
    left join payment.payments as p
        on
            r.studio_id = p.studio_id
            and r.family_id = p.family_id
            and r.id = p.registration_id
            and r.total_minor > 0
            and d.due_minor = p.amount_minor
    left join payment.transactions as t
        on
            p.studio_id = t.studio_id
            and p.family_id = t.family_id
            and p.id = t.payment_id
            and t.id = p_transaction_id
            and t.type = 'sale'
            and t.is_authorized
            and t.state in ('authorized', 'captured', 'settled', 'settlementDelayed')
            and t.amount_minor = d.due_minor
            and t.currency = studio.currency()
    left join payment.offline_payments as o
        on
            r.studio_id = o.studio_id
            and r.family_id = o.family_id
            and r.id = o.registration_id
            and o.id = p_offline_payment_id
            and o.status = 'received'
            and o.currency = studio.currency()
            and r.total_minor > 0
            and (
                o.amount_minor between d.due_minor and r.total_minor
                -- The rest may be owed until a day on which owners have agreed.
                or (o.amount_minor < d.due_minor and r.balance_due_on is not null)
            )
    where
        r.studio_id = v_studio_id
        and r.id = p_registration_id
        and r.status = 'pending_payment'
        and (
            (r.total_minor = 0 and num_nonnulls(p_transaction_id, p_offline_payment_id) = 0)
            or (r.total_minor > 0 and num_nonnulls(t.id, o.id) = 1)
        )
    returning id into v_confirmation_id;
    return v_confirmation_id;
end;
$$;
alter function enrollment.record_confirmation(bigint, bigint, bigint) owner to confirmer;
grant execute on function enrollment.record_confirmation(bigint, bigint, bigint) to enrollment;
comment on function enrollment.record_confirmation(bigint, bigint, bigint) is
$$Record why a pending registration may be confirmed.

Answers the confirmation, or null without a cause.
A cause is an authorized sale over exactly the amount due in the studio's currency, a payment that
staff recorded, over as much, or less where the rest is due on a day, or a total of 0.
Role confirmer owns this function and alone writes enrollment.confirmations.$$;
