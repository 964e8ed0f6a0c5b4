create table pricing.custom_schedule_parts (
    studio_id integer not null,
    schedule_id bigint not null,
    number smallint not null,
    family_id bigint not null,
    due_on date not null,
    amount_minor bigint not null,
    constraint custom_schedule_parts_pkey primary key (studio_id, schedule_id, number),
    constraint custom_schedule_parts_schedule_fkey
    foreign key (studio_id, family_id, schedule_id)
    references pricing.custom_schedules (studio_id, family_id, id) on delete restrict,
    constraint custom_schedule_parts_number_range check (number between 1 and 60),
    constraint custom_schedule_parts_amount_range check (amount_minor between 1 and 99999999999)
);
create index custom_schedule_parts_schedule_idx
on pricing.custom_schedule_parts (studio_id, family_id, schedule_id);
alter table pricing.custom_schedule_parts owner to pricing;
alter table pricing.custom_schedule_parts enable row level security;
alter table pricing.custom_schedule_parts force row level security;
comment on table pricing.custom_schedule_parts is
$$The parts of a schedule that staff arranged, with ascending dates. Append-only.$$;
comment on column pricing.custom_schedule_parts.due_on is 'local date of the studio';
comment on column pricing.custom_schedule_parts.amount_minor is 'minor units';
