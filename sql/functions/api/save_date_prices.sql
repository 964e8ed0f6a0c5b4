create or replace function api.save_date_prices(
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
    v_version integer := save_date_prices.expected_version;
    v_term_id bigint;
    v_rows jsonb;
    v_position integer;
    v_rules jsonb;
begin
    perform auth.require('manager');
    v_term_id := pricing.priced_section(save_date_prices.section_id, 'drop_in');
    perform pricing.open_rule_set(v_term_id, 'date_prices', save_date_prices.expected_version);
    v_rows := pricing.checked_rows(
        save_date_prices.rows,
        '{
            "held_on": {"type": "date", "optional": true},
            "amount_minor": {"type": "whole", "min": 0, "max": 99999999999}
        }',
        '{held_on}'
    );
    -- What has a price already may be saved as it is.
    select min(r.position)::integer into v_position
    from jsonb_array_elements(v_rows) with ordinality as r (rule, position)
    where
        r.rule ->> 'held_on' is not null
        and not exists (
            select
            from catalog.meetings as m
            where
                m.studio_id = auth.studio_id()
                and m.section_id = save_date_prices.section_id
                and m.held_on = pricing.date_of(r.rule -> 'held_on')
        )
        and not exists (
            select
            from pricing.date_prices as p
            where
                p.studio_id = auth.studio_id()
                and p.section_id = save_date_prices.section_id
                and p.superseded_at is null
                and p.held_on = pricing.date_of(r.rule -> 'held_on')
        );
    if v_position is not null then
        perform pricing.refuse_row(v_position, 'held_on', 'the class is not held on this date');
    end if;
    select
        coalesce(
            jsonb_agg(r.rule || jsonb_build_object('section_id', save_date_prices.section_id)),
            '[]'
        )
    into v_rules
    from jsonb_array_elements(v_rows) as r (rule);
    if
        pricing.replace_rules(
            'date_prices', 'section_id', array[save_date_prices.section_id], '{held_on}', v_rules
        )
    then
        v_version := pricing.close_rule_set(v_term_id, 'date_prices');
    end if;
    return jsonb_build_object(
        'version', v_version, 'rows', pricing.date_price_rows(save_date_prices.section_id)
    );
end;
$$;
alter function api.save_date_prices(bigint, integer, jsonb) owner to pricing;
grant execute on function api.save_date_prices(bigint, integer, jsonb) to manager;
comment on function api.save_date_prices(bigint, integer, jsonb) is
$$Make the prices of a section's single dates those of the rows; answers them as they are.

For managers. Of a drop-in class, or of one by rate table, whose dates can then be had singly, too.
expected_version: that of the term's table date_prices in rule_sets. rows: an array of
{held_on, amount_minor}, minor units for one student and date; held_on null: every date that has no
price of its own. A price that is left out ends; a changed one is a new version. Answers {version,
rows}. Errors: section_not_found, dates_not_offered, version_stale, rule_invalid.$$;
