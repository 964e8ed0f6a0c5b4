create or replace function api.save_coupons(
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
    v_studio_id integer;
    v_current jsonb;
    v_wanted jsonb;
    v_row record;
    v_saved_at timestamptz;
    v_version integer := save_coupons.expected_version;
begin
    perform auth.require('manager');
    v_studio_id := auth.studio_id();
    perform pricing.open_rule_set(save_coupons.term_id, 'coupons', save_coupons.expected_version);
    perform pricing.check_rule_rows(
        save_coupons.rows,
        $json${
            "key": {"type": "key"},
            "name": {"type": "text", "least": 1, "most": 100},
            "code": {"type": "text", "least": 3, "most": 40, "nullable": true},
            "kind": {"type": "word", "words": ["percent", "flat"]},
            "percent_bp": {"type": "integer", "least": 1, "most": 10000, "nullable": true},
            "amount_minor": {"type": "integer", "least": 1, "most": 99999999999, "nullable": true},
            "available_from": {"type": "instant", "nullable": true},
            "available_until": {"type": "instant", "nullable": true},
            "max_uses": {"type": "integer", "least": 1, "most": 1000000, "nullable": true},
            "max_uses_per_family": {
                "type": "integer", "least": 1, "most": 1000000, "nullable": true
            },
            "stackable": {"type": "boolean"},
            "applies_to": {"type": "words", "words": ["tuition", "registration", "recital"]},
            "most_expensive_only": {"type": "boolean"},
            "active": {"type": "boolean"},
            "section_ids": {"type": "ids", "nullable": true}
        }$json$
    );
    -- A code names one coupon of the studio, in whatever term.
    perform pg_advisory_xact_lock(hashtextextended('coupons ' || v_studio_id, 0));
    for v_row in
        select r.number, c.*
        from jsonb_array_elements(save_coupons.rows) with ordinality as r (value, number)
        cross join lateral jsonb_to_record(r.value) as c (
            key text,
            code text,
            kind text,
            percent_bp integer,
            amount_minor bigint,
            available_from timestamptz,
            available_until timestamptz,
            section_ids jsonb
        )
    loop
        if
            exists (
                select
                from jsonb_array_elements(save_coupons.rows) with ordinality as x (value, number)
                where x.value ->> 'key' = v_row.key and x.number < v_row.number
            )
        then
            perform pricing.refuse_rule(v_row.number, 'key', 'an earlier row has the same');
        elsif
            exists (
                select
                from jsonb_array_elements(save_coupons.rows) with ordinality as x (value, number)
                where
                    upper(btrim(x.value ->> 'code')) = upper(btrim(v_row.code))
                    and x.number < v_row.number
            )
            or exists (
                select
                from pricing.coupons as x
                where
                    x.studio_id = v_studio_id
                    and x.code = upper(btrim(v_row.code))
                    and x.superseded_at is null
                    and x.term_id <> save_coupons.term_id
            )
        then
            perform pricing.refuse_rule(v_row.number, 'code', 'another coupon has the same');
        elsif (v_row.kind = 'percent') is distinct from (v_row.percent_bp is not null) then
            perform pricing.refuse_rule(
                v_row.number, 'percent_bp', 'a percentage needs it, an amount has none'
            );
        elsif (v_row.kind = 'flat') is distinct from (v_row.amount_minor is not null) then
            perform pricing.refuse_rule(
                v_row.number, 'amount_minor', 'an amount needs it, a percentage has none'
            );
        elsif v_row.available_until <= v_row.available_from then
            perform pricing.refuse_rule(
                v_row.number, 'available_until', 'it must be later than its beginning'
            );
        elsif
            exists (
                select
                from jsonb_array_elements(nullif(v_row.section_ids, 'null')) as e (value)
                where
                    e.value::text::bigint not in (
                        select s.id
                        from catalog.sections as s
                        where s.studio_id = v_studio_id and s.term_id = save_coupons.term_id
                    )
            )
        then
            perform pricing.refuse_rule(
                v_row.number, 'section_ids', 'the term has no such section'
            );
        end if;
    end loop;

    v_wanted := (
        select coalesce(jsonb_agg(n.value order by n.value ->> 'key'), '[]')
        from jsonb_array_elements(save_coupons.rows) as r (value)
        cross join lateral (
            select
                pricing.coupon_document(
                    jsonb_populate_record(
                        null::pricing.coupons,
                        r.value || jsonb_build_object('name', btrim(r.value ->> 'name'))
                    ),
                    array(
                        select e.value::text::bigint
                        from jsonb_array_elements(
                            coalesce(nullif(r.value -> 'section_ids', 'null'), '[]')
                        ) as e (value)
                    )
                ) as value
        ) as n
    );
    v_current := (
        select coalesce(jsonb_agg(n.value order by n.value ->> 'key'), '[]')
        from pricing.coupons as c
        cross join lateral (
            select
                pricing.coupon_document(
                    c,
                    array(
                        select s.section_id
                        from pricing.coupon_sections as s
                        where s.studio_id = c.studio_id and s.coupon_id = c.id
                    )
                ) as value
        ) as n
        where
            c.studio_id = v_studio_id
            and c.term_id = save_coupons.term_id
            and c.superseded_at is null
    );
    -- What is saved as it was stays as it is, also where nothing may change any more.
    if v_wanted <> v_current then
        v_saved_at := clock_timestamp();
        update pricing.coupons as c
        set superseded_at = v_saved_at
        where
            c.studio_id = v_studio_id
            and c.term_id = save_coupons.term_id
            and c.superseded_at is null
            and not exists (
                select
                from jsonb_array_elements(v_current) as o (value)
                inner join jsonb_array_elements(v_wanted) as w (value) on o.value = w.value
                where o.value ->> 'key' = c.key
            );
        with wanted as (
            select w.value
            from jsonb_array_elements(v_wanted) as w (value)
            where
                not exists (
                    select from jsonb_array_elements(v_current) as o (value)
                    where o.value = w.value
                )
        ),

        added as (
            insert into pricing.coupons (
                studio_id, term_id, key, name, code, kind, percent_bp, amount_minor, available_from,
                available_until, max_uses, max_uses_per_family, stackable, applies_to,
                most_expensive_only, active, version, valid_from
            )
            select
                v_studio_id,
                save_coupons.term_id,
                c.key,
                c.name,
                c.code,
                c.kind,
                c.percent_bp,
                c.amount_minor,
                c.available_from,
                c.available_until,
                c.max_uses,
                c.max_uses_per_family,
                c.stackable,
                c.applies_to,
                c.most_expensive_only,
                c.active,
                1 + coalesce(
                    (
                        select max(x.version)
                        from pricing.coupons as x
                        where
                            x.studio_id = v_studio_id
                            and x.term_id = save_coupons.term_id
                            and x.key = c.key
                    ),
                    0
                ),
                v_saved_at
            from wanted as w
            cross join lateral jsonb_populate_record(null::pricing.coupons, w.value) as c
            returning id, key
        )

        insert into pricing.coupon_sections (studio_id, coupon_id, section_id)
        select v_studio_id, n.id, e.value::text::bigint
        from added as n
        inner join wanted as w on n.key = w.value ->> 'key'
        cross join lateral jsonb_array_elements(w.value -> 'section_ids') as e (value);
        v_version := pricing.close_rule_set(save_coupons.term_id, 'coupons');
    end if;
    return jsonb_build_object('version', v_version, 'rows', v_wanted);
end;
$$;
alter function api.save_coupons(bigint, integer, jsonb) owner to pricing;
grant execute on function api.save_coupons(bigint, integer, jsonb) to manager;
comment on function api.save_coupons(bigint, integer, jsonb) is
$$Save all coupons of a term: what is left out is taken away, what changed gets a new version.

For managers, also once the term is sold. expected_version: that of api.rule_sets, kind coupons; 0
when never saved. rows: in the form of the answer, {"version", "rows"}: key, name, code (null:
applied by itself), kind, percent_bp (basis points) or amount_minor (minor units), available_from,
available_until, max_uses, max_uses_per_family, stackable, applies_to, most_expensive_only, active,
section_ids. Uses so far count on as long as the key is the same. Errors: term_not_found,
version_stale, rule_invalid.$$;
