create table pricing.coupon_attempts (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    attempted_at timestamptz not null default now(),
    constraint coupon_attempts_pkey primary key (studio_id, id),
    constraint coupon_attempts_family_fkey
    foreign key (studio_id, family_id) references identity.families (studio_id, id)
    on delete restrict
);
create index coupon_attempts_family_idx
on pricing.coupon_attempts (studio_id, family_id, attempted_at);
alter table pricing.coupon_attempts owner to pricing;
alter table pricing.coupon_attempts enable row level security;
alter table pricing.coupon_attempts force row level security;
comment on table pricing.coupon_attempts is
'Coupon codes that a family entered and that don''t exist, counted so that nobody guesses them.';
