create table enrollment.carts (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    term_id bigint not null,
    status text not null default 'open',
    created_at timestamptz not null default now(),
    uses_credit boolean not null default false,
    kind text not null default 'family',
    hold_expires_at timestamptz,
    constraint carts_pkey primary key (studio_id, id),
    constraint carts_family_fkey
    foreign key (studio_id, family_id) references identity.families (studio_id, id)
    on delete restrict,
    constraint carts_term_fkey
    foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete restrict,
    constraint carts_family_key unique (studio_id, family_id, id),
    constraint carts_status_known check (status in ('open', 'checked_out', 'closed')),
    constraint carts_kind_known check (kind in ('family', 'waitlist', 'staff'))
);
create unique index carts_open_key
on enrollment.carts (studio_id, family_id, term_id) where status = 'open' and kind = 'family';
create index carts_hold_idx on enrollment.carts (studio_id, hold_expires_at)
where hold_expires_at is not null;
create index carts_term_idx on enrollment.carts (studio_id, term_id);
alter table enrollment.carts owner to enrollment;
alter table enrollment.carts enable row level security;
alter table enrollment.carts force row level security;
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
