create or replace function pricing.on_registration_settled()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    update pricing.family_awards as w
    set status = case new.kind when 'registration.confirmed' then 'used' else 'returned' end
    where
        w.studio_id = new.studio_id
        and w.registration_id = new.subject_id
        and w.status = 'held';
    update pricing.coupon_redemptions as u
    set status = case new.kind when 'registration.confirmed' then 'used' else 'returned' end
    where
        u.studio_id = new.studio_id
        and u.family_id = new.family_id
        and u.registration_id = new.subject_id
        and u.status = 'held';
    return null;
end;
$$;
alter function pricing.on_registration_settled() owner to pricing;
comment on function pricing.on_registration_settled() is
$$Use the award and the coupon of a registration when it is confirmed, return them when its hold
ends.$$;

create or replace trigger _300_on_registration_settled
after insert on ops.domain_events
for each row when (new.kind in ('registration.confirmed', 'registration.released'))
execute function pricing.on_registration_settled();
