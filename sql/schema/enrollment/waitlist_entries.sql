create table enrollment.waitlist_entries (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    cart_id bigint not null,
    student_id bigint not null,
    section_id bigint not null,
    held_on date,
    status text not null default 'waiting',
    status_reason text,
    source text not null default 'family',
    joined_at timestamptz not null default now(),
    needs_staff text,
    offers integer not null default 0,
    offered_at timestamptz,
    offer_expires_at timestamptz,
    reminded_at timestamptz,
    seat_id bigint,
    registration_id bigint,
    replaces_enrollment_id bigint,
    constraint waitlist_entries_pkey primary key (studio_id, id),
    constraint waitlist_entries_family_key
    unique (studio_id, family_id, student_id, section_id, id),
    constraint waitlist_entries_cart_fkey
    foreign key (studio_id, family_id, cart_id)
    references enrollment.carts (studio_id, family_id, id) on delete restrict,
    constraint waitlist_entries_student_fkey
    foreign key (studio_id, family_id, student_id)
    references identity.students (studio_id, family_id, id) on delete restrict,
    constraint waitlist_entries_section_fkey
    foreign key (studio_id, section_id) references catalog.sections (studio_id, id)
    on delete restrict,
    constraint waitlist_entries_registration_fkey
    foreign key (studio_id, family_id, registration_id)
    references enrollment.registrations (studio_id, family_id, id) on delete restrict,
    constraint waitlist_entries_replaces_fkey
    foreign key (studio_id, replaces_enrollment_id)
    references enrollment.enrollments (studio_id, id) on delete restrict,
    constraint waitlist_entries_status_known check (
        status in (
            'waiting', 'offered', 'accepted', 'registered', 'declined', 'expired', 'cancelled'
        )
    ),
    constraint waitlist_entries_source_known check (source in ('family', 'staff', 'approval')),
    constraint waitlist_entries_offer_complete check (
        (status = 'offered') = (seat_id is not null)
        and (status = 'offered') <= (offered_at is not null and offer_expires_at is not null)
    ),
    constraint waitlist_entries_registration_by_status
    check ((status in ('accepted', 'registered')) <= (registration_id is not null)),
    constraint waitlist_entries_offers_not_negative check (offers >= 0)
);
create unique index waitlist_entries_live_key
on enrollment.waitlist_entries (studio_id, student_id, section_id, held_on) nulls not distinct
where status in ('waiting', 'offered', 'accepted');
create index waitlist_entries_queue_idx
on enrollment.waitlist_entries (studio_id, section_id, joined_at, id) where status = 'waiting';
create index waitlist_entries_offer_idx
on enrollment.waitlist_entries (studio_id, offer_expires_at) where status = 'offered';
create index waitlist_entries_cart_idx
on enrollment.waitlist_entries (studio_id, family_id, cart_id);
create index waitlist_entries_section_idx on enrollment.waitlist_entries (studio_id, section_id);
create index waitlist_entries_seat_idx on enrollment.waitlist_entries (studio_id, seat_id);
create index waitlist_entries_registration_idx
on enrollment.waitlist_entries (studio_id, family_id, registration_id);
create index waitlist_entries_replaces_idx
on enrollment.waitlist_entries (studio_id, replaces_enrollment_id);
create index waitlist_entries_student_idx
on enrollment.waitlist_entries (studio_id, family_id, student_id);
alter table enrollment.waitlist_entries owner to enrollment;
alter table enrollment.waitlist_entries enable row level security;
alter table enrollment.waitlist_entries force row level security;
comment on table enrollment.waitlist_entries is
$$A student who waits for a place of a section, or of one date of it where it is sold by date.

What else was chosen (tier, add-ons) lies in a cart of its own, kind waitlist; students of one cart
want in together or not at all. waiting; offered: a seat is kept for it until offer_expires_at;
accepted: checked out and not paid yet; registered: paid; declined, expired, cancelled: it ended.
The queue is by joined_at, then id. Form answers and agreements will hang on the cart's items.$$;
comment on column enrollment.waitlist_entries.held_on is
'local date of the studio, in a section that is sold by date; null: the whole section';
comment on column enrollment.waitlist_entries.source is
'family: joined; staff: put there; approval: a teacher approved and the place was offered';
comment on column enrollment.waitlist_entries.needs_staff is
'code of why it is passed over until staff assign a place; null: it takes its turn';
comment on column enrollment.waitlist_entries.offers is 'how often a seat has been offered to it';
comment on column enrollment.waitlist_entries.replaces_enrollment_id is
'the enrollment at the same time that the student gives up by accepting';
