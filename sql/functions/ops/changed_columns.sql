create or replace function ops.changed_columns(p_old jsonb, p_new jsonb, p_columns text[])
returns jsonb
language plpgsql
immutable
as $$
declare
    v_column text;
    v_changes text := '';
begin
    foreach v_column in array p_columns
    loop
        if p_old -> v_column is distinct from p_new -> v_column then
            v_changes := v_changes || ',"' || v_column
            || '":[' || coalesce((p_old -> v_column)::text, 'null')
            || ',' || coalesce((p_new -> v_column)::text, 'null') || ']';
        end if;
    end loop;
    -- Put together as text: each step of it in jsonb would take all before it apart again.
    return ('{' || substr(v_changes, 2) || '}')::jsonb;
end;
$$;
alter function ops.changed_columns(jsonb, jsonb, text[]) owner to ops;
comment on function ops.changed_columns(jsonb, jsonb, text[]) is
$$The columns, of those listed, in which two versions of a row differ: {column: [old, new]}.

No row before (null) is told from a column that was null; a name that is no column is left out. For
ops.audit() and ops.audit_inserts(), which pin: called for each row that is recorded, it has no SET
clause.$$;
