create table studio.studios (
    id integer generated always as identity,
    slug text not null,
    name text not null,
    timezone text not null,
    currency text not null,
    created_at timestamptz not null default now(),
    constraint studios_pkey primary key (id),
    constraint studios_slug_key unique (slug),
    constraint studios_slug_form check (slug ~ '^[a-z0-9][a-z0-9-]{1,62}$'),
    constraint studios_name_given check (btrim(name) <> ''),
    constraint studios_currency_form check (currency ~ '^[A-Z]{3}$')
);
alter table studio.studios owner to studio;
alter table studio.studios enable row level security;
alter table studio.studios force row level security;
comment on table studio.studios is
$$A studio: one tenant of the platform.

Platform table. `slug` is what callers send in the header X-Studio.$$;
comment on column studio.studios.currency is
'ISO 4217; every *_minor of the studio counts its minor units';
comment on column studio.studios.timezone is
'IANA zone in which the studio''s dates and times are meant';
