create table catalog.sections (
    studio_id integer not null,
    id bigint generated always as identity,
    term_id bigint not null,
    class_id bigint not null,
    location_id bigint not null,
    name text not null,
    starts_on date not null,
    ends_on date not null,
    capacity integer,
    status text not null default 'open',
    created_at timestamptz not null default now(),
    price_mode text not null,
    sold_by_weekday boolean not null default false,
    constraint sections_pkey primary key (studio_id, id),
    constraint sections_class_fkey
    foreign key (studio_id, term_id, class_id, price_mode)
    references catalog.classes (studio_id, term_id, id, price_mode)
    on update cascade on delete restrict,
    constraint sections_location_fkey
    foreign key (studio_id, location_id) references studio.locations (studio_id, id)
    on delete restrict,
    constraint sections_term_key unique (studio_id, term_id, id),
    constraint sections_mode_key unique (studio_id, id, price_mode),
    constraint sections_class_name_key unique (studio_id, class_id, name),
    constraint sections_name_given check (btrim(name) <> ''),
    constraint sections_dates_order check (starts_on <= ends_on),
    constraint sections_capacity_positive check (capacity between 1 and 100000),
    constraint sections_status_known check (status in ('open', 'closed', 'cancelled')),
    constraint sections_by_weekday_standard
    check (not sold_by_weekday or price_mode = 'standard')
);
create index sections_class_idx on catalog.sections (studio_id, term_id, class_id, price_mode);
create index sections_location_idx on catalog.sections (studio_id, location_id);
alter table catalog.sections owner to catalog;
alter table catalog.sections enable row level security;
alter table catalog.sections force row level security;
comment on table catalog.sections is
$$One offering of a class, with its dates, place and capacity: what a family picks.$$;
comment on column catalog.sections.capacity is
'students at once; null: unlimited. The places that are sold are rows of enrollment.places';
comment on column catalog.sections.status is
'open: can be picked; closed: goes on for those enrolled; cancelled: is not held';
comment on column catalog.sections.price_mode is
'that of its class, kept beside it so that what is picked of the section has to fit it';
comment on column catalog.sections.sold_by_weekday is
'whether some of its weekdays can be had without the others';
