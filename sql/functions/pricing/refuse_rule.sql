create or replace function pricing.refuse_rule(p_row bigint, p_column text, p_problem text)
returns void
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform ops.fail(
        'rule_invalid',
        jsonb_build_object(
            'row', p_row,
            'column', p_column,
            'problem', concat_ws(': ', replace(p_column, '_', ' '), p_problem)
        )
    );
end;
$$;
alter function pricing.refuse_rule(bigint, text, text) owner to pricing;
comment on function pricing.refuse_rule(bigint, text, text) is
$$Raise rule_invalid for a row (from 1; 0: all of them) of a table of rules that staff save.$$;
