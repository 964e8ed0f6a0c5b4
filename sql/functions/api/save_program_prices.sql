create or replace function api.save_program_prices(
    term_id bigint, expected_version integer, rows jsonb
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_version integer := save_program_prices.expected_version;
    v_rows jsonb;
    v_position integer;
    v_rules jsonb;
begin
    perform auth.require('manager');
    perform pricing.open_rule_set(
        save_program_prices.term_id, 'programs', save_program_prices.expected_version
    );
    v_rows := pricing.checked_rows(
        save_program_prices.rows,
        '{
            "program": {"type": "code"},
            "amount_minor": {"type": "whole", "min": 0, "max": 99999999999},
            "registration_fee_minor": {
                "type": "whole", "min": 0, "max": 99999999999, "optional": true
            }
        }',
        '{program}'
    );
    select min(r.position)::integer into v_position
    from jsonb_array_elements(v_rows) with ordinality as r (rule, position)
    left join catalog.programs as g
        on g.studio_id = auth.studio_id() and r.rule ->> 'program' = g.code
    where g.id is null;
    if v_position is not null then
        perform pricing.refuse_row(v_position, 'program', 'there is no such program');
    end if;
    select
        coalesce(
            jsonb_agg(
                r.rule - 'program'
                || jsonb_build_object('term_id', save_program_prices.term_id, 'program_id', g.id)
            ),
            '[]'
        )
    into v_rules
    from jsonb_array_elements(v_rows) as r (rule)
    inner join catalog.programs as g
        on g.studio_id = auth.studio_id() and r.rule ->> 'program' = g.code;
    if
        pricing.replace_rules(
            'program_prices',
            'term_id',
            array[save_program_prices.term_id],
            '{program_id}',
            v_rules
        )
    then
        v_version := pricing.close_rule_set(save_program_prices.term_id, 'programs');
    end if;
    select
        coalesce(
            jsonb_agg(
                jsonb_build_object(
                    'program', g.code,
                    'amount_minor', p.amount_minor,
                    'registration_fee_minor', p.registration_fee_minor
                )
                order by g.code
            ),
            '[]'
        )
    into v_rows
    from pricing.program_prices as p
    inner join catalog.programs as g on p.studio_id = g.studio_id and p.program_id = g.id
    where
        p.studio_id = auth.studio_id()
        and p.term_id = save_program_prices.term_id
        and p.superseded_at is null;
    return jsonb_build_object('version', v_version, 'rows', v_rows);
end;
$$;
alter function api.save_program_prices(bigint, integer, jsonb) owner to pricing;
grant execute on function api.save_program_prices(bigint, integer, jsonb) to manager;
comment on function api.save_program_prices(bigint, integer, jsonb) is
$$Save the set prices of a term's programs as a whole.

For managers. rows: array of {program, amount_minor, registration_fee_minor}; program: its code;
amount_minor: whole minor units for the term; registration_fee_minor: what its classes ask of the
fee registration, null: as that fee says. expected_version: of the table as it was read (rule_sets;
0 when it was never saved). What is left out ends, what differs gets its next version, both at
once. Answers {version, rows} as they are now.
Errors: term_not_found, version_stale, rule_invalid (details: row from 1, column).$$;
