create type pricing.basket_item as (
    cart_id bigint,
    family_id bigint,
    term_id bigint,
    student_id bigint,
    section_id bigint,
    class_id bigint,
    price_mode text,
    division_id bigint,
    program_id bigint,
    weekdays smallint [],
    starts_on date,
    ends_on date,
    enrolled boolean,
    rate_step_basis text,
    division_rank smallint,
    division_mixes boolean,
    plan_fee_waived boolean,
    exempt_fee_codes text [],
    location_id bigint,
    tier_id bigint,
    dates date [],
    add_on_codes text [],
    meetings integer,
    meetings_left integer,
    tuition_proration text,
    days integer,
    days_left integer,
    auto_pay_offered boolean
);
alter type pricing.basket_item owner to pricing;
comment on type pricing.basket_item is
$$One student in one section, as pricing sees it: the facts a price is made of, and no rule.

enrolled: confirmed before, so counted but not charged. weekdays: ISO, one entry a weekly meeting.
rate_step_basis: the setting of the term. exempt_fee_codes: fees that the class does not cause.
tier_id, dates, add_on_codes: what was chosen with it. meetings, meetings_left: dated ones of the
section, in all and not yet begun; days, days_left: of its time, in all and from the date of the
order on; all four where the term prorates anything. tuition_proration: the setting of the term.
auto_pay_offered: by the division.$$;
