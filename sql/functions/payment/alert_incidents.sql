create or replace function payment.alert_incidents()
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return payment.raise_alerts(now());
end;
$$;
alter function payment.alert_incidents() owner to payment;
grant execute on function payment.alert_incidents() to scheduler;
comment on function payment.alert_incidents() is
$$Job: have somebody told by mail of what can't wait, and of what fails again and again.

Answers of how many entries of the work list.$$;
