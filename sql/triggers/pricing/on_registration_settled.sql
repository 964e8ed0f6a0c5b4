create or replace function pricing.on_registration_settled()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_is_confirmed constant boolean := new.kind = 'registration.confirmed';
begin
    update pricing.family_awards as w
    set status = case when v_is_confirmed then 'used' else 'returned' end
    where
        w.studio_id = new.studio_id
        and w.registration_id = new.subject_id
        and w.status = 'held';
    update pricing.coupon_redemptions as u
    set status = case when v_is_confirmed then 'used' else 'returned' end
    where
        u.studio_id = new.studio_id
        and u.family_id = new.family_id
        and u.registration_id = new.subject_id
        and u.status = 'held';
    update pricing.credit_uses as u
    set status = case when v_is_confirmed then 'used' else 'returned' end
    where
        u.studio_id = new.studio_id
        and u.family_id = new.family_id
        and u.registration_id = new.subject_id
        and u.status = 'held';
    update pricing.adjustments as a
    set
        status = case when v_is_confirmed then 'used' else 'open' end,
        registration_id = case when v_is_confirmed then a.registration_id end
    where
        a.studio_id = new.studio_id
        and a.family_id = new.family_id
        and a.registration_id = new.subject_id
        and a.status = 'held';
    return null;
end;
$$;
alter function pricing.on_registration_settled() owner to pricing;
comment on function pricing.on_registration_settled() is
$$Use what a registration holds when it is confirmed, and give it back when its hold ends.

The family award, the coupon, the parts of credits, and the adjustments by staff.$$;

create or replace trigger _300_on_registration_settled
after insert on ops.domain_events
for each row when (new.kind in ('registration.confirmed', 'registration.released'))
execute function pricing.on_registration_settled();
