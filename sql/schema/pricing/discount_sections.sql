create table pricing.discount_sections (
    studio_id integer not null,
    discount_id bigint not null,
    section_id bigint not null,
    constraint discount_sections_pkey primary key (studio_id, discount_id, section_id),
    constraint discount_sections_discount_fkey
    foreign key (studio_id, discount_id) references pricing.discounts (studio_id, id)
    on delete restrict,
    constraint discount_sections_section_fkey
    foreign key (studio_id, section_id) references catalog.sections (studio_id, id)
    on delete restrict
);
create index discount_sections_section_idx on pricing.discount_sections (studio_id, section_id);
alter table pricing.discount_sections owner to pricing;
alter table pricing.discount_sections enable row level security;
alter table pricing.discount_sections force row level security;
comment on table pricing.discount_sections is
$$The sections that a version of a discount is limited to; one without any row is for all.

Append-only: another choice of sections is another version.$$;
