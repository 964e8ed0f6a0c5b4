create or replace function api.rates_csv(term_id bigint)
returns ops."text/csv"
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_currency text;
begin
    perform auth.require('staff');
    if
        not exists (
            select
            from catalog.terms as t
            where t.studio_id = auth.studio_id() and t.id = rates_csv.term_id
        )
    then
        perform ops.fail('term_not_found');
    end if;
    v_currency := studio.currency();
    return (
        select
            string_agg(l.line || E'\r\n', '' order by l.position)::ops."text/csv"
        from (
            select 0::bigint as position, 'division,location,weekly_count,amount' as line
            union all
            select
                r.position,
                concat_ws(
                    ',',
                    r.rule ->> 'division',
                    case
                        when r.rule ->> 'location' ~ '[",\r\n]'
                            then '"' || replace(r.rule ->> 'location', '"', '""') || '"'
                        else coalesce(r.rule ->> 'location', '')
                    end,
                    r.rule ->> 'weekly_count',
                    replace(
                        studio.money_text((r.rule ->> 'amount_minor')::bigint, v_currency),
                        ',',
                        ''
                    )
                )
            from jsonb_array_elements(
                pricing.rate_rows(rates_csv.term_id)
            ) with ordinality as r (rule, position)
        ) as l
    );
end;
$$;
alter function api.rates_csv(bigint) owner to pricing;
grant execute on function api.rates_csv(bigint) to staff;
comment on function api.rates_csv(bigint) is
$$The rate table of a term as a file: division,location,weekly_count,amount.

For staff; ask for it with Accept: text/csv. Comma-separated values by RFC 4180 with a header.
division: its code; location: a name, empty in the list of all that have none of their own;
amount: in the studio's currency, as 796.43. import_rates_csv takes it back. Errors:
term_not_found.$$;
