create table catalog.section_times (
    studio_id integer not null,
    id bigint generated always as identity,
    section_id bigint not null,
    weekday smallint not null,
    starts_at time not null,
    ends_at time not null,
    constraint section_times_pkey primary key (studio_id, id),
    constraint section_times_section_fkey
    foreign key (studio_id, section_id) references catalog.sections (studio_id, id)
    on delete restrict,
    constraint section_times_section_start_key unique (studio_id, section_id, weekday, starts_at),
    constraint section_times_section_key unique (studio_id, section_id, id),
    constraint section_times_weekday_range check (weekday between 1 and 7),
    constraint section_times_order check (starts_at < ends_at)
);
alter table catalog.section_times owner to catalog;
alter table catalog.section_times enable row level security;
alter table catalog.section_times force row level security;
comment on table catalog.section_times is
$$The weekly pattern of a section, in the studio's local time.$$;
comment on column catalog.section_times.weekday is 'ISO: 1 Monday to 7 Sunday';
