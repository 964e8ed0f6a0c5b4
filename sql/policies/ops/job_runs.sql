-- Platform table: read and written by named functions of ops alone.

create policy job_runs_ops_all on ops.job_runs
for all to ops
using (
    true
)
with check (
    true
);
