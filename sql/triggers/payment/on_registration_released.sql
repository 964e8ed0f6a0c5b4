create or replace function payment.on_registration_released()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform payment.withdraw_charge(p.id)
    from payment.payments as p
    where
        p.studio_id = new.studio_id
        and p.family_id = new.family_id
        and p.registration_id = new.subject_id
        and p.status = 'open';
    return null;
end;
$$;
alter function payment.on_registration_released() owner to payment;
comment on function payment.on_registration_released() is
$$Take no money for seats that are not kept any more.$$;

create or replace trigger _250_on_registration_released
after insert on ops.domain_events
for each row when (new.kind = 'registration.released')
execute function payment.on_registration_released();
