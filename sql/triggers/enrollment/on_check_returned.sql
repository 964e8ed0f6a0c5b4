create or replace function enrollment.on_check_returned()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_registration constant enrollment.registrations
    := enrollment.lock_registration((new.payload ->> 'registration_id')::bigint);
begin
    if
        v_registration.status = 'confirmed'
        and payment.balance_minor(v_registration.family_id, v_registration.id) > 0
    then
        update enrollment.registrations as r
        set status = 'partial', balance_due_on = studio.local_date(now())
        where r.studio_id = v_registration.studio_id and r.id = v_registration.id;
    end if;
    return null;
end;
$$;
alter function enrollment.on_check_returned() owner to enrollment;
comment on function enrollment.on_check_returned() is
$$Let what a returned check had paid be due again, at once.

What is enrolled stays so: staff decide what becomes of it. Parts of a plan have days of their own.$$;

create or replace trigger _200_on_check_returned
after insert on ops.domain_events
for each row when (
    new.kind = 'payment.check_returned' and not (new.payload ->> 'is_in_parts')::boolean
)
execute function enrollment.on_check_returned();
