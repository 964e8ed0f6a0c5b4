create type pricing.picked_item as (
    cart_id bigint,
    family_id bigint,
    term_id bigint,
    student_id bigint,
    section_id bigint,
    tier_id bigint,
    dates date [],
    add_on_codes text [],
    enrolled boolean,
    weekdays smallint []
);
alter type pricing.picked_item owner to pricing;
comment on type pricing.picked_item is
$$One student in one section as it was picked, before the catalogue is asked about the section.

In a cart, confirmed before (enrolled), or imagined: then family_id is null and student_id is any
number.$$;
