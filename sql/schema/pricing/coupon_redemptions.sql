create table pricing.coupon_redemptions (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    coupon_id bigint not null,
    registration_id bigint not null,
    amount_minor bigint not null,
    status text not null default 'held',
    created_at timestamptz not null default now(),
    constraint coupon_redemptions_pkey primary key (studio_id, id),
    constraint coupon_redemptions_coupon_fkey
    foreign key (studio_id, coupon_id) references pricing.coupons (studio_id, id)
    on delete restrict,
    constraint coupon_redemptions_registration_fkey
    foreign key (studio_id, family_id, registration_id)
    references enrollment.registrations (studio_id, family_id, id) on delete restrict,
    constraint coupon_redemptions_registration_key unique (studio_id, family_id, registration_id),
    constraint coupon_redemptions_amount_positive check (amount_minor > 0),
    constraint coupon_redemptions_status_known check (status in ('held', 'used', 'returned'))
);
create index coupon_redemptions_coupon_idx on pricing.coupon_redemptions (studio_id, coupon_id);
alter table pricing.coupon_redemptions owner to pricing;
alter table pricing.coupon_redemptions enable row level security;
alter table pricing.coupon_redemptions force row level security;
comment on table pricing.coupon_redemptions is
$$The uses of coupons, one a registration at most; those held and used count towards the caps.

held with the seats at checkout, used at confirmation, returned when the hold ends.$$;
comment on column pricing.coupon_redemptions.amount_minor is 'minor units saved, a positive number';
comment on column pricing.coupon_redemptions.coupon_id is
'the version of the coupon that was live at checkout';
