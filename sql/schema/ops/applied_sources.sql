create table ops.applied_sources (
    id bigint generated always as identity,
    path text not null,
    checksum text not null,
    definition_hash text not null,
    applied_at timestamptz not null default now(),
    superseded_at timestamptz,
    constraint applied_sources_pkey primary key (id),
    constraint applied_sources_checksum_form check (checksum ~ '^[0-9a-f]{64}$'),
    constraint applied_sources_order check (superseded_at is null or superseded_at >= applied_at)
);
create unique index applied_sources_live_key on ops.applied_sources (
    path
) where superseded_at is null;
create index applied_sources_path_idx on ops.applied_sources (path, applied_at);
alter table ops.applied_sources owner to ops;
alter table ops.applied_sources enable row level security;
alter table ops.applied_sources force row level security;
comment on table ops.applied_sources is
$$Which version (SHA-256) of which source file was live from when until when.

Written by the deployment alone; a row is superseded, never deleted.$$;
