create type pricing.basket_order as (
    cart_id bigint,
    family_id bigint,
    term_id bigint,
    awarded boolean,
    coupon_code text,
    coupon_uses jsonb,
    adjustment_ids bigint [],
    line_override_ids bigint [],
    credit_minor bigint,
    ordered_on date,
    family_discount_later boolean
);
alter type pricing.basket_order owner to pricing;
comment on type pricing.basket_order is
$$One order as pricing sees it beside its items: the facts of a cart and its family, and no rule.

awarded: the family has used its discount of the term. coupon_code: as it was entered, trimmed.
coupon_uses: array of {key, uses, family_uses}, of coupons with a cap that have been used.
adjustment_ids, line_override_ids: what staff have set for it. credit_minor: what the family has left
of its credits, null where it does not spend them.
ordered_on: local date of the studio. family_discount_later: the setting of the term.$$;
