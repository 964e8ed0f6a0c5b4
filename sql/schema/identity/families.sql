create table identity.families (
    studio_id integer not null,
    id bigint generated always as identity,
    name text not null,
    created_at timestamptz not null default now(),
    constraint families_pkey primary key (studio_id, id),
    constraint families_studio_fkey
    foreign key (studio_id) references studio.studios (id) on delete restrict,
    constraint families_name_given check (btrim(name) <> '')
);
alter table identity.families owner to identity;
alter table identity.families enable row level security;
alter table identity.families force row level security;
comment on table identity.families is
'A household at one studio: what is enrolled, billed and seen together.';
