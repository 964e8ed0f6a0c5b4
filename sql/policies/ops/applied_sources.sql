-- Platform table, written by the deployment alone.

create policy applied_sources_ops_select on ops.applied_sources
for select to ops
using (
    true
);
