create table pricing.coupon_sections (
    studio_id integer not null,
    coupon_id bigint not null,
    section_id bigint not null,
    constraint coupon_sections_pkey primary key (studio_id, coupon_id, section_id),
    constraint coupon_sections_coupon_fkey
    foreign key (studio_id, coupon_id) references pricing.coupons (studio_id, id)
    on delete restrict,
    constraint coupon_sections_section_fkey
    foreign key (studio_id, section_id) references catalog.sections (studio_id, id)
    on delete restrict
);
create index coupon_sections_section_idx on pricing.coupon_sections (studio_id, section_id);
alter table pricing.coupon_sections owner to pricing;
alter table pricing.coupon_sections enable row level security;
alter table pricing.coupon_sections force row level security;
comment on table pricing.coupon_sections is
$$The sections that a version of a coupon is limited to; one without any row is for all.

Append-only: another choice of sections is another version.$$;
