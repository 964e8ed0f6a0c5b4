create or replace function api.save_add_ons(
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
    v_version integer;
    v_saved_at timestamptz;
    v_wanted pricing.add_ons [];
    v_ended bigint;
    v_added bigint;
begin
    perform auth.require('manager');
    perform pricing.open_rule_set(
        save_add_ons.term_id, 'add_ons', save_add_ons.expected_version
    );
    perform pricing.check_add_on_rows(save_add_ons.term_id, save_add_ons.rows);
    v_saved_at := clock_timestamp();
    select
        array_agg(
            (
                auth.studio_id(), null, w.section_id, w.code, btrim(w.name), btrim(w.description),
                w.amount_minor, w.required, w.position, null, v_saved_at, null
            )::pricing.add_ons
        )
    into v_wanted
    from jsonb_to_recordset(save_add_ons.rows) as w (
        section_id numeric,
        code text,
        name text,
        description text,
        amount_minor numeric,
        required boolean,
        position numeric
    );
    -- A row that is saved as it is stays as it is.
    update pricing.add_ons as a
    set superseded_at = v_saved_at
    from catalog.sections as s
    where
        a.studio_id = auth.studio_id()
        and a.superseded_at is null
        and s.studio_id = a.studio_id
        and s.id = a.section_id
        and s.term_id = save_add_ons.term_id
        and not exists (
            select
            from unnest(v_wanted) as w
            where
                w.section_id = a.section_id
                and w.code = a.code
                and w.name = a.name
                and w.description is not distinct from a.description
                and w.amount_minor = a.amount_minor
                and w.required = a.required
                and w.position = a.position
        );
    get diagnostics v_ended = row_count;
    insert into pricing.add_ons (
        studio_id, section_id, code, name, description, amount_minor, required, position, version,
        valid_from
    )
    select
        w.studio_id,
        w.section_id,
        w.code,
        w.name,
        w.description,
        w.amount_minor,
        w.required,
        w.position,
        coalesce(max(a.version), 0) + 1,
        w.valid_from
    from unnest(v_wanted) as w
    left join pricing.add_ons as a
        on w.studio_id = a.studio_id and w.section_id = a.section_id and w.code = a.code
    group by
        w.studio_id, w.section_id, w.code, w.name, w.description, w.amount_minor, w.required,
        w.position, w.valid_from
    having count(a.id) = count(a.superseded_at);
    get diagnostics v_added = row_count;
    if v_ended + v_added > 0 then
        v_version := pricing.close_rule_set(save_add_ons.term_id, 'add_ons');
    else
        v_version := save_add_ons.expected_version;
    end if;
    return jsonb_build_object(
        'version', v_version, 'rows', pricing.add_on_rows(save_add_ons.term_id)
    );
end;
$$;
alter function api.save_add_ons(bigint, integer, jsonb) owner to pricing;
grant execute on function api.save_add_ons(bigint, integer, jsonb) to manager;
comment on function api.save_add_ons(bigint, integer, jsonb) is
$$Save the add-ons of a term as a whole; answers {version, rows} in the form that is taken.

For managers. expected_version: of rule_sets for kind add_ons, 0 when it was never saved. rows:
[{section_id, code, name, description, amount_minor, required, position}], amounts in whole minor
units; what is not among them is not to be had any more. Rows that are saved unchanged stay as they
are. What was sold stays as it was sold. Errors: term_not_found, version_stale, rule_invalid (with
row and column).$$;
