create or replace function payment.post_credit_return(p_credit_use_id bigint)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_use record;
begin
    select u.family_id, u.registration_id, u.amount_minor, max(f.settled_at) as refunded_at
    into v_use
    from pricing.credit_uses as u
    inner join enrollment.registrations as r
        on u.studio_id = r.studio_id and u.registration_id = r.id and r.status = 'refunded'
    inner join payment.refunds as f
        on r.studio_id = f.studio_id and r.family_id = f.family_id and r.id = f.registration_id
    where u.studio_id = auth.studio_id() and u.id = p_credit_use_id and u.status = 'returned'
    group by u.family_id, u.registration_id, u.amount_minor;
    if not found then
        return false;
    end if;
    return payment.post(
        'credit_return',
        p_credit_use_id,
        v_use.family_id,
        v_use.registration_id,
        studio.local_date(v_use.refunded_at),
        jsonb_build_object('refunds', v_use.amount_minor, 'credits', - v_use.amount_minor)
    );
end;
$$;
alter function payment.post_credit_return(bigint) owner to payment;
comment on function payment.post_credit_return(bigint) is
$$Post that a credit which had been spent is the family's again: its registration was refunded.$$;
