-- Meetings that are cancelled keep the reason, those that are moved where they come from.
-- depends: 0025.staff-registration
-- squawk-ignore-file constraint-missing-not-valid
set local lock_timeout = '3s';
set local statement_timeout = '60s';

alter table catalog.meetings
add column cancelled_reason text,
add column moved_from date,
add constraint meetings_reason_by_status
check (cancelled_reason is null or (status = 'cancelled' and btrim(cancelled_reason) <> ''));
comment on table catalog.meetings is
$$One dated occurrence of a section, generated from its weekly pattern, or added by staff.

It keeps its id when it is moved, and its weekday in the pattern. Seats follow it.$$;
comment on column catalog.meetings.section_time_id is
'the line of the weekly pattern it comes from; null: it was added';
comment on column catalog.meetings.moved_from is
'local date on which it was generated or added, since it was moved; null: it was not';
comment on column catalog.meetings.cancelled_reason is 'why staff cancelled it; for staff alone';

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

comment on table enrollment.enrollments is
$$One student in one section, by one registration.

It holds a row of enrollment.seats while it is live, one for each date where it is for dates, as far
as the meetings take place; its dates go along with meetings that are moved. A student has one live
enrollment in a section, and any number for dates, each date once: that is for the seats to
refuse.$$;

comment on column enrollment.seats.reason is
'why staff reserved it; freed:cause: a place that came free and is kept for staff; capacity:why: a
place that one date lacks';

comment on table messaging.templates is
$$The studio's words for a kind of message.

Variables: {studio}, {guardian}, {receipt}, {total}, {term}; {class}, {student} and {until} where the
message is about a place; {from}, {other_class} and {amount} where an enrollment was changed; {was}
and {when} where it is about a meeting that was cancelled or moved.
The receipt is a block made by the database; editors place it but can't change what it says.$$;

-- A meeting that was cancelled may be held after all.
insert into ops.status_transitions (entity, from_status, to_status) values
('catalog.meetings', 'cancelled', 'scheduled');
