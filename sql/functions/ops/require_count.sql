create or replace function ops.require_count(p_changed bigint, p_expected bigint, p_what text)
returns void
language plpgsql
stable
set search_path = ''
set timezone = 'UTC'
as $$
begin
    -- Under row security a write that sees no row is no error; here it is.
    if p_changed is distinct from p_expected then
        perform ops.fail(
            'unexpected_row_count',
            jsonb_build_object('what', p_what, 'changed', p_changed, 'expected', p_expected)
        );
    end if;
end;
$$;
alter function ops.require_count(bigint, bigint, text) owner to ops;
grant execute on function ops.require_count(bigint, bigint, text) to domain;
comment on function ops.require_count(bigint, bigint, text) is
$$Raise unexpected_row_count when a statement changed another number of rows than it meant to.$$;
