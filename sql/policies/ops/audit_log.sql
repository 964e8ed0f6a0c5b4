-- Platform table: read and written by named functions of ops alone.

create policy audit_log_ops_select on ops.audit_log
for select to ops
using (
    true
);

create policy audit_log_ops_insert on ops.audit_log
for insert to ops
with check (
    true
);
