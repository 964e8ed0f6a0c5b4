create type pricing.line as (
    cart_id bigint,
    student_id bigint,
    kind text,
    code text,
    section_id bigint,
    basis jsonb,
    amount_minor bigint,
    rule_table text,
    rule_id bigint,
    rule_version integer
);
alter type pricing.line owner to pricing;
comment on type pricing.line is
$$One line of a price: for whom, what, from which inputs, how much, by which rule's version.

student_id null: a line of the whole family. amount_minor: minor units, negative where it is taken
off. Quotes keep their lines in this form: attributes may be added at its end, none may change.$$;
