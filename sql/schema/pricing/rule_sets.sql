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
            'add_ons', 'tiers', 'class_prices', 'date_prices'
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
