create or replace function payment.open_from()
returns date
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return coalesce(
        (
            select payment.month_of(max(p.month) + 31)
            from payment.ledger_periods as p
            where p.studio_id = auth.studio_id()
        ),
        '-infinity'
    );
end;
$$;
alter function payment.open_from() owner to payment;
comment on function payment.open_from() is
$$The first local day to which something can be posted: all months before are closed.

-infinity where none has been closed yet.$$;
