create or replace function payment.month_of(p_day date)
returns date
language sql
immutable
parallel safe
set search_path = ''
set timezone = 'UTC'
as $$
    select make_date(extract(year from p_day)::integer, extract(month from p_day)::integer, 1)
$$;
alter function payment.month_of(date) owner to payment;
comment on function payment.month_of(date) is
$$The first day of the month in which a day lies.$$;
