create table studio.locations (
    studio_id integer not null,
    id bigint generated always as identity,
    name text not null,
    address text not null,
    created_at timestamptz not null default now(),
    constraint locations_pkey primary key (studio_id, id),
    constraint locations_studio_fkey
    foreign key (studio_id) references studio.studios (id) on delete restrict,
    constraint locations_name_key unique (studio_id, name),
    constraint locations_name_given check (btrim(name) <> '')
);
alter table studio.locations owner to studio;
alter table studio.locations enable row level security;
alter table studio.locations force row level security;
comment on table studio.locations is 'A place where a studio teaches, with its street address.';
