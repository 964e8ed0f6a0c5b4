create or replace function payment.post_returned_credits()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform payment.post_credit_return(u.id)
    from pricing.credit_uses as u
    where
        u.studio_id = new.studio_id
        and u.family_id = new.family_id
        and u.registration_id = new.subject_id
        and u.status = 'returned'
    order by u.id;
    return null;
end;
$$;
alter function payment.post_returned_credits() owner to payment;
comment on function payment.post_returned_credits() is
$$Post the credits that a family has again once its registration was refunded.$$;

create or replace trigger _500_post_returned_credits
after insert on ops.domain_events
for each row when (new.kind = 'registration.refunded')
execute function payment.post_returned_credits();
