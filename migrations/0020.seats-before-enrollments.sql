-- A seat may be an item's of a cart, a waitlist entry's or reserved by staff before it is an
-- enrollment's; who waits; and where places go that come free.
-- depends: 0019.parts-of-a-quote
-- squawk-ignore-file ban-drop-constraint, ban-drop-not-null, adding-not-nullable-field
-- squawk-ignore-file constraint-missing-not-valid, require-concurrent-index-creation
-- squawk-ignore-file require-concurrent-index-deletion, disallowed-unique-constraint
-- squawk-ignore-file adding-foreign-key-constraint
set local lock_timeout = '3s';
set local statement_timeout = '60s';

alter table studio.settings add column hold_starts_at text;
alter table studio.settings add column waitlist_on_lapse text;
alter table studio.settings add column waitlist_on_cancel text;
alter table studio.settings add column waitlist_on_refund text;
alter table studio.settings add column waitlist_on_capacity text;
alter table studio.settings add column offer_hours integer;
alter table studio.settings add column offer_reminder_hours integer;
alter table studio.settings add column offer_stop_hours integer;
alter table studio.settings add column stuck_hours integer;
-- What a studio had until now: holds from checkout, and free places for whoever came next, as
-- nobody could wait.
update studio.settings as s
set
    hold_starts_at = 'checkout',
    waitlist_on_lapse = 'automatic',
    waitlist_on_cancel = 'automatic',
    waitlist_on_refund = 'reserve',
    waitlist_on_capacity = 'automatic',
    offer_hours = 24,
    offer_reminder_hours = 6,
    offer_stop_hours = 72,
    stuck_hours = 24
where s.term_id is null;
alter table studio.settings drop constraint settings_studio_complete;
alter table studio.settings
add constraint settings_studio_complete check (
    term_id is not null
    or num_nulls(
        hold_minutes, payment_minutes, final_answer_seconds, rate_step_basis, token_minutes,
        sign_in_attempts, sign_in_window_minutes, password_min_length, password_hash_cost,
        call_attempts, call_lease_seconds, call_courier_delay_seconds, message_attempts,
        message_lease_seconds, coupon_attempts, coupon_window_minutes, family_discount_later,
        tuition_proration, balance_days, hold_starts_at, waitlist_on_lapse,
        waitlist_on_cancel, waitlist_on_refund, waitlist_on_capacity, offer_hours,
        offer_reminder_hours, offer_stop_hours, stuck_hours
    ) = 0
);
alter table studio.settings
add constraint settings_hold_starts_at_known check (hold_starts_at in ('checkout', 'cart'));
alter table studio.settings
add constraint settings_waitlist_on_lapse_known
check (waitlist_on_lapse in ('automatic', 'manual', 'reserve'));
alter table studio.settings
add constraint settings_waitlist_on_cancel_known
check (waitlist_on_cancel in ('automatic', 'manual', 'reserve'));
alter table studio.settings
add constraint settings_waitlist_on_refund_known
check (waitlist_on_refund in ('automatic', 'manual', 'reserve'));
alter table studio.settings
add constraint settings_waitlist_on_capacity_known
check (waitlist_on_capacity in ('automatic', 'manual', 'reserve'));
alter table studio.settings
add constraint settings_offer_hours_range check (offer_hours between 1 and 720);
alter table studio.settings
add constraint settings_offer_reminder_hours_range check (offer_reminder_hours between 0 and 719);
alter table studio.settings
add constraint settings_offer_stop_hours_range check (offer_stop_hours between 0 and 720);
alter table studio.settings
add constraint settings_stuck_hours_range check (stuck_hours between 1 and 720);
comment on column studio.settings.hold_starts_at is
'from when seats are held: checkout, or cart: as soon as an item is put there';
comment on column studio.settings.waitlist_on_lapse is
'where a place goes whose hold or offer lapsed. automatic: to the queue, else to the public; manual:
while somebody waits it is reserved for staff to assign, else to the public; reserve: always reserved';
comment on column studio.settings.waitlist_on_cancel is
'the same for the place of an enrollment that was cancelled, changed or transferred';
comment on column studio.settings.waitlist_on_refund is
'the same for the place of an enrollment that ended with a full refund';
comment on column studio.settings.waitlist_on_capacity is
'the same for places that a larger capacity adds';
comment on column studio.settings.offer_hours is 'hours for which an offer keeps its seat';
comment on column studio.settings.offer_reminder_hours is
'hours before its end at which an offer is called to mind; 0: never';
comment on column studio.settings.offer_stop_hours is
'no offer is made within so many hours before registration closes, or before the date it is for';
comment on column studio.settings.stuck_hours is
'hours after which a registration that is still pending is ended whatever it waits for';

alter table catalog.classes add column waitlist_offered boolean not null default true;
comment on column catalog.classes.waitlist_offered is
'false: nobody can wait for a place of it';

alter table enrollment.carts add column kind text not null default 'family';
alter table enrollment.carts add column hold_expires_at timestamptz;
alter table enrollment.carts drop constraint carts_status_known;
alter table enrollment.carts
add constraint carts_status_known check (status in ('open', 'checked_out', 'closed'));
alter table enrollment.carts
add constraint carts_kind_known check (kind in ('family', 'waitlist', 'staff'));
drop index enrollment.carts_open_key;
create unique index carts_open_key
on enrollment.carts (studio_id, family_id, term_id) where status = 'open' and kind = 'family';
create index carts_hold_idx on enrollment.carts (studio_id, hold_expires_at)
where hold_expires_at is not null;
comment on table enrollment.carts is
$$What a family is about to enroll for in one term; it has one open cart of its own a term.

checked_out when all that was in it is confirmed; a failed registration leaves the cart as it was.
closed: nothing will come of it any more.$$;
comment on column enrollment.carts.kind is
'family: the one that the family fills; waitlist: what it waits for, all of it or nothing; staff:
what staff register for it';
comment on column enrollment.carts.hold_expires_at is
'until when the seats of its items are kept, where they are held from the cart; null: none is';
comment on column enrollment.carts.uses_credit is
'whether its price is lowered by what the family has left of its credits';

alter table enrollment.cart_items
add constraint cart_items_family_key unique (studio_id, family_id, student_id, section_id, id);
comment on table enrollment.cart_items is
$$One student for one section, in a cart, with the tier or the dates that were picked of it.

It has seats of its own only where they are held from the cart (studio.settings.hold_starts_at).$$;

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

alter table enrollment.seats alter column family_id drop not null;
alter table enrollment.seats alter column enrollment_id drop not null;
alter table enrollment.seats alter column student_id drop not null;
alter table enrollment.seats alter column during drop not null;
alter table enrollment.seats add column cart_item_id bigint;
alter table enrollment.seats add column waitlist_entry_id bigint;
alter table enrollment.seats add column reason text;
alter table enrollment.seats add column unshared tstzmultirange;
update enrollment.seats set unshared = during;
alter table enrollment.seats
add constraint seats_cart_item_fkey
foreign key (studio_id, family_id, student_id, section_id, cart_item_id)
references enrollment.cart_items (studio_id, family_id, student_id, section_id, id)
on delete restrict;
alter table enrollment.seats
add constraint seats_waitlist_entry_fkey
foreign key (studio_id, family_id, student_id, section_id, waitlist_entry_id)
references enrollment.waitlist_entries (studio_id, family_id, student_id, section_id, id)
on delete restrict;
alter table enrollment.seats
add constraint seats_of_somebody check (
    num_nulls(family_id, student_id, during, unshared) in (0, 4)
    and (student_id is not null or status = 'reserved')
);
alter table enrollment.seats
add constraint seats_holder_by_status check (
    case status
        when 'held' then num_nonnulls(enrollment_id, cart_item_id) = 1
        when 'confirmed' then enrollment_id is not null
        when 'offered' then waitlist_entry_id is not null
        else btrim(reason) <> '' and reason is not null
    end
    and num_nonnulls(enrollment_id, cart_item_id, waitlist_entry_id, reason) = 1
);
alter table enrollment.seats
add constraint seats_unshared_within check (unshared <@ during);
alter table enrollment.seats drop constraint seats_student_in_one_place;
alter table enrollment.seats
add constraint seats_student_in_one_place
exclude using gist (student_id with =, studio_id with =, unshared with &&)
where (status in ('held', 'confirmed'));
create index seats_cart_item_idx
on enrollment.seats (studio_id, family_id, student_id, section_id, cart_item_id)
where cart_item_id is not null;
create index seats_waitlist_entry_idx
on enrollment.seats (studio_id, family_id, student_id, section_id, waitlist_entry_id)
where waitlist_entry_id is not null;
comment on table enrollment.seats is
$$A claim on a place: who has it, on which days, at which minutes.

held: by an enrollment that is not paid yet, or by an item of a cart; confirmed: by an enrollment;
offered: by an entry of the waitlist, until it answers; reserved: by staff, with a reason and
without an end, for a student or for nobody yet. Where a date has fewer places than the section, the
rest are reserved on that date.

Two exclusion constraints are the promises: no place is taken twice on a date, no student is in two
places at once. An enrollment has one row; one for dates has a row for each of them, since they may
be on different places. A row lives as long as the claim; its history is in enrollments and domain
events.$$;
comment on column enrollment.seats.dates is 'local days on which the place is taken';
comment on column enrollment.seats.during is
'the minutes the student is there; null: it is nobody''s yet';
comment on column enrollment.seats.unshared is
'those of the minutes at which the student has no other seat: all of them, but for a clash that
staff waived';
comment on column enrollment.seats.reason is 'why staff reserved it';
comment on column enrollment.seats.place_number is 'null in a section without a capacity';
-- Entries and their seats point at each other, so one of the keys comes after both.
alter table enrollment.waitlist_entries
add constraint waitlist_entries_seat_fkey
foreign key (studio_id, seat_id) references enrollment.seats (studio_id, id) on delete restrict;

insert into ops.status_transitions (entity, from_status, to_status) values
('enrollment.carts', 'open', 'closed'),
('enrollment.seats', 'reserved', 'held'),
('enrollment.waitlist_entries', 'waiting', 'offered'),
('enrollment.waitlist_entries', 'waiting', 'cancelled'),
('enrollment.waitlist_entries', 'waiting', 'expired'),
('enrollment.waitlist_entries', 'offered', 'accepted'),
('enrollment.waitlist_entries', 'offered', 'declined'),
('enrollment.waitlist_entries', 'offered', 'expired'),
('enrollment.waitlist_entries', 'offered', 'cancelled'),
('enrollment.waitlist_entries', 'offered', 'waiting'),
('enrollment.waitlist_entries', 'accepted', 'registered'),
('enrollment.waitlist_entries', 'accepted', 'expired'),
('enrollment.waitlist_entries', 'accepted', 'cancelled');
