create table pricing.custom_schedules (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    cart_id bigint not null,
    reason text not null,
    set_by bigint not null,
    valid_from timestamptz not null default now(),
    superseded_at timestamptz,
    auto_pay boolean not null default false,
    constraint custom_schedules_pkey primary key (studio_id, id),
    constraint custom_schedules_family_key unique (studio_id, family_id, id),
    constraint custom_schedules_cart_fkey
    foreign key (studio_id, family_id, cart_id)
    references enrollment.carts (studio_id, family_id, id) on delete restrict,
    constraint custom_schedules_set_by_fkey
    foreign key (set_by) references identity.accounts (id) on delete restrict,
    constraint custom_schedules_reason_given check (btrim(reason) <> ''),
    constraint custom_schedules_one_at_a_time
    exclude using gist (
        studio_id with =,
        cart_id with =,
        tstzrange(valid_from, superseded_at) with &&
    ),
    constraint custom_schedules_validity_order check (superseded_at > valid_from)
);
create unique index custom_schedules_live_key
on pricing.custom_schedules (studio_id, cart_id) where superseded_at is null;
create index custom_schedules_cart_idx
on pricing.custom_schedules (studio_id, family_id, cart_id);
create index custom_schedules_set_by_idx on pricing.custom_schedules (set_by);
alter table pricing.custom_schedules owner to pricing;
alter table pricing.custom_schedules enable row level security;
alter table pricing.custom_schedules force row level security;
comment on table pricing.custom_schedules is
$$Parts that staff arranged for what is in one cart, quoted by plan custom: who, when, why.

Setting others supersedes the row.$$;
comment on column pricing.custom_schedules.auto_pay is
'whether the card of the first part is stored and charged for the others when they are due';
