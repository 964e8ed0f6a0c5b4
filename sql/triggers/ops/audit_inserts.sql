create or replace function ops.audit_inserts()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_account_id constant bigint := auth.account_id();
    v_acting_role constant text := auth.acting_role();
begin
    -- Arguments as those of ops.audit().
    with added as materialized (
        select to_jsonb(n) as columns from new_rows as n
    )

    insert into ops.audit_log (
        studio_id, account_id, acting_role, family_id, action, entity, entity_id, changes
    )
    select
        (r.columns ->> 'studio_id')::integer,
        v_account_id,
        v_acting_role,
        (r.columns ->> 'family_id')::bigint,
        'insert',
        tg_table_schema || '.' || tg_table_name,
        (r.columns ->> 'id')::bigint,
        ops.changed_columns(null, r.columns, tg_argv)
    from added as r;
    return null;
end;
$$;
alter function ops.audit_inserts() owner to ops;
comment on function ops.audit_inserts() is
$$Record the rows of an insert in ops.audit_log as ops.audit() does, all by one statement.

For a table that gets several rows at a time while a family waits; its other changes are for
ops.audit(), with the same arguments.$$;

create or replace trigger _900_audit_insert
after insert on enrollment.enrollments
referencing new table as new_rows
for each statement execute function ops.audit_inserts(
    'registration_id', 'student_id', 'section_id', 'tier_id', 'dates', 'weekdays', 'status',
    'ended_on', 'from_enrollment_id'
);
