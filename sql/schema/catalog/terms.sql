create table catalog.terms (
    studio_id integer not null,
    id bigint generated always as identity,
    name text not null,
    starts_on date not null,
    ends_on date not null,
    registration_opens_at timestamptz not null,
    registration_closes_at timestamptz not null,
    status text not null default 'draft',
    created_at timestamptz not null default now(),
    constraint terms_pkey primary key (studio_id, id),
    constraint terms_studio_fkey
    foreign key (studio_id) references studio.studios (id) on delete restrict,
    constraint terms_name_key unique (studio_id, name),
    constraint terms_name_given check (btrim(name) <> ''),
    constraint terms_dates_order check (starts_on < ends_on),
    constraint terms_registration_order check (registration_opens_at < registration_closes_at),
    constraint terms_status_known check (status in ('draft', 'published', 'archived'))
);
alter table catalog.terms owner to catalog;
alter table catalog.terms enable row level security;
alter table catalog.terms force row level security;
comment on table catalog.terms is
$$A season for which families enroll. The public sees published terms only.$$;
