create table payment.ledger_marks (
    studio_id integer not null,
    posted_until timestamptz not null,
    constraint ledger_marks_pkey primary key (studio_id),
    constraint ledger_marks_studio_fkey
    foreign key (studio_id) references studio.studios (id) on delete restrict
);
alter table payment.ledger_marks owner to payment;
alter table payment.ledger_marks enable row level security;
alter table payment.ledger_marks force row level security;
comment on table payment.ledger_marks is
$$Until when each studio's ledger has all that happened, as payment.post_missing() has found.

So that it looks only at what came later. No row: it has never been looked at.$$;
