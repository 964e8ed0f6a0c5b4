create table catalog.programs (
    studio_id integer not null,
    id bigint generated always as identity,
    code text not null,
    name text not null,
    plan_fee_waived boolean not null default false,
    constraint programs_pkey primary key (studio_id, id),
    constraint programs_studio_fkey
    foreign key (studio_id) references studio.studios (id) on delete restrict,
    constraint programs_code_key unique (studio_id, code),
    constraint programs_code_form check (code ~ '^[a-z][a-z0-9_]*$'),
    constraint programs_name_given check (btrim(name) <> '')
);
alter table catalog.programs owner to catalog;
alter table catalog.programs enable row level security;
alter table catalog.programs force row level security;
comment on table catalog.programs is
$$A program sold at a set price for the term, once a student.

However many of its classes are taken.$$;
comment on column catalog.programs.plan_fee_waived is
'true: an order made only of such programs pays no fee for its payment plan';
