create table catalog.divisions (
    studio_id integer not null,
    id bigint generated always as identity,
    code text not null,
    name text not null,
    rank smallint not null,
    mixes boolean not null default true,
    auto_pay_offered boolean not null default true,
    lowest_grade smallint,
    highest_grade smallint,
    constraint divisions_pkey primary key (studio_id, id),
    constraint divisions_studio_fkey
    foreign key (studio_id) references studio.studios (id) on delete restrict,
    constraint divisions_code_key unique (studio_id, code),
    constraint divisions_rank_key unique (studio_id, rank),
    constraint divisions_code_form check (code ~ '^[a-z][a-z0-9_]*$'),
    constraint divisions_name_given check (btrim(name) <> ''),
    constraint divisions_grade_range check (
        lowest_grade between -3 and 12
        and highest_grade between -3 and 12
        and lowest_grade <= highest_grade
    ),
    constraint divisions_grades_complete
    check ((lowest_grade is null) = (highest_grade is null))
);
alter table catalog.divisions owner to catalog;
alter table catalog.divisions enable row level security;
alter table catalog.divisions force row level security;
comment on table catalog.divisions is
$$A level of the school, by which tuition is read from the rate table.$$;
comment on column catalog.divisions.rank is
'a student with classes of several divisions is priced in the one of the highest rank';
comment on column catalog.divisions.mixes is
'false: a student with classes of this division can''t have others of another one that term';
comment on column catalog.divisions.auto_pay_offered is
'false: an order whose standard classes are all of such divisions can''t have a plan with auto-pay';
comment on column catalog.divisions.lowest_grade is
'students of these grades are of it unless staff have placed them; null: only whom they place';
