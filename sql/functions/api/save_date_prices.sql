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
    v_studio_id integer;
    v_version integer := save_date_prices.expected_version;
    v_term_id bigint;
    v_saved_at timestamptz;
    v_ended bigint;
    v_begun bigint;
begin
    perform auth.require('manager');
    v_studio_id := auth.studio_id();
    v_term_id := pricing.priced_section(save_date_prices.section_id, 'drop_in');
    perform pricing.open_rule_set(v_term_id, 'date_prices', save_date_prices.expected_version);
    perform pricing.check_date_price_rows(save_date_prices.section_id, save_date_prices.rows);
    v_saved_at := clock_timestamp();
    update pricing.date_prices as p
    set superseded_at = v_saved_at
    where
        p.studio_id = v_studio_id
        and p.section_id = save_date_prices.section_id
        and p.superseded_at is null
        and not exists (
            select
            from jsonb_to_recordset(save_date_prices.rows) as r (held_on date, amount_minor bigint)
            where
                r.held_on is not distinct from p.held_on
                and r.amount_minor = p.amount_minor
        );
    get diagnostics v_ended = row_count;
    insert into pricing.date_prices (
        studio_id, section_id, held_on, amount_minor, version, valid_from
    )
    select
        v_studio_id,
        save_date_prices.section_id,
        r.held_on,
        r.amount_minor,
        coalesce(max(p.version), 0) + 1,
        v_saved_at
    from jsonb_to_recordset(save_date_prices.rows) as r (held_on date, amount_minor bigint)
    left join pricing.date_prices as p
        on
            p.studio_id = v_studio_id
            and p.section_id = save_date_prices.section_id
            and r.held_on is not distinct from p.held_on
    group by r.held_on, r.amount_minor
    having count(p.id) filter (where p.superseded_at is null) = 0;
    get diagnostics v_begun = row_count;
    if v_ended + v_begun > 0 then
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
$$Make the prices of a drop-in section's dates those of the rows; answers them as they are.

For managers. expected_version: that of the term's table date_prices in rule_sets. rows: an array of
{held_on, amount_minor}, minor units for one student and date; held_on null: every date that has no
price of its own. A price that is left out ends; a changed one is a new version. Answers {version,
rows}. Errors: section_not_found, dates_not_offered, version_stale, rule_invalid.$$;
