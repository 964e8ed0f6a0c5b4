create or replace function payment.post_registration(p_registration_id bigint)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_registration record;
    v_amounts jsonb;
begin
    select r.family_id, r.quote_id, r.total_minor, c.confirmed_at into v_registration
    from enrollment.registrations as r
    inner join enrollment.confirmations as c
        on
            r.studio_id = c.studio_id
            and r.family_id = c.family_id
            and r.id = c.registration_id
    where r.studio_id = auth.studio_id() and r.id = p_registration_id;
    if not found then
        return false;
    end if;
    select jsonb_object_agg(a.account, a.amount_minor) into v_amounts
    from (
        select
            case
                when l.kind in ('discount', 'family_discount', 'coupon') then 'discounts'
                when l.kind = 'credit' then 'credits'
                else 'revenue:' || l.kind
            end as account,
            - sum(l.amount_minor) as amount_minor
        from pricing.line_sums(v_registration.family_id, v_registration.quote_id) as l
        group by 1
    ) as a;
    return payment.post(
        'registration',
        p_registration_id,
        v_registration.family_id,
        p_registration_id,
        studio.local_date(v_registration.confirmed_at),
        coalesce(v_amounts, '{}')
        || jsonb_build_object('receivable', v_registration.total_minor)
    );
end;
$$;
alter function payment.post_registration(bigint) owner to payment;
comment on function payment.post_registration(bigint) is
$$Post a registration that has been confirmed: what it costs, by the kinds of its quote's lines.

Credits that it spent are no longer owed to the family. Nothing for one that has no cause yet.$$;
