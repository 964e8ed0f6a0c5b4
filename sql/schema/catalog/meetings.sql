create table catalog.meetings (
    studio_id integer not null,
    id bigint generated always as identity,
    section_id bigint not null,
    section_time_id bigint,
    held_on date not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    status text not null default 'scheduled',
    cancelled_reason text,
    moved_from date,
    constraint meetings_pkey primary key (studio_id, id),
    constraint meetings_section_fkey
    foreign key (studio_id, section_id) references catalog.sections (studio_id, id)
    on delete restrict,
    constraint meetings_section_time_fkey
    foreign key (studio_id, section_id, section_time_id)
    references catalog.section_times (studio_id, section_id, id) on delete restrict,
    constraint meetings_section_start_key unique (studio_id, section_id, starts_at),
    constraint meetings_order check (starts_at < ends_at),
    constraint meetings_status_known check (status in ('scheduled', 'cancelled')),
    constraint meetings_reason_by_status
    check (cancelled_reason is null or (status = 'cancelled' and btrim(cancelled_reason) <> ''))
);
create index meetings_section_time_idx
on catalog.meetings (studio_id, section_id, section_time_id);
alter table catalog.meetings owner to catalog;
alter table catalog.meetings enable row level security;
alter table catalog.meetings force row level security;
comment on table catalog.meetings is
$$One dated occurrence of a section, generated from its weekly pattern, or added by staff.

It keeps its id when it is moved, and its weekday in the pattern. Seats follow it.$$;
comment on column catalog.meetings.section_time_id is
'the line of the weekly pattern it comes from; null: it was added';
comment on column catalog.meetings.held_on is 'local date of the studio';
comment on column catalog.meetings.moved_from is
'local date on which it was generated or added, since it was moved; null: it was not';
comment on column catalog.meetings.cancelled_reason is 'why staff cancelled it; for staff alone';
