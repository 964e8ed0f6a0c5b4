create type pricing.student_division as (
    cart_id bigint,
    student_id bigint,
    division_id bigint,
    enrolled_division_id bigint
);
alter type pricing.student_division owner to pricing;
comment on type pricing.student_division is
$$The one division in which a student's tuition and fees are priced.

division_id: by what is confirmed together with the cart; enrolled_division_id: by what is confirmed
alone, null when nothing is.$$;
