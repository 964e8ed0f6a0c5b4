create table studio.memberships (
    studio_id integer not null,
    id bigint generated always as identity,
    account_id bigint not null,
    role text not null,
    status text not null default 'active',
    created_at timestamptz not null default now(),
    constraint memberships_pkey primary key (studio_id, id),
    constraint memberships_studio_fkey
    foreign key (studio_id) references studio.studios (id) on delete restrict,
    constraint memberships_account_fkey
    foreign key (account_id) references identity.accounts (id) on delete restrict,
    constraint memberships_account_role_key unique (studio_id, account_id, role),
    constraint memberships_role_known
    check (role in ('instructor', 'staff', 'manager', 'owner', 'platform_admin')),
    constraint memberships_status_known check (status in ('active', 'ended'))
);
create index memberships_account_id_idx on studio.memberships (account_id);
alter table studio.memberships owner to studio;
alter table studio.memberships enable row level security;
alter table studio.memberships force row level security;
comment on table studio.memberships is
$$In which role an account works for a studio.

Read afresh at every request: ending a membership ends what its tokens may do.$$;
