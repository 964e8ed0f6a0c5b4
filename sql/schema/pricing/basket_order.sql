create type pricing.basket_order as (
    cart_id bigint,
    family_id bigint,
    term_id bigint,
    awarded boolean,
    coupon_code text,
    coupon_uses jsonb
);
alter type pricing.basket_order owner to pricing;
comment on type pricing.basket_order is
$$One order as pricing sees it beside its items: the facts of a cart and its family, and no rule.

awarded: the family has used its discount of the term. coupon_code: as it was entered, trimmed.
coupon_uses: array of {key, uses, family_uses}, of coupons with a cap that have been used.$$;
