create type pricing.part as (
    number smallint,
    due_on date,
    amount_minor bigint
);
alter type pricing.part owner to pricing;
comment on type pricing.part is
$$One part of a total: its number from 1 on, when it is due, how much.

due_on: local date of the studio. amount_minor: minor units. Quotes keep their parts in this form:
attributes may be added at its end, none may change.$$;
