create table enrollment.waiver_sections (
    studio_id integer not null,
    family_id bigint not null,
    waiver_id bigint not null,
    section_id bigint not null,
    constraint waiver_sections_pkey primary key (studio_id, waiver_id, section_id),
    constraint waiver_sections_waiver_fkey
    foreign key (studio_id, family_id, waiver_id)
    references enrollment.waivers (studio_id, family_id, id) on delete restrict,
    constraint waiver_sections_section_fkey
    foreign key (studio_id, section_id) references catalog.sections (studio_id, id)
    on delete restrict
);
create index waiver_sections_waiver_idx
on enrollment.waiver_sections (studio_id, family_id, waiver_id);
create index waiver_sections_section_idx on enrollment.waiver_sections (studio_id, section_id);
alter table enrollment.waiver_sections owner to enrollment;
alter table enrollment.waiver_sections enable row level security;
alter table enrollment.waiver_sections force row level security;
comment on table enrollment.waiver_sections is
$$The sections a waiver is for: two whose clash it lifts, or the only one of its class.

Rows of their own and no two columns, as the clash of two sections has no first one.$$;
