create or replace function pricing.replace_rules(
    p_table text, p_key text[], p_term_id bigint, p_rules jsonb
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    -- Of this moment, not of the transaction's start: a save that it waited for is over.
    v_at constant timestamptz := clock_timestamp();
    v_superseded bigint;
    v_added bigint;
    v_live bigint;
begin
    -- A rule says nothing new where laying it over a row leaves the row as it is.
    execute format(
        $sql$
        update pricing.%I as r
        set superseded_at = $4
        where
            r.studio_id = $1
            and r.term_id = $2
            and r.superseded_at is null
            and not exists (
                select
                from jsonb_array_elements($3) as w (rule)
                where to_jsonb(r) || w.rule = to_jsonb(r)
            )
        $sql$,
        p_table
    )
    using v_studio_id, p_term_id, p_rules, v_at;
    get diagnostics v_superseded = row_count;
    execute format(
        $sql$
        insert into pricing.%1$I overriding user value
        select
            (
                jsonb_populate_record(
                    null::pricing.%1$I,
                    w.rule
                    || jsonb_build_object(
                        'studio_id', $1, 'term_id', $2, 'version', v.version, 'valid_from', $4
                    )
                )
            ).*
        from jsonb_array_elements($3) as w (rule)
        cross join lateral (
            select coalesce(jsonb_object_agg(k.name, w.rule -> k.name), '{}') as key
            from unnest($5) as k (name)
        ) as i
        cross join lateral (
            select
                coalesce(max(r.version), 0) + 1 as version,
                coalesce(bool_or(r.superseded_at is null), false) as is_live
            from pricing.%1$I as r
            where
                r.studio_id = $1 and r.term_id = $2 and to_jsonb(r) || i.key = to_jsonb(r)
        ) as v
        where not v.is_live
        $sql$,
        p_table
    )
    using v_studio_id, p_term_id, p_rules, v_at, p_key;
    get diagnostics v_added = row_count;
    execute format(
        $sql$
        select count(*)
        from pricing.%I as r
        where r.studio_id = $1 and r.term_id = $2 and r.superseded_at is null
        $sql$,
        p_table
    )
    into v_live
    using v_studio_id, p_term_id;
    perform ops.require_count(v_live, jsonb_array_length(p_rules), p_table);
    return v_superseded + v_added > 0;
end;
$$;
alter function pricing.replace_rules(text, text[], bigint, jsonb) owner to pricing;
comment on function pricing.replace_rules(text, text[], bigint, jsonb) is
$$Make the live rules of a term those given: p_rules, an array of objects by column.

What is the same stays. What differs in a column, or is left out, is superseded; what is new, or
differs, is added with the version after the last of its key (p_key, columns beside the term), all
at one instant. Answers whether anything changed. Between open_rule_set() and close_rule_set().$$;
