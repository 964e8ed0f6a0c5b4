create table catalog.requirement_options (
    studio_id integer not null,
    id bigint generated always as identity,
    requirement_id bigint not null,
    alternative smallint not null,
    class_title text,
    discipline text,
    level smallint,
    division_id bigint,
    class_count smallint not null default 1,
    constraint requirement_options_pkey primary key (studio_id, id),
    constraint requirement_options_requirement_fkey
    foreign key (studio_id, requirement_id) references catalog.requirements (studio_id, id)
    on delete restrict,
    constraint requirement_options_division_fkey
    foreign key (studio_id, division_id) references catalog.divisions (studio_id, id)
    on delete restrict,
    constraint requirement_options_alternative_positive check (alternative > 0),
    constraint requirement_options_one_measure
    check (num_nonnulls(class_title, discipline, division_id) <= 1),
    constraint requirement_options_level_of_discipline
    check (level is null or discipline is not null),
    constraint requirement_options_level_positive check (level > 0),
    constraint requirement_options_class_title_given check (btrim(class_title) <> ''),
    constraint requirement_options_discipline_given check (btrim(discipline) <> ''),
    constraint requirement_options_class_count_range check (class_count between 1 and 20)
);
create index requirement_options_requirement_idx
on catalog.requirement_options (studio_id, requirement_id);
create index requirement_options_division_idx
on catalog.requirement_options (studio_id, division_id);
alter table catalog.requirement_options owner to catalog;
alter table catalog.requirement_options enable row level security;
alter table catalog.requirement_options force row level security;
comment on table catalog.requirement_options is
$$What satisfies a prerequisite or a co-requisite: all options of one of its alternatives.

An option asks for a number of classes: of a title, of a discipline (of one level or above), of a
division, or any. One class may count for several options.$$;
comment on column catalog.requirement_options.alternative is
'options of one number are wanted together; any number will do';
comment on column catalog.requirement_options.class_title is
'a title and no class: a prerequisite was taken in another term';
comment on column catalog.requirement_options.level is
'the lowest level of the discipline that counts; null: any';
comment on column catalog.requirement_options.class_count is 'how many classes are wanted';
