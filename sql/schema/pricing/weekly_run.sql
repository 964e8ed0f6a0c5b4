create type pricing.weekly_run as (
    student_id bigint,
    of_enrolled boolean,
    dates daterange,
    basis text,
    weekly_count integer,
    is_paid boolean,
    is_joined boolean,
    location_ids bigint [],
    proration text,
    units bigint,
    units_left bigint
);
alter type pricing.weekly_run owner to pricing;
comment on type pricing.weekly_run is
$$A stretch of the term in which a student's standard classes run side by side, and are counted.

of_enrolled: of what is confirmed, looked at by itself. basis, weekly_count: how the weekly classes
are counted, and how many there are. is_paid: all of it is confirmed. is_joined: some of the classes
don't overlap, and another one joins them. location_ids: where the classes are. proration, units,
units_left: of the classes that come new, in all and left, where the term prorates.$$;
