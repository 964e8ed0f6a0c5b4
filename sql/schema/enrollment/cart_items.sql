create table enrollment.cart_items (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    cart_id bigint not null,
    student_id bigint not null,
    section_id bigint not null,
    created_at timestamptz not null default now(),
    add_on_codes text[] not null default '{}',
    constraint cart_items_pkey primary key (studio_id, id),
    constraint cart_items_cart_fkey
    foreign key (studio_id, family_id, cart_id)
    references enrollment.carts (studio_id, family_id, id) on delete restrict,
    constraint cart_items_student_fkey
    foreign key (studio_id, family_id, student_id)
    references identity.students (studio_id, family_id, id) on delete restrict,
    constraint cart_items_section_fkey
    foreign key (studio_id, section_id) references catalog.sections (studio_id, id)
    on delete restrict,
    constraint cart_items_student_section_key unique (studio_id, cart_id, student_id, section_id)
);
create index cart_items_cart_idx on enrollment.cart_items (studio_id, family_id, cart_id);
create index cart_items_student_idx on enrollment.cart_items (studio_id, family_id, student_id);
create index cart_items_section_idx on enrollment.cart_items (studio_id, section_id);
alter table enrollment.cart_items owner to enrollment;
alter table enrollment.cart_items enable row level security;
alter table enrollment.cart_items force row level security;
comment on table enrollment.cart_items is
'One student for one section, in a cart. No seat is taken by it.';
comment on column enrollment.cart_items.add_on_codes is
'codes of the add-ons asked for; each is priced by its version at the quote';
