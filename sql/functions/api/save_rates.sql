create or replace function api.save_rates(term_id bigint, expected_version integer, rows jsonb)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_version integer := save_rates.expected_version;
    v_rows jsonb;
    v_fault record;
    v_rules jsonb;
begin
    perform auth.require('manager');
    perform pricing.open_rule_set(save_rates.term_id, 'rates', save_rates.expected_version);
    v_rows := pricing.checked_rows(
        save_rates.rows,
        '{
            "division": {"type": "code"},
            "location": {"type": "text", "optional": true},
            "weekly_count": {"type": "whole", "min": 1, "max": 100},
            "amount_minor": {"type": "whole", "min": 0, "max": 99999999999}
        }',
        '{division,location,weekly_count}'
    );
    select r.position::integer, case when d.id is null then 'division' else 'location' end as name
    into v_fault
    from jsonb_array_elements(v_rows) with ordinality as r (rule, position)
    left join catalog.divisions as d
        on d.studio_id = auth.studio_id() and r.rule ->> 'division' = d.code
    left join studio.locations as l
        on l.studio_id = auth.studio_id() and r.rule ->> 'location' = l.name
    where d.id is null or (r.rule ->> 'location' is not null and l.id is null)
    order by r.position
    limit 1;
    if found then
        perform pricing.refuse_row(
            v_fault.position, v_fault.name, format('there is no such %s', v_fault.name)
        );
    end if;
    select
        coalesce(
            jsonb_agg(
                jsonb_build_object(
                    'term_id', save_rates.term_id,
                    'division_id', d.id,
                    'location_id', l.id,
                    'weekly_count', r.rule -> 'weekly_count',
                    'amount_minor', r.rule -> 'amount_minor'
                )
            ),
            '[]'
        )
    into v_rules
    from jsonb_array_elements(v_rows) as r (rule)
    inner join catalog.divisions as d
        on d.studio_id = auth.studio_id() and r.rule ->> 'division' = d.code
    left join studio.locations as l
        on l.studio_id = auth.studio_id() and r.rule ->> 'location' = l.name;
    if
        pricing.replace_rules(
            'rates',
            'term_id',
            array[save_rates.term_id],
            '{division_id,location_id,weekly_count}',
            v_rules
        )
    then
        v_version := pricing.close_rule_set(save_rates.term_id, 'rates');
    end if;
    return jsonb_build_object(
        'version', v_version, 'rows', pricing.rate_rows(save_rates.term_id)
    );
end;
$$;
alter function api.save_rates(bigint, integer, jsonb) owner to pricing;
grant execute on function api.save_rates(bigint, integer, jsonb) to manager;
comment on function api.save_rates(bigint, integer, jsonb) is
$$Save the rate table of a term as a whole: tuition by division, weekly count and price list.

For managers. rows: array of {division, location, weekly_count, amount_minor}; division: its code;
location: the name of the one whose own list the row is of, null for the list of all the others;
amount_minor: whole minor units. expected_version: of the table as it was read (rule_sets; 0 when
it was never saved). What is left out ends, what differs gets its next version, both at once;
nothing that was quoted before changes. Answers {version, rows} as they are now.
Errors: term_not_found, version_stale, rule_invalid (details: row from 1, column).$$;
