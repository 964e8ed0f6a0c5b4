create or replace function pricing.refuse_row(p_row integer, p_column text, p_problem text)
returns void
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    -- The sentence is for people; the column stands beside it as programs know it.
    perform ops.fail(
        'rule_invalid',
        jsonb_build_object(
            'row', p_row, 'column', p_column, 'problem', replace(p_problem, '_', ' ')
        )
    );
end;
$$;
alter function pricing.refuse_row(integer, text, text) owner to pricing;
grant execute on function pricing.refuse_row(integer, text, text) to catalog;
comment on function pricing.refuse_row(integer, text, text) is
$$Refuse a table of rules for one of its rows. Raises rule_invalid.

p_row: its position, from 1; 0: the table as a whole. p_column: null when it is the row as a whole.
p_problem: a sentence without its full stop.$$;
