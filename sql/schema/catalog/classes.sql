create table catalog.classes (
    studio_id integer not null,
    id bigint generated always as identity,
    term_id bigint not null,
    title text not null,
    discipline text not null,
    description text not null default '',
    price_mode text not null,
    division_id bigint,
    program_id bigint,
    visibility text not null default 'public',
    created_at timestamptz not null default now(),
    waitlist_offered boolean not null default true,
    level smallint,
    constraint classes_pkey primary key (studio_id, id),
    constraint classes_term_fkey
    foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete restrict,
    constraint classes_division_fkey
    foreign key (studio_id, division_id) references catalog.divisions (studio_id, id)
    on delete restrict,
    constraint classes_program_fkey
    foreign key (studio_id, program_id) references catalog.programs (studio_id, id)
    on delete restrict,
    constraint classes_term_title_key unique (studio_id, term_id, title),
    constraint classes_term_key unique (studio_id, term_id, id),
    constraint classes_mode_key unique (studio_id, term_id, id, price_mode),
    constraint classes_title_given check (btrim(title) <> ''),
    constraint classes_discipline_given check (btrim(discipline) <> ''),
    constraint classes_price_mode_known
    check (price_mode in ('standard', 'program', 'tiered', 'drop_in')),
    constraint classes_division_by_mode check (
        (price_mode = 'standard') = (division_id is not null)
    ),
    constraint classes_program_by_mode check ((price_mode = 'program') = (program_id is not null)),
    constraint classes_visibility_known check (visibility in ('public', 'hidden')),
    constraint classes_level_positive check (level > 0)
);
create index classes_division_idx on catalog.classes (studio_id, division_id);
create index classes_program_idx on catalog.classes (studio_id, program_id);
alter table catalog.classes owner to catalog;
alter table catalog.classes enable row level security;
alter table catalog.classes force row level security;
comment on table catalog.classes is
$$A title that is taught in a term ("Ballet 1A"); what a family picks is one of its sections.$$;
comment on column catalog.classes.price_mode is
'standard: by rate table; program: set price; tiered: by chosen tier; drop_in: by date';
comment on column catalog.classes.waitlist_offered is
'false: nobody can wait for a place of it';
comment on column catalog.classes.level is
'how advanced it is within its discipline, for prerequisites; null: none is said';
