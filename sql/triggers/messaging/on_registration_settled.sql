create or replace function messaging.on_registration_settled()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform messaging.queue_message(
        new.family_id,
        case
            when new.kind = 'registration.confirmed'
                then case
                    when new.payload ->> 'balance_due_on' is null then 'registration_confirmed'
                    else 'registration_partial'
                end
            when new.payload ->> 'registration_status' in ('confirmed', 'partial')
                then 'payment_duplicate'
            else 'payment_returned'
        end,
        new.kind || ':' || new.subject_id || coalesce(':' || (new.payload ->> 'payment_id'), ''),
        new.subject_id
    );
    return null;
end;
$$;
alter function messaging.on_registration_settled() owner to messaging;
comment on function messaging.on_registration_settled() is
$$Tell the family that it is enrolled, or that its payment came too late and goes back.$$;

create or replace trigger _400_on_registration_settled
after insert on ops.domain_events
for each row when (new.kind in ('registration.confirmed', 'registration.payment_declined'))
execute function messaging.on_registration_settled();
