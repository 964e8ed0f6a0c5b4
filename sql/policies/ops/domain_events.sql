-- Platform table: read and written by named functions of ops alone.

create policy domain_events_ops_select on ops.domain_events
for select to ops
using (
    true
);

create policy domain_events_ops_insert on ops.domain_events
for insert to ops
with check (
    true
);
