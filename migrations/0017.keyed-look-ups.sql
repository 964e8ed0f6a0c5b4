-- Look-ups of one family keep to the family's rows, whatever statistics say of a table that was
-- empty or quiet when they were gathered.
-- depends: 0016.picked-items-and-line-prices
-- squawk-ignore-file require-concurrent-index-creation, require-concurrent-index-deletion
-- squawk-ignore-file ban-drop-constraint, constraint-missing-not-valid
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Each is for one question: the second condition keeps the planner from taking it for the other,
-- where it would read all that a studio has pending.
drop index enrollment.registrations_pending_key;
create unique index registrations_pending_key
on enrollment.registrations (studio_id, family_id, term_id)
where status = 'pending_payment' and term_id is not null;
drop index enrollment.registrations_hold_idx;
create index registrations_hold_idx
on enrollment.registrations (studio_id, hold_expires_at)
where status = 'pending_payment' and hold_expires_at is not null;

-- Of indexes that look alike to the planner the newest is taken: one that leads to a family.
drop index enrollment.enrollments_registration_idx;
create index enrollments_registration_idx
on enrollment.enrollments (studio_id, family_id, registration_id);

-- In the order in which columns tell rows apart: GiST compares one after the other, and all rows of
-- a studio are alike in the first.
alter table enrollment.seats drop constraint seats_place_taken_once;
alter table enrollment.seats add constraint seats_place_taken_once
exclude using gist (section_id with =, place_number with =, studio_id with =, dates with &&);
alter table enrollment.seats drop constraint seats_student_in_one_place;
alter table enrollment.seats add constraint seats_student_in_one_place
exclude using gist (student_id with =, studio_id with =, during with &&)
where (status in ('held', 'confirmed'));
