-- Platform table: read and written by named functions of ops alone.

create policy status_transitions_ops_select on ops.status_transitions
for select to ops
using (
    true
);
