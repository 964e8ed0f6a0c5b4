create table studio.closures (
    studio_id integer not null,
    id bigint generated always as identity,
    starts_on date not null,
    ends_on date not null,
    label text not null,
    created_at timestamptz not null default now(),
    constraint closures_pkey primary key (studio_id, id),
    constraint closures_studio_fkey
    foreign key (studio_id) references studio.studios (id) on delete restrict,
    constraint closures_order check (ends_on >= starts_on),
    constraint closures_length check (ends_on - starts_on < 366),
    constraint closures_label_given check (btrim(label) <> '')
);
create index closures_days_idx on studio.closures (studio_id, ends_on, starts_on);
alter table studio.closures owner to studio;
alter table studio.closures enable row level security;
alter table studio.closures force row level security;
comment on table studio.closures is
$$Days on which a studio is closed: holidays, breaks. They are no business days.

Cards are charged for installments on business days alone: Monday to Friday without these.$$;
comment on column studio.closures.starts_on is 'first local day';
comment on column studio.closures.ends_on is 'last local day';
