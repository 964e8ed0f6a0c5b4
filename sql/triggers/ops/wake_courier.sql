create or replace function ops.wake_courier()
returns trigger
language plpgsql
volatile
set search_path = ''
set timezone = 'UTC'
as $$
begin
    -- Only a hint, without data: the courier polls as well, since nobody may be listening.
    perform pg_notify('callboard_outbox', tg_table_name);
    return null;
end;
$$;
alter function ops.wake_courier() owner to ops;
comment on function ops.wake_courier() is
$$Tell a listening courier that something waits to be sent.$$;

create or replace trigger _900_wake_courier
after insert on messaging.messages
for each statement execute function ops.wake_courier();

create or replace trigger _900_wake_courier
after insert on payment.gateway_calls
for each statement execute function ops.wake_courier();
