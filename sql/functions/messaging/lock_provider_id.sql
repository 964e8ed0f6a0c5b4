create or replace function messaging.lock_provider_id(p_provider_id text)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    -- A receipt may be there before the answer to the sending is: whoever comes second sees the
    -- other's row.
    perform pg_advisory_xact_lock(hashtextextended('message ' || p_provider_id, 0))
    where p_provider_id is not null;
end;
$$;
alter function messaging.lock_provider_id(text) owner to messaging;
comment on function messaging.lock_provider_id(text) is
$$Let whoever stores or hears of a message's id at the provider take turns.

Before the row of the message is locked.$$;
