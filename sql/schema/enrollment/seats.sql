create table enrollment.seats (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint,
    enrollment_id bigint,
    student_id bigint,
    section_id bigint not null,
    place_number integer,
    dates datemultirange not null,
    during tstzmultirange,
    status text not null default 'held',
    created_at timestamptz not null default now(),
    cart_item_id bigint,
    waitlist_entry_id bigint,
    reason text,
    unshared tstzmultirange,
    constraint seats_pkey primary key (studio_id, id),
    constraint seats_enrollment_fkey
    foreign key (studio_id, family_id, student_id, section_id, enrollment_id)
    references enrollment.enrollments (studio_id, family_id, student_id, section_id, id)
    on delete restrict,
    constraint seats_cart_item_fkey
    foreign key (studio_id, family_id, student_id, section_id, cart_item_id)
    references enrollment.cart_items (studio_id, family_id, student_id, section_id, id)
    on delete restrict,
    constraint seats_waitlist_entry_fkey
    foreign key (studio_id, family_id, student_id, section_id, waitlist_entry_id)
    references enrollment.waitlist_entries (studio_id, family_id, student_id, section_id, id)
    on delete restrict,
    constraint seats_place_fkey
    foreign key (studio_id, section_id, place_number)
    references enrollment.places (studio_id, section_id, place_number) on delete restrict,
    constraint seats_status_known check (status in ('held', 'offered', 'reserved', 'confirmed')),
    constraint seats_dates_given check (not isempty(dates) and not isempty(during)),
    constraint seats_of_somebody check (
        num_nulls(family_id, student_id, during, unshared) in (0, 4)
        and (student_id is not null or status = 'reserved')
    ),
    constraint seats_holder_by_status check (
        case status
            when 'held' then num_nonnulls(enrollment_id, cart_item_id) = 1
            when 'confirmed' then enrollment_id is not null
            when 'offered' then waitlist_entry_id is not null
            else btrim(reason) <> '' and reason is not null
        end
        and num_nonnulls(enrollment_id, cart_item_id, waitlist_entry_id, reason) = 1
    ),
    constraint seats_unshared_within check (unshared <@ during),
    -- In the order in which columns tell rows apart: GiST compares one after the other.
    constraint seats_place_taken_once
    exclude using gist (
        section_id with =, place_number with =, studio_id with =, dates with &&
    ),
    constraint seats_student_in_one_place
    exclude using gist (student_id with =, studio_id with =, unshared with &&)
    where (status in ('held', 'confirmed'))
);
create index seats_enrollment_idx
on enrollment.seats (studio_id, family_id, student_id, section_id, enrollment_id);
create index seats_cart_item_idx
on enrollment.seats (studio_id, family_id, student_id, section_id, cart_item_id)
where cart_item_id is not null;
create index seats_waitlist_entry_idx
on enrollment.seats (studio_id, family_id, student_id, section_id, waitlist_entry_id)
where waitlist_entry_id is not null;
alter table enrollment.seats owner to enrollment;
alter table enrollment.seats enable row level security;
alter table enrollment.seats force row level security;
comment on table enrollment.seats is
$$A claim on a place: who has it, on which days, at which minutes.

held: by an enrollment that is not paid yet, or by an item of a cart; confirmed: by an enrollment;
offered: by an entry of the waitlist, until it answers; reserved: by staff, with a reason and
without an end, for a student or for nobody yet. Where a date has fewer places than the section, the
rest are reserved on that date.

Two exclusion constraints are the promises: no place is taken twice on a date, no student is in two
places at once. An enrollment has one row; one for dates has a row for each of them, since they may
be on different places. Days and minutes follow the meetings: a seat of which none takes place any
more ends, while its enrollment stays. A row lives as long as the claim; its history is in
enrollments and domain events.$$;
comment on column enrollment.seats.dates is 'local days on which the place is taken';
comment on column enrollment.seats.during is
'the minutes the student is there; null: it is nobody''s yet';
comment on column enrollment.seats.unshared is
'those of the minutes at which the student has no other seat: all of them, but for a clash that
staff waived';
comment on column enrollment.seats.reason is
'why staff reserved it; freed:cause: a place that came free and is kept for staff; capacity:why: a
place that one date lacks';
comment on column enrollment.seats.place_number is 'null in a section without a capacity';
-- Entries and their seats point at each other, so one of the keys comes after both.
alter table enrollment.waitlist_entries
add constraint waitlist_entries_seat_fkey
foreign key (studio_id, seat_id) references enrollment.seats (studio_id, id) on delete restrict;
