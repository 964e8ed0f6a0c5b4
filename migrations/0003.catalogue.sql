-- Terms, classes, sections, meetings, and the settings of studios and terms.
-- depends: 0002.studios-and-accounts
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table catalog.terms (
    studio_id integer not null,
    id bigint generated always as identity,
    name text not null,
    starts_on date not null,
    ends_on date not null,
    registration_opens_at timestamptz not null,
    registration_closes_at timestamptz not null,
    status text not null default 'draft',
    created_at timestamptz not null default now(),
    constraint terms_pkey primary key (studio_id, id),
    constraint terms_studio_fkey
    foreign key (studio_id) references studio.studios (id) on delete restrict,
    constraint terms_name_key unique (studio_id, name),
    constraint terms_name_given check (btrim(name) <> ''),
    constraint terms_dates_order check (starts_on < ends_on),
    constraint terms_registration_order check (registration_opens_at < registration_closes_at),
    constraint terms_status_known check (status in ('draft', 'published', 'archived'))
);
alter table catalog.terms owner to catalog;
alter table catalog.terms enable row level security;
alter table catalog.terms force row level security;
comment on table catalog.terms is
$$A season for which families enroll. The public sees published terms only.$$;

create table catalog.divisions (
    studio_id integer not null,
    id bigint generated always as identity,
    code text not null,
    name text not null,
    rank smallint not null,
    mixes boolean not null default true,
    constraint divisions_pkey primary key (studio_id, id),
    constraint divisions_studio_fkey
    foreign key (studio_id) references studio.studios (id) on delete restrict,
    constraint divisions_code_key unique (studio_id, code),
    constraint divisions_rank_key unique (studio_id, rank),
    constraint divisions_code_form check (code ~ '^[a-z][a-z0-9_]*$'),
    constraint divisions_name_given check (btrim(name) <> '')
);
alter table catalog.divisions owner to catalog;
alter table catalog.divisions enable row level security;
alter table catalog.divisions force row level security;
comment on table catalog.divisions is
$$A level of the school, by which tuition is read from the rate table.$$;
comment on column catalog.divisions.rank is
'a student with classes of several divisions is priced in the one of the highest rank';
comment on column catalog.divisions.mixes is
'false: a student with classes of this division can''t have others of another one that term';

create table catalog.programs (
    studio_id integer not null,
    id bigint generated always as identity,
    code text not null,
    name text not null,
    plan_fee_waived boolean not null default false,
    constraint programs_pkey primary key (studio_id, id),
    constraint programs_studio_fkey
    foreign key (studio_id) references studio.studios (id) on delete restrict,
    constraint programs_code_key unique (studio_id, code),
    constraint programs_code_form check (code ~ '^[a-z][a-z0-9_]*$'),
    constraint programs_name_given check (btrim(name) <> '')
);
alter table catalog.programs owner to catalog;
alter table catalog.programs enable row level security;
alter table catalog.programs force row level security;
comment on table catalog.programs is
$$A program sold at a set price for the term, once a student.

However many of its classes are taken.$$;
comment on column catalog.programs.plan_fee_waived is
'true: an order made only of such programs pays no fee for its payment plan';

create table catalog.classes (
    studio_id integer not null,
    id bigint generated always as identity,
    term_id bigint not null,
    title text not null,
    discipline text not null,
    description text not null default '',
    price_mode text not null,
    division_id bigint,
    program_id bigint,
    visibility text not null default 'public',
    created_at timestamptz not null default now(),
    constraint classes_pkey primary key (studio_id, id),
    constraint classes_term_fkey
    foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete restrict,
    constraint classes_division_fkey
    foreign key (studio_id, division_id) references catalog.divisions (studio_id, id)
    on delete restrict,
    constraint classes_program_fkey
    foreign key (studio_id, program_id) references catalog.programs (studio_id, id)
    on delete restrict,
    constraint classes_term_title_key unique (studio_id, term_id, title),
    constraint classes_term_key unique (studio_id, term_id, id),
    constraint classes_title_given check (btrim(title) <> ''),
    constraint classes_discipline_given check (btrim(discipline) <> ''),
    constraint classes_price_mode_known
    check (price_mode in ('standard', 'program', 'tiered', 'drop_in')),
    constraint classes_division_by_mode check (
        (price_mode = 'standard') = (division_id is not null)
    ),
    constraint classes_program_by_mode check ((price_mode = 'program') = (program_id is not null)),
    constraint classes_visibility_known check (visibility in ('public', 'hidden'))
);
create index classes_division_idx on catalog.classes (studio_id, division_id);
create index classes_program_idx on catalog.classes (studio_id, program_id);
alter table catalog.classes owner to catalog;
alter table catalog.classes enable row level security;
alter table catalog.classes force row level security;
comment on table catalog.classes is
$$A title that is taught in a term ("Ballet 1A"); what a family picks is one of its sections.$$;
comment on column catalog.classes.price_mode is
'standard: by rate table; program: set price; tiered: by chosen tier; drop_in: by date';

create table catalog.sections (
    studio_id integer not null,
    id bigint generated always as identity,
    term_id bigint not null,
    class_id bigint not null,
    location_id bigint not null,
    name text not null,
    starts_on date not null,
    ends_on date not null,
    capacity integer,
    status text not null default 'open',
    created_at timestamptz not null default now(),
    constraint sections_pkey primary key (studio_id, id),
    constraint sections_class_fkey
    foreign key (studio_id, term_id, class_id) references catalog.classes (studio_id, term_id, id)
    on delete restrict,
    constraint sections_location_fkey
    foreign key (studio_id, location_id) references studio.locations (studio_id, id)
    on delete restrict,
    constraint sections_term_key unique (studio_id, term_id, id),
    constraint sections_class_name_key unique (studio_id, class_id, name),
    constraint sections_name_given check (btrim(name) <> ''),
    constraint sections_dates_order check (starts_on <= ends_on),
    constraint sections_capacity_positive check (capacity between 1 and 100000),
    constraint sections_status_known check (status in ('open', 'closed', 'cancelled'))
);
create index sections_class_idx on catalog.sections (studio_id, term_id, class_id);
create index sections_location_idx on catalog.sections (studio_id, location_id);
alter table catalog.sections owner to catalog;
alter table catalog.sections enable row level security;
alter table catalog.sections force row level security;
comment on table catalog.sections is
$$One offering of a class, with its dates, place and capacity: what a family picks.$$;
comment on column catalog.sections.capacity is
'students at once; null: unlimited. The places that are sold are rows of enrollment.places';
comment on column catalog.sections.status is
'open: can be picked; closed: goes on for those enrolled; cancelled: is not held';

create table catalog.section_times (
    studio_id integer not null,
    id bigint generated always as identity,
    section_id bigint not null,
    weekday smallint not null,
    starts_at time not null,
    ends_at time not null,
    constraint section_times_pkey primary key (studio_id, id),
    constraint section_times_section_fkey
    foreign key (studio_id, section_id) references catalog.sections (studio_id, id)
    on delete restrict,
    constraint section_times_section_start_key unique (studio_id, section_id, weekday, starts_at),
    constraint section_times_section_key unique (studio_id, section_id, id),
    constraint section_times_weekday_range check (weekday between 1 and 7),
    constraint section_times_order check (starts_at < ends_at)
);
alter table catalog.section_times owner to catalog;
alter table catalog.section_times enable row level security;
alter table catalog.section_times force row level security;
comment on table catalog.section_times is
$$The weekly pattern of a section, in the studio's local time.$$;
comment on column catalog.section_times.weekday is 'ISO: 1 Monday to 7 Sunday';

create table catalog.meetings (
    studio_id integer not null,
    id bigint generated always as identity,
    section_id bigint not null,
    section_time_id bigint,
    held_on date not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    status text not null default 'scheduled',
    constraint meetings_pkey primary key (studio_id, id),
    constraint meetings_section_fkey
    foreign key (studio_id, section_id) references catalog.sections (studio_id, id)
    on delete restrict,
    constraint meetings_section_time_fkey
    foreign key (studio_id, section_id, section_time_id)
    references catalog.section_times (studio_id, section_id, id) on delete restrict,
    constraint meetings_section_start_key unique (studio_id, section_id, starts_at),
    constraint meetings_order check (starts_at < ends_at),
    constraint meetings_status_known check (status in ('scheduled', 'cancelled'))
);
create index meetings_section_time_idx
on catalog.meetings (studio_id, section_id, section_time_id);
alter table catalog.meetings owner to catalog;
alter table catalog.meetings enable row level security;
alter table catalog.meetings force row level security;
comment on table catalog.meetings is
$$One dated occurrence of a section, generated from its weekly pattern.$$;
comment on column catalog.meetings.held_on is 'local date of the studio';

create table studio.settings (
    studio_id integer not null,
    id bigint generated always as identity,
    term_id bigint,
    hold_minutes integer,
    payment_minutes integer,
    final_answer_seconds integer,
    rate_step_basis text,
    token_minutes integer,
    sign_in_attempts integer,
    sign_in_window_minutes integer,
    password_min_length integer,
    password_hash_cost integer,
    call_attempts integer,
    call_lease_seconds integer,
    call_courier_delay_seconds integer,
    message_attempts integer,
    message_lease_seconds integer,
    constraint settings_pkey primary key (studio_id, id),
    constraint settings_studio_fkey
    foreign key (studio_id) references studio.studios (id) on delete restrict,
    constraint settings_term_fkey
    foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete restrict,
    constraint settings_term_key unique nulls not distinct (studio_id, term_id),
    constraint settings_studio_complete check (
        term_id is not null
        or num_nulls(
            hold_minutes, payment_minutes, final_answer_seconds, rate_step_basis, token_minutes,
            sign_in_attempts, sign_in_window_minutes, password_min_length, password_hash_cost,
            call_attempts, call_lease_seconds, call_courier_delay_seconds, message_attempts,
            message_lease_seconds
        ) = 0
    ),
    constraint settings_term_may_override check (
        term_id is null
        or num_nonnulls(
            token_minutes, sign_in_attempts, sign_in_window_minutes, password_min_length,
            password_hash_cost, call_attempts, call_lease_seconds,
            call_courier_delay_seconds, message_attempts, message_lease_seconds
        ) = 0
    ),
    constraint settings_hold_minutes_range check (hold_minutes between 1 and 1440),
    constraint settings_payment_minutes_range check (payment_minutes between 1 and 30),
    constraint settings_final_answer_seconds_range check (final_answer_seconds between 10 and 3600),
    constraint settings_rate_step_basis_known
    check (rate_step_basis in ('distinct_weekdays', 'weekly_meetings')),
    constraint settings_token_minutes_range check (token_minutes between 5 and 43200),
    constraint settings_sign_in_attempts_range check (sign_in_attempts between 1 and 100),
    constraint settings_sign_in_window_range check (sign_in_window_minutes between 1 and 1440),
    constraint settings_password_min_length_range check (password_min_length between 8 and 64),
    constraint settings_password_hash_cost_range check (password_hash_cost between 4 and 15),
    constraint settings_call_attempts_range check (call_attempts between 1 and 20),
    constraint settings_call_lease_range check (call_lease_seconds between 45 and 600),
    constraint settings_call_courier_delay_range
    check (call_courier_delay_seconds between 0 and 60),
    constraint settings_message_attempts_range check (message_attempts between 1 and 20),
    constraint settings_message_lease_range check (message_lease_seconds between 45 and 600)
);
alter table studio.settings owner to studio;
alter table studio.settings enable row level security;
alter table studio.settings force row level security;
comment on table studio.settings is
$$The studio's configuration: one row for itself (term_id null), one for each term that differs.

Read through studio.settings_of(term): a null column of a term's row means "as the studio".$$;
comment on column studio.settings.hold_minutes is 'minutes for which checkout keeps seats unpaid';
comment on column studio.settings.payment_minutes is
'minutes that are left at least, once a payment has been started; the gateway''s session ends then';
comment on column studio.settings.final_answer_seconds is
'seconds we wait for the gateway''s answer at the end of a payment session before seats are freed';
comment on column studio.settings.rate_step_basis is
'what is counted for the rate step: distinct_weekdays or weekly_meetings';
comment on column studio.settings.token_minutes is 'minutes for which a sign-in lasts';
comment on column studio.settings.sign_in_attempts is
'failed sign-ins of one address within sign_in_window_minutes before it has to wait';
comment on column studio.settings.password_hash_cost is 'bcrypt cost (log2 of rounds)';
comment on column studio.settings.call_attempts is
'tries of one gateway call before it is given up';
comment on column studio.settings.call_lease_seconds is
'seconds for which a gateway call belongs to the process that claimed it';
comment on column studio.settings.call_courier_delay_seconds is
'seconds for which a new gateway call is left to the request that caused it';
comment on column studio.settings.message_attempts is 'tries of one message before it is given up';
comment on column studio.settings.message_lease_seconds is
'seconds for which a message belongs to the process that claimed it';
