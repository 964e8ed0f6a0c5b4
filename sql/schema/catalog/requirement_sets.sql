create table catalog.requirement_sets (
    studio_id integer not null,
    id bigint generated always as identity,
    term_id bigint,
    version integer not null default 0,
    constraint requirement_sets_pkey primary key (studio_id, id),
    constraint requirement_sets_studio_fkey
    foreign key (studio_id) references studio.studios (id) on delete restrict,
    constraint requirement_sets_term_fkey
    foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete restrict,
    constraint requirement_sets_term_key unique nulls not distinct (studio_id, term_id),
    constraint requirement_sets_version_not_negative check (version >= 0)
);
alter table catalog.requirement_sets owner to catalog;
alter table catalog.requirement_sets enable row level security;
alter table catalog.requirement_sets force row level security;
comment on table catalog.requirement_sets is
$$How often the requirements of a term, or those of the whole studio, have been saved.

Staff save them as a whole, with the version they have seen: who comes second is told so.$$;
comment on column catalog.requirement_sets.term_id is 'null: those of the whole studio';
