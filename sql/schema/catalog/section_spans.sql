create table catalog.section_spans (
    studio_id integer not null,
    section_id bigint not null,
    dates datemultirange not null,
    during tstzmultirange not null,
    constraint section_spans_pkey primary key (studio_id, section_id),
    constraint section_spans_section_fkey
    foreign key (studio_id, section_id) references catalog.sections (studio_id, id)
    on delete restrict,
    constraint section_spans_given check (not isempty(dates) and not isempty(during))
);
alter table catalog.section_spans owner to catalog;
alter table catalog.section_spans enable row level security;
alter table catalog.section_spans force row level security;
comment on table catalog.section_spans is
$$When a section meets, in the form in which seats and carts are compared.

Derived from catalog.meetings by its trigger and written by nothing else. No row: no meeting is
scheduled.$$;
comment on column catalog.section_spans.dates is 'local days of the scheduled meetings';
comment on column catalog.section_spans.during is 'their minutes';
