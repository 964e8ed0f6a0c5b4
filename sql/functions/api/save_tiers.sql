create or replace function api.save_tiers(
    section_id bigint, expected_version integer, rows jsonb
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_version integer := save_tiers.expected_version;
    v_term_id bigint;
    v_rows jsonb;
    v_position integer;
    v_is_changed boolean;
    v_is_repriced boolean;
    v_rules jsonb;
begin
    perform auth.require('manager');
    v_term_id := pricing.priced_section(save_tiers.section_id, 'tiered');
    perform pricing.open_rule_set(v_term_id, 'tiers', save_tiers.expected_version);
    v_rows := pricing.checked_rows(
        save_tiers.rows,
        '{
            "code": {"type": "code"},
            "name": {"type": "text", "max": 100},
            "starts_at": {"type": "hour"},
            "ends_at": {"type": "hour"},
            "position": {"type": "whole", "min": 0, "max": 9999},
            "amount_minor": {"type": "whole", "min": 0, "max": 99999999999}
        }',
        '{code}'
    );
    select min(r.position)::integer into v_position
    from jsonb_array_elements(v_rows) with ordinality as r (rule, position)
    where (r.rule ->> 'ends_at')::time <= (r.rule ->> 'starts_at')::time;
    if v_position is not null then
        perform pricing.refuse_row(v_position, 'ends_at', 'ends_at must be later than starts_at');
    end if;
    v_is_changed := catalog.save_section_tiers(save_tiers.section_id, v_rows);
    select
        coalesce(
            jsonb_agg(
                jsonb_build_object(
                    'section_id', t.section_id,
                    'tier_id', t.id,
                    'amount_minor', r.rule -> 'amount_minor'
                )
            ),
            '[]'
        )
    into v_rules
    from jsonb_array_elements(v_rows) as r (rule)
    inner join catalog.section_tiers as t
        on
            t.studio_id = auth.studio_id()
            and t.section_id = save_tiers.section_id
            and r.rule ->> 'code' = t.code;
    v_is_repriced := pricing.replace_rules(
        'tier_prices', 'section_id', array[save_tiers.section_id], '{tier_id}', v_rules
    );
    if v_is_changed or v_is_repriced then
        v_version := pricing.close_rule_set(v_term_id, 'tiers');
    end if;
    return jsonb_build_object(
        'version', v_version, 'rows', pricing.tier_rows(save_tiers.section_id)
    );
end;
$$;
alter function api.save_tiers(bigint, integer, jsonb) owner to pricing;
grant execute on function api.save_tiers(bigint, integer, jsonb) to manager;
comment on function api.save_tiers(bigint, integer, jsonb) is
$$Make the tiers of a tiered section, and their prices, those of the rows; answers them as they are.

For managers. expected_version: that of the term's table tiers in rule_sets. rows: an array of
{code, name, starts_at, ends_at, position, amount_minor}, local hours as 09:30, minor units. A tier
that is left out is withdrawn and goes on for those enrolled; a changed price is a new version.
Answers {version, rows}. Errors: section_not_found, tier_not_offered, version_stale, rule_invalid,
section_has_seats.$$;
