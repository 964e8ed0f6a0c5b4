-- What a student has each week, by stretch of time.
-- depends: 0014.tiers-and-dates
create type pricing.weekly_run as (
    student_id bigint,
    of_enrolled boolean,
    dates daterange,
    weekly_count integer
);
alter type pricing.weekly_run owner to pricing;
comment on type pricing.weekly_run is
$$A student's weekly classes of one stretch of time, in which one runs on into the next.

of_enrolled: of what is confirmed alone.$$;
