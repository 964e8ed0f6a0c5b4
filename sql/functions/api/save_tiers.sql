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
    v_studio_id integer;
    v_version integer := save_tiers.expected_version;
    v_term_id bigint;
    v_saved_at timestamptz;
    v_ended bigint;
    v_begun bigint;
    v_changed boolean;
begin
    perform auth.require('manager');
    v_studio_id := auth.studio_id();
    v_term_id := pricing.priced_section(save_tiers.section_id, 'tiered');
    perform pricing.open_rule_set(v_term_id, 'tiers', save_tiers.expected_version);
    perform pricing.check_tier_rows(save_tiers.rows);
    v_changed := catalog.save_section_tiers(save_tiers.section_id, save_tiers.rows);
    v_saved_at := clock_timestamp();
    update pricing.tier_prices as p
    set superseded_at = v_saved_at
    where
        p.studio_id = v_studio_id
        and p.section_id = save_tiers.section_id
        and p.superseded_at is null
        and not exists (
            select
            from jsonb_to_recordset(save_tiers.rows) as r (code text, amount_minor bigint)
            inner join catalog.section_tiers as t
                on t.studio_id = v_studio_id and t.section_id = p.section_id and r.code = t.code
            where t.id = p.tier_id and r.amount_minor = p.amount_minor
        );
    get diagnostics v_ended = row_count;
    insert into pricing.tier_prices (
        studio_id, section_id, tier_id, amount_minor, version, valid_from
    )
    select
        t.studio_id,
        t.section_id,
        t.id,
        r.amount_minor,
        coalesce(max(p.version), 0) + 1,
        v_saved_at
    from jsonb_to_recordset(save_tiers.rows) as r (code text, amount_minor bigint)
    inner join catalog.section_tiers as t
        on t.studio_id = v_studio_id and t.section_id = save_tiers.section_id and r.code = t.code
    left join pricing.tier_prices as p
        on t.studio_id = p.studio_id and t.section_id = p.section_id and t.id = p.tier_id
    group by t.studio_id, t.section_id, t.id, r.amount_minor
    having count(p.id) filter (where p.superseded_at is null) = 0;
    get diagnostics v_begun = row_count;
    if v_changed or v_ended + v_begun > 0 then
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
