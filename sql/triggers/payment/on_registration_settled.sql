create or replace function payment.on_registration_settled()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    update payment.payment_reviews as v
    set status = 'withdrawn', decided_at = now()
    where
        v.studio_id = new.studio_id
        and v.family_id = new.family_id
        and v.registration_id = new.subject_id
        and v.status = 'submitted';
    return null;
end;
$$;
alter function payment.on_registration_settled() owner to payment;
comment on function payment.on_registration_settled() is
$$Withdraw what waits for staff's review once its registration is paid otherwise or given up.

Of one whose hold lapsed, the money may still be found.$$;

create or replace trigger _250_on_registration_settled
after insert on ops.domain_events
for each row when (
    new.kind = 'registration.confirmed'
    or (new.kind = 'registration.released' and new.payload ->> 'status' = 'cancelled')
)
execute function payment.on_registration_settled();
