create or replace function pricing.replace_rules(
    p_table text,
    p_scope text,
    p_scope_ids bigint[],
    p_key text[],
    p_rules jsonb,
    p_signature jsonb default '{}',
    p_others jsonb default null
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
    v_columns constant text[] := array(select jsonb_object_keys(p_rules -> 0));
    -- The sections that one of these is limited to are in a table of their own.
    v_limited constant text
    := case p_table when 'discounts' then 'discount' when 'coupons' then 'coupon' end;
    v_row text := 'to_jsonb(r)';
    v_last timestamptz;
    v_at timestamptz;
    v_superseded bigint;
    v_added bigint;
    v_live bigint;
begin
    if v_limited is not null then
        v_row := format(
            $sql$
            to_jsonb(r) || jsonb_build_object(
                'section_ids',
                array(
                    select s.section_id
                    from pricing.%I as s
                    where s.studio_id = r.studio_id and s.%I = r.id
                    order by s.section_id
                )
            )
            $sql$,
            v_limited || '_sections', v_limited || '_id'
        );
    end if;
    execute format(
        $sql$
        select greatest(max(r.valid_from) + interval '1 us', max(r.superseded_at))
        from pricing.%I as r
        where r.studio_id = $1 and r.%I = any($2) and (to_jsonb(r) @> $3) is not true
        $sql$,
        p_table, p_scope
    )
    into v_last
    using v_studio_id, p_scope_ids, p_others;
    perform pricing.lock_rules(true);
    -- Of this moment, not of the transaction's start: what it waited for is over. But after all
    -- that is there, whatever the clock says.
    v_at := greatest(clock_timestamp(), v_last);
    execute format(
        $sql$
        update pricing.%I as r
        set superseded_at = $3
        where
            r.studio_id = $1
            and r.%I = any($2)
            and r.superseded_at is null
            and (to_jsonb(r) @> $6) is not true
            and pricing.columns_of(%s, $4) not in (
                select w.rule from jsonb_array_elements($5) as w (rule)
            )
        $sql$,
        p_table, p_scope, v_row
    )
    using v_studio_id, p_scope_ids, v_at, v_columns, p_rules, p_others;
    get diagnostics v_superseded = row_count;
    execute format(
        $sql$
        insert into pricing.%1$I overriding user value
        select n.*
        from jsonb_array_elements($4) as w (rule)
        left join (
            select
                pricing.columns_of(to_jsonb(r), $5) as key,
                max(r.version) as version,
                bool_or(r.superseded_at is null) as is_live
            from pricing.%1$I as r
            where r.studio_id = $1 and r.%2$I = any($2)
            group by pricing.columns_of(to_jsonb(r), $5)
        ) as v
            on pricing.columns_of(w.rule, $5) = v.key
        cross join lateral jsonb_populate_record(
            null::pricing.%1$I,
            w.rule
            || $6
            || jsonb_build_object(
                'studio_id', $1, 'version', coalesce(v.version, 0) + 1, 'valid_from', $3
            )
        ) as n
        where v.is_live is not true
        $sql$,
        p_table, p_scope
    )
    using v_studio_id, p_scope_ids, v_at, p_rules, p_key, p_signature;
    get diagnostics v_added = row_count;
    if v_limited is not null then
        execute format(
            $sql$
            insert into pricing.%I (studio_id, %I, section_id)
            select r.studio_id, r.id, s.id::text::bigint
            from pricing.%I as r
            inner join jsonb_array_elements($4) as w (rule)
                on pricing.columns_of(to_jsonb(r), $5) = pricing.columns_of(w.rule, $5)
            cross join lateral jsonb_array_elements(w.rule -> 'section_ids') as s (id)
            where r.studio_id = $1 and r.%I = any($2) and r.valid_from = $3
            $sql$,
            v_limited || '_sections', v_limited || '_id', p_table, p_scope
        )
        using v_studio_id, p_scope_ids, v_at, p_rules, p_key;
    end if;
    execute format(
        $sql$
        select count(*)
        from pricing.%I as r
        where
            r.studio_id = $1
            and r.%I = any($2)
            and r.superseded_at is null
            and (to_jsonb(r) @> $3) is not true
        $sql$,
        p_table, p_scope
    )
    into v_live
    using v_studio_id, p_scope_ids, p_others;
    perform ops.require_count(v_live, jsonb_array_length(p_rules), p_table);
    return v_superseded + v_added > 0;
end;
$$;
alter function pricing.replace_rules(text, text, bigint[], text[], jsonb, jsonb, jsonb)
owner to pricing;
comment on function pricing.replace_rules(text, text, bigint[], text[], jsonb, jsonb, jsonb) is
$$Make the live rules of a table those given: p_rules, an array of objects by column.

Of the rows whose p_scope (term_id, section_id, class_id) is one of p_scope_ids, what is the same
stays. What differs in a column, or is left out, is superseded; what is new, or differs, is added
with the version after the last of its key (the columns p_key), all at one instant. p_signature:
columns of an added row that are no difference by themselves, such as who set it. p_others: rows
with these columns are left alone. Discounts and coupons have section_ids, too: a version has its
own. Answers whether anything changed. Between open_rule_set() and close_rule_set().$$;
