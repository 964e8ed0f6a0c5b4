create or replace function payment.require_open_month()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    -- A statement of its own: the next one sees which months were closed before it was had.
    perform payment.lock_ledger(false);
    if new.posted_on < payment.open_from() then
        perform ops.fail('month_closed', jsonb_build_object('posted_on', new.posted_on));
    end if;
    return new;
end;
$$;
alter function payment.require_open_month() owner to payment;
comment on function payment.require_open_month() is
$$Refuse to post to a month that is closed.

payment.post() puts what comes late into the first month that is open.$$;

create or replace trigger _100_require_open_month
before insert on payment.ledger_postings
for each row execute function payment.require_open_month();
