create or replace function payment.on_registration_confirmed()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_transaction_id bigint;
begin
    perform payment.post_registration(new.subject_id);
    select c.transaction_id into v_transaction_id
    from enrollment.confirmations as c
    where
        c.studio_id = new.studio_id
        and c.family_id = new.family_id
        and c.registration_id = new.subject_id;
    if v_transaction_id is not null then
        perform payment.post_application(v_transaction_id);
    end if;
    perform payment.open_plan(new.subject_id);
    return null;
end;
$$;
alter function payment.on_registration_confirmed() owner to payment;
comment on function payment.on_registration_confirmed() is
$$Post what a confirmed registration costs and the sale that paid it, and make its plan.$$;

create or replace trigger _300_on_registration_confirmed
after insert on ops.domain_events
for each row when (new.kind = 'registration.confirmed')
execute function payment.on_registration_confirmed();
