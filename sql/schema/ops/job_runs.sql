create table ops.job_runs (
    id bigint generated always as identity,
    job text not null,
    studio_id integer,
    status text not null default 'running',
    started_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    changed integer,
    error text,
    constraint job_runs_pkey primary key (id),
    constraint job_runs_status_known check (status in ('running', 'done', 'failed', 'skipped')),
    constraint job_runs_finished check ((status = 'running') = (finished_at is null)),
    constraint job_runs_error check ((status = 'failed') = (error is not null))
);
create index job_runs_job_idx on ops.job_runs (job, started_at);
alter table ops.job_runs owner to ops;
alter table ops.job_runs enable row level security;
alter table ops.job_runs force row level security;
comment on table ops.job_runs is
$$One row for each studio a scheduled job went through, kept also when it failed.

`skipped`: the same job was still running. `changed`: rows or registrations the job acted on.$$;
