create table catalog.divisions (
    studio_id integer not null,
    id bigint generated always as identity,
    code text not null,
    name text not null,
    rank smallint not null,
    mixes boolean not null default true,
    auto_pay_offered boolean not null default true,
    constraint divisions_pkey primary key (studio_id, id),
    constraint divisions_studio_fkey
    foreign key (studio_id) references studio.studios (id) on delete restrict,
    constraint divisions_code_key unique (studio_id, code),
    constraint divisions_rank_key unique (studio_id, rank),
    constraint divisions_code_form check (code ~ '^[a-z][a-z0-9_]*$'),
    constraint divisions_name_given check (btrim(name) <> '')
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
