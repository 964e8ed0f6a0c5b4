begin;
set local search_path = tap, public;
select plan(48);
select tests.worker('manager') as manager \gset
select tests.worker() as staff \gset
select tests.term() as term \gset
select tests.section('Saved discounts') as section \gset
select tests.section('Saved elsewhere', '{1}', 'open', p_studio => 'elmst') as elsewhere \gset
create function pg_temp.saved(manager bigint, version integer, rows jsonb) returns jsonb
language plpgsql as $$
begin
    return tests.as_manager(
        manager, format('api.save_discounts(%s, %L, %L)', tests.term(), version, rows)
    );
exception
    when sqlstate 'PGRST' then
        return sqlerrm::jsonb;
end;
$$;
create function pg_temp.row(changes jsonb) returns jsonb language sql as $$
    select
        '{"code": "early", "label": "Early bird", "category": "unconditional", "threshold": null,
        "recipients": null, "kind": "percent", "percent_bp": 500, "amount_minor": null,
        "reduces_tuition": true, "reduces_fees": true, "reduces_programs": false,
        "available_from": null, "available_until": "2030-01-01T00:00:00+00:00", "position": 1,
        "section_ids": []}'::jsonb || changes
$$;
create function pg_temp.versions() returns text language sql as $$
    select string_agg(
        concat_ws(' ', d.code, d.version, case when d.superseded_at is not null then 'ended' end),
        ', ' order by d.code, d.version
    )
    from pricing.discounts as d
$$;
select jsonb_build_array(
    pg_temp.row('{}'),
    pg_temp.row(
        jsonb_build_object(
            'code', 'third', 'label', 'Third class', 'category', 'weekly_classes', 'threshold', 3,
            'recipients', 'reaching', 'kind', 'flat', 'percent_bp', null, 'amount_minor', 2500,
            'position', 2, 'section_ids', jsonb_build_array(:section)
        )
    )
) as rows \gset
select pg_temp.saved(:manager, 0, :'rows') as answer \gset
select is(
    :'answer'::jsonb, jsonb_build_object('version', 1, 'rows', :'rows'::jsonb),
    'what is saved is answered in the same form'
);
select is(
    tests.as_staff(
        :staff,
        '(select jsonb_agg(to_jsonb(d) - ''term_id'' - ''version'' order by d.position)
        from api.discounts as d)'
    ),
    :'rows'::jsonb, 'and read in the same form'
);
select is(pg_temp.versions(), 'early 1, third 1', 'a first version of each');
select is(
    pg_temp.saved(:manager, 1, :'answer'::jsonb -> 'rows') ->> 'version', '1',
    'saving what is there changes nothing'
);
select is(pg_temp.versions(), 'early 1, third 1', 'no row either');
select is(
    pg_temp.saved(
        :manager, 1, jsonb_build_array(:'rows'::jsonb -> 1, :'rows'::jsonb -> 0)
    ) ->> 'version', '1', 'nor in another order'
);
select is(
    pg_temp.saved(:manager, 0, :'rows') ->> 'code', 'version_stale', 'a stale table is refused'
);
select is(
    pg_temp.saved(
        :manager, 1,
        jsonb_build_array(pg_temp.row('{"percent_bp": 700}'), :'rows'::jsonb -> 1)
    ) ->> 'version', '2', 'a change is saved'
);
select is(
    pg_temp.versions(), 'early 1 ended, early 2, third 1', 'as the next version of that row alone'
);
select is(
    pg_temp.saved(:manager, 2, jsonb_build_array(pg_temp.row('{"percent_bp": 700}')))
    ->> 'version', '3', 'what is left out'
);
select is(pg_temp.versions(), 'early 1 ended, early 2, third 1 ended', 'is taken away');
select is(
    pg_temp.saved(
        :manager, 3,
        jsonb_build_array(pg_temp.row('{"percent_bp": 700}'), :'rows'::jsonb -> 1)
    ) ->> 'version', '4', 'it may come back'
);
select is(
    pg_temp.versions(), 'early 1 ended, early 2, third 1 ended, third 2',
    'its versions are counted on'
);
select is(
    pg_temp.saved(
        :manager, 4,
        jsonb_build_array(
            pg_temp.row('{"percent_bp": 700}'), :'rows'::jsonb -> 1 || '{"section_ids": []}'
        )
    ) ->> 'version', '5', 'another choice of sections is a change'
);
select is(
    (
        select count(*) from pricing.discount_sections as s
        inner join pricing.discounts as d on s.discount_id = d.id and d.superseded_at is null
    ), 0::bigint, 'its own sections'
);
select is(
    (
        select bool_and(e.superseded_at = n.valid_from)
        from pricing.discounts as e
        inner join pricing.discounts as n on e.code = n.code and e.version + 1 = n.version
        where e.code = 'early'
    ), true, 'one ends at the very instant at which the next begins'
);

-- Each row is looked at before any is written.
select is(
    (
        select concat_ws(
            ' ', b.body ->> 'code', (b.body ->> 'details')::jsonb ->> 'row',
            (b.body ->> 'details')::jsonb ->> 'column'
        )
        from (
            select pg_temp.saved(
                :manager, 5, jsonb_build_array(pg_temp.row('{}'), pg_temp.row(r.changes))
            ) as body
        ) as b
    ),
    concat_ws(' ', 'rule_invalid 2', r.column_name), r.column_name || ' ' || r.changes::text
)
from (
    values
    ('{"code": "second", "percent": 5}'::jsonb, 'percent'),
    ('{"code": "Second"}', 'code'),
    ('{"code": null}', 'code'),
    ('{"code": "early"}', 'code'),
    ('{"code": "second", "label": " "}', 'label'),
    ('{"code": "second", "category": "everybody"}', 'category'),
    ('{"code": "second", "threshold": 2}', 'threshold'),
    ('{"code": "second", "category": "weekly_classes", "recipients": "reaching"}', 'threshold'),
    ('{"code": "second", "category": "weekly_classes", "threshold": 2}', 'recipients'),
    ('{"code": "second", "threshold": 0}', 'threshold'),
    ('{"code": "second", "kind": "half"}', 'kind'),
    ('{"code": "second", "percent_bp": null}', 'percent_bp'),
    ('{"code": "second", "percent_bp": 10001}', 'percent_bp'),
    ('{"code": "second", "percent_bp": 0}', 'percent_bp'),
    ('{"code": "second", "percent_bp": "500"}', 'percent_bp'),
    ('{"code": "second", "amount_minor": 100}', 'amount_minor'),
    ('{"code": "second", "kind": "flat", "percent_bp": null}', 'amount_minor'),
    (
        '{"code": "second", "kind": "flat", "percent_bp": null, "amount_minor": 20125.5}',
        'amount_minor'
    ),
    ('{"code": "second", "reduces_fees": null}', 'reduces_fees'),
    (
        '{"code": "second", "reduces_tuition": false, "reduces_fees": false}',
        'reduces_tuition'
    ),
    ('{"code": "second", "available_from": "tomorrow"}', 'available_from'),
    ('{"code": "second", "available_from": "2026-02-30T00:00:00Z"}', 'available_from'),
    ('{"code": "second", "available_from": "2030-01-01T00:00:00Z"}', 'available_until'),
    ('{"code": "second", "position": 1.5}', 'position'),
    ('{"code": "second", "section_ids": ["1"]}', 'section_ids')
) as r (changes, column_name);
select is(
    (pg_temp.saved(
        :manager, 5,
        jsonb_build_array(
            pg_temp.row(jsonb_build_object('section_ids', jsonb_build_array(:elsewhere)))
        )
    ) ->> 'details')::jsonb ->> 'column', 'section_ids', 'a section of another term'
);
select is(
    pg_temp.saved(:manager, 5, r.rows) ->> 'message', r.message, r.message
)
from (
    values
    ('{}'::jsonb, 'Row 0: the rows must be a list of objects.'),
    ('[1]', 'Row 1: it must be an object.'),
    (
        jsonb_build_array(pg_temp.row('{"percent_bp": 10001}')),
        'Row 1: percent bp must be a whole number from 1 to 10000.'
    )
) as r (rows, message);

-- Once the term is sold, discounts are fixed.
select tests.confirmed(tests.cart(tests.student(tests.family()), :section)) as registration \gset
select is(
    pg_temp.saved(:manager, 5, '[]') ->> 'code', 'term_locked', 'a sold term keeps its discounts'
);
select is(
    pg_temp.saved(
        :manager, 5,
        tests.as_staff(
            :staff,
            '(select jsonb_agg(to_jsonb(d) - ''term_id'' - ''version'') from api.discounts as d)'
        )
    ) ->> 'version', '5', 'saving what is there still succeeds'
);
select is(
    tests.error_code(
        format('select tests.as_staff(%s, ''api.save_discounts(%s, 5, ''''[]'''')'')', :staff, :term)
    ), '42501', 'staff don''t set discounts'
);
select * from finish();
rollback;
