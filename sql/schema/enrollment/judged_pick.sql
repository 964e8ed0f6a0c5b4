create type enrollment.judged_pick as (
    number integer,
    family_id bigint,
    student_id bigint,
    section_id bigint,
    is_by_date boolean,
    acknowledged text [],
    as_of timestamptz
);
alter type enrollment.judged_pick owner to enrollment;
comment on type enrollment.judged_pick is
$$One student for one section, as rules look at it: in a cart, wanted, or enrolled.

number: the caller's own, to know it by. as_of: the instant at which it is, or was, asked for.$$;
