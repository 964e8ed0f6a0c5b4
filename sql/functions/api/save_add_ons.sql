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
    v_version integer := save_add_ons.expected_version;
    v_section_ids bigint[];
    v_rows jsonb;
    v_position integer;
begin
    perform auth.require('manager');
    perform pricing.open_rule_set(save_add_ons.term_id, 'add_ons', save_add_ons.expected_version);
    v_rows := pricing.checked_rows(
        save_add_ons.rows,
        '{
            "section_id": {"type": "whole", "min": 1, "max": 999999999999999999},
            "code": {"type": "code"},
            "name": {"type": "text", "max": 100},
            "description": {"type": "text", "max": 1000, "optional": true},
            "amount_minor": {"type": "whole", "min": 0, "max": 99999999999},
            "required": {"type": "boolean"},
            "position": {"type": "whole", "min": 0, "max": 9999}
        }',
        '{section_id,code}'
    );
    v_section_ids := array(
        select s.id
        from catalog.sections as s
        where s.studio_id = auth.studio_id() and s.term_id = save_add_ons.term_id
    );
    select min(r.position)::integer into v_position
    from jsonb_array_elements(v_rows) with ordinality as r (rule, position)
    where (r.rule -> 'section_id')::bigint <> all(v_section_ids);
    if v_position is not null then
        perform pricing.refuse_row(v_position, 'section_id', 'the term has no such section');
    end if;
    if
        pricing.replace_rules(
            'add_ons', 'section_id', v_section_ids, '{section_id,code}', v_rows
        )
    then
        v_version := pricing.close_rule_set(save_add_ons.term_id, 'add_ons');
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
