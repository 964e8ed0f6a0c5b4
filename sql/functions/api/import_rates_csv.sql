create or replace function api.import_rates_csv(
    term_id bigint, expected_version integer, csv text
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_exponent integer;
    v_rows jsonb := jsonb_build_array();
    v_record record;
begin
    perform auth.require('manager');
    v_exponent := studio.currency_exponent(studio.currency());
    for v_record in
        select r.number, r.fields from pricing.csv_records(import_rates_csv.csv) as r
    loop
        if v_record.number = 0 then
            if v_record.fields <> '{division,location,weekly_count,amount}' then
                perform pricing.refuse_row(0, null, 'the header is not that of a rate table');
            end if;
            continue;
        end if;
        if cardinality(v_record.fields) <> 4 then
            perform pricing.refuse_row(
                v_record.number,
                null,
                format('it has %s fields instead of 4', cardinality(v_record.fields))
            );
        elsif v_record.fields[3] !~ '^[0-9]{1,9}$' then
            perform pricing.refuse_row(
                v_record.number, 'weekly_count', 'weekly_count must be a whole number'
            );
        elsif
            v_record.fields[4] !~ '^[0-9]{1,9}(\.[0-9]{1,9})?$'
            -- The decimals that are written, also where they are noughts.
            or length(split_part(v_record.fields[4], '.', 2)) > v_exponent
        then
            perform pricing.refuse_row(
                v_record.number,
                'amount',
                format('amount must be a number with at most %s decimals', v_exponent)
            );
        end if;
        v_rows := v_rows || jsonb_build_object(
            'division', v_record.fields[1],
            'location', v_record.fields[2],
            'weekly_count', v_record.fields[3]::bigint,
            'amount_minor',
            (v_record.fields[4]::numeric * power(10::numeric, v_exponent))::bigint
        );
    end loop;
    return api.save_rates(import_rates_csv.term_id, import_rates_csv.expected_version, v_rows);
end;
$$;
alter function api.import_rates_csv(bigint, integer, text) owner to pricing;
grant execute on function api.import_rates_csv(bigint, integer, text) to manager;
comment on function api.import_rates_csv(bigint, integer, text) is
$$Save the rate table of a term from a file as rates_csv answers it.

For managers. csv: comma-separated values by RFC 4180, lines ended by CRLF or LF, with the header
division,location,weekly_count,amount; amount: in the studio's currency, with no more decimals than
it has. All else is as in save_rates: expected_version, the answer, and the errors; in the details
of rule_invalid row 0 is the header, or the file as a whole.$$;
