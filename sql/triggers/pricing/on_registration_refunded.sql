create or replace function pricing.on_registration_refunded()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    update pricing.family_awards as w
    set status = 'returned'
    where
        w.studio_id = new.studio_id
        and w.family_id = new.family_id
        and w.registration_id = new.subject_id
        and w.status = 'used';
    update pricing.coupon_redemptions as u
    set status = 'returned'
    where
        u.studio_id = new.studio_id
        and u.family_id = new.family_id
        and u.registration_id = new.subject_id
        and u.status = 'used';
    update pricing.credit_uses as u
    set status = 'returned'
    where
        u.studio_id = new.studio_id
        and u.family_id = new.family_id
        and u.registration_id = new.subject_id
        and u.status = 'used';
    return null;
end;
$$;
alter function pricing.on_registration_refunded() owner to pricing;
comment on function pricing.on_registration_refunded() is
$$Give back what a registration had used when all that was paid for it has gone back.

The family award, the coupon, and the parts of credits, which are the family's to spend again.$$;

create or replace trigger _300_on_registration_refunded
after insert on ops.domain_events
for each row when (new.kind = 'registration.refunded')
execute function pricing.on_registration_refunded();
