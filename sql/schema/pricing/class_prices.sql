create table pricing.class_prices (
    studio_id integer not null,
    id bigint generated always as identity,
    class_id bigint not null,
    amount_minor bigint not null,
    reason text not null,
    set_by bigint not null,
    version integer not null default 1,
    valid_from timestamptz not null default now(),
    superseded_at timestamptz,
    constraint class_prices_pkey primary key (studio_id, id),
    constraint class_prices_class_fkey
    foreign key (studio_id, class_id) references catalog.classes (studio_id, id)
    on delete restrict,
    constraint class_prices_set_by_fkey
    foreign key (set_by) references identity.accounts (id) on delete restrict,
    constraint class_prices_version_key unique (studio_id, class_id, version),
    constraint class_prices_amount_range check (amount_minor between 0 and 99999999999),
    constraint class_prices_reason_given check (btrim(reason) <> ''),
    constraint class_prices_version_positive check (version > 0),
    constraint class_prices_one_at_a_time
    exclude using gist (
        studio_id with =,
        class_id with =,
        tstzrange(valid_from, superseded_at) with &&
    ),
    constraint class_prices_validity_order check (superseded_at > valid_from)
);
create unique index class_prices_live_key
on pricing.class_prices (studio_id, class_id) where superseded_at is null;
create index class_prices_set_by_idx on pricing.class_prices (set_by);
alter table pricing.class_prices owner to pricing;
alter table pricing.class_prices enable row level security;
alter table pricing.class_prices force row level security;
comment on table pricing.class_prices is
$$A flat tuition of a standard class, for everybody, in place of the rate table.

The class then does not count for anybody's rate step; its fees stay. A change supersedes the row
and adds the next version.$$;
comment on column pricing.class_prices.amount_minor is
'minor units of tuition for one section of the class, 0 allowed';
