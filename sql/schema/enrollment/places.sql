create table enrollment.places (
    studio_id integer not null,
    section_id bigint not null,
    place_number integer not null,
    taken datemultirange not null default '{}',
    constraint places_pkey primary key (studio_id, section_id, place_number),
    constraint places_section_fkey
    foreign key (studio_id, section_id) references catalog.sections (studio_id, id)
    on delete restrict,
    constraint places_place_number_positive check (place_number > 0)
)
-- A claim updates the row: room on the page lets the update stay there.
with (fillfactor = 70);
create index places_free_idx
on enrollment.places (studio_id, section_id, place_number) where isempty(taken);
alter table enrollment.places owner to enrollment;
alter table enrollment.places enable row level security;
alter table enrollment.places force row level security;
comment on table enrollment.places is
$$A section's capacity: one row a place, with the dates on which it is taken.

A claim locks and changes one row, so two claimers can't choose the same place.
Sections without a capacity have no rows here.$$;
