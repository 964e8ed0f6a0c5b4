-- Facts of a whole order beside those of its items, and every kind of line a price can have.
-- depends: 0008.priced-facts
-- squawk-ignore-file ban-drop-constraint, constraint-missing-not-valid
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create type pricing.basket_order as (
    cart_id bigint,
    family_id bigint,
    term_id bigint,
    awarded boolean,
    coupon_code text
);
alter type pricing.basket_order owner to pricing;
comment on type pricing.basket_order is
$$One order as pricing sees it beside its items: the facts of a cart and its family, and no rule.

awarded: the family has used its discount of the term. coupon_code: as it was entered, trimmed.$$;

alter type pricing.basket_item add attribute location_id bigint;
alter type pricing.basket_item add attribute tier_id bigint;
alter type pricing.basket_item add attribute dates date[];
alter type pricing.basket_item add attribute add_on_ids bigint[];
alter type pricing.basket_item add attribute meetings integer;
alter type pricing.basket_item add attribute meetings_left integer;
comment on type pricing.basket_item is
$$One student in one section, as pricing sees it: the facts a price is made of, and no rule.

enrolled: confirmed before, so counted but not charged. weekdays: ISO, one entry a weekly meeting.
rate_step_basis: the setting of the term. exempt_fee_codes: fees that the class does not cause.
tier_id, dates, add_on_ids: what was chosen with it. meetings, meetings_left: dated ones of the
section, in all and not yet begun.$$;

-- What is stored satisfies the new constraints: they only allow more.
alter table pricing.quote_lines drop constraint quote_lines_kind_known;
alter table pricing.quote_lines drop constraint quote_lines_sign;
alter table pricing.quote_lines
add constraint quote_lines_kind_known check (
    kind in (
        'tuition', 'program', 'override', 'tier', 'drop_in', 'fee', 'discount', 'add_on',
        'family_discount', 'plan_fee', 'coupon', 'adjustment', 'credit'
    )
),
add constraint quote_lines_sign check (
    case
        when kind in ('discount', 'family_discount', 'coupon', 'credit') then amount_minor < 0
        when kind <> 'adjustment' then amount_minor >= 0
        else true
    end
);

create table pricing.rule_sets (
    studio_id integer not null,
    term_id bigint not null,
    kind text not null,
    version integer not null default 0,
    constraint rule_sets_pkey primary key (studio_id, term_id, kind),
    constraint rule_sets_term_fkey
    foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete restrict,
    constraint rule_sets_kind_known check (
        kind in (
            'rates', 'programs', 'fees', 'family_discount', 'plans', 'discounts', 'coupons',
            'add_ons', 'tiers'
        )
    ),
    constraint rule_sets_version_not_negative check (version >= 0)
);
alter table pricing.rule_sets owner to pricing;
alter table pricing.rule_sets enable row level security;
alter table pricing.rule_sets force row level security;
comment on table pricing.rule_sets is
$$How often each table of a term's price rules has been saved.

Staff save a table as a whole, with the version they have seen: who comes second is told so.$$;
