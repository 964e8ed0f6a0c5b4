-- When sections meet is kept ready, since every claim and every look at a cart needs it; and two
-- indexes of seats go: those of the exclusion constraints begin with the same columns.
-- depends: 0006.messages
set local lock_timeout = '3s';
set local statement_timeout = '60s';

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

insert into catalog.section_spans (studio_id, section_id, dates, during)
select
    m.studio_id,
    m.section_id,
    range_agg(daterange(m.held_on, m.held_on + 1)) as dates,
    range_agg(tstzrange(m.starts_at, m.ends_at)) as during
from catalog.meetings as m
where m.status = 'scheduled'
group by m.studio_id, m.section_id;

-- A drop is over in a moment, and lock_timeout says how long it may wait for that moment.
-- squawk-ignore require-concurrent-index-deletion
drop index enrollment.seats_place_idx;
-- squawk-ignore require-concurrent-index-deletion
drop index enrollment.seats_student_idx;
