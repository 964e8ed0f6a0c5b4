begin;
set local search_path = tap, public;
select plan(34);
select tests.worker('manager') as manager \gset
select tests.worker() as staff \gset
select tests.term() as term \gset
select tests.section('Saved coupons') as section \gset
create function pg_temp.saved(manager bigint, version integer, rows jsonb, term bigint default null)
returns jsonb
language plpgsql as $$
begin
    return tests.as_manager(
        manager,
        format('api.save_coupons(%s, %L, %L)', coalesce(term, tests.term()), version, rows)
    );
exception
    when sqlstate 'PGRST' then
        return sqlerrm::jsonb;
end;
$$;
create function pg_temp.row(changes jsonb) returns jsonb language sql as $$
    select
        '{"key": "partner", "name": "Partner", "code": "PARTNER50", "kind": "flat",
        "percent_bp": null, "amount_minor": 5000, "available_from": "2026-01-01T00:00:00+00:00",
        "available_until": null, "max_uses": 20, "max_uses_per_family": 1, "stackable": false,
        "applies_to": ["tuition", "registration", "recital"], "most_expensive_only": false,
        "active": true, "section_ids": []}'::jsonb || changes
$$;
create function pg_temp.versions() returns text language sql as $$
    select string_agg(
        concat_ws(' ', c.key, c.version, case when c.superseded_at is not null then 'ended' end),
        ', ' order by c.key, c.version
    )
    from pricing.coupons as c
$$;
select jsonb_build_array(
    pg_temp.row(
        jsonb_build_object(
            'key', 'early', 'name', 'Early registration', 'code', null, 'kind', 'percent',
            'percent_bp', 500, 'amount_minor', null, 'section_ids', jsonb_build_array(:section)
        )
    ),
    pg_temp.row('{}')
) as rows \gset
select pg_temp.saved(:manager, 0, :'rows') as answer \gset
select is(
    :'answer'::jsonb, jsonb_build_object('version', 1, 'rows', :'rows'::jsonb),
    'what is saved is answered in the same form'
);
select is(
    tests.as_staff(
        :staff,
        '(select jsonb_agg(to_jsonb(c) - ''term_id'' - ''version'' - ''uses'' order by c.key)
        from api.coupons as c)'
    ),
    :'rows'::jsonb, 'and read in the same form'
);
select is(
    pg_temp.saved(
        :manager, 1,
        jsonb_build_array(
            :'rows'::jsonb -> 0,
            pg_temp.row(
                '{"code": " partner50 ", "applies_to": ["recital", "tuition", "registration"]}'
            )
        )
    ) ->> 'version', '1', 'case, blanks and order make no change'
);
select is(pg_temp.versions(), 'early 1, partner 1', 'of any row');
select is(
    pg_temp.saved(:manager, 0, :'rows') ->> 'code', 'version_stale', 'a stale table is refused'
);

-- Also once the term is sold, and its uses count on.
select tests.cart(tests.student(tests.family()), :section) as cart \gset
select tests.predate_rules('coupons', 'true');
select tests.supersede('coupons', 'key = ''early''');
select tests.coupon_quote(:cart, 'partner50') ->> 'quote_id' as quote \gset
select tests.as_family(
    tests.family_of_cart(:cart), format('api.checkout(%s, %s, ''12345678'')', :cart, :quote)
) ->> 'status' as status \gset
select is(
    (
        select jsonb_agg(jsonb_build_array(x.value -> 'key', x.value -> 'uses'))
        from jsonb_array_elements(
            tests.as_staff(:staff, '(select jsonb_agg(c) from api.coupons as c)')
        ) as x
    ),
    '[["partner", 1]]', 'staff see how often it is used'
);
select is(
    pg_temp.saved(:manager, 1, jsonb_build_array(pg_temp.row('{"max_uses": 1}')))
    ->> 'version', '2', 'a coupon of a sold term may change'
);
select is(
    tests.as_staff(:staff, '(select max(c.uses) from api.coupons as c)'), '1', 'and stays used'
);

select is(
    (
        select concat_ws(
            ' ', b.body ->> 'code', (b.body ->> 'details')::jsonb ->> 'row',
            (b.body ->> 'details')::jsonb ->> 'column'
        )
        from (
            select pg_temp.saved(
                :manager, 2, jsonb_build_array(pg_temp.row('{}'), pg_temp.row(r.changes))
            ) as body
        ) as b
    ),
    concat_ws(' ', 'rule_invalid 2', r.column_name), r.column_name || ' ' || r.changes::text
)
from (
    values
    ('{"code": "OTHER"}'::jsonb, 'key'),
    ('{"key": "other"}', 'code'),
    ('{"key": "other", "code": " Partner50"}', 'code'),
    ('{"key": "other", "code": "AB"}', 'code'),
    -- Without a code it would apply to everybody by itself.
    ('{"key": "other", "code": " "}', 'code'),
    -- Its capitals are plain letters, as it is written it is none.
    ('{"key": "other", "code": "\u0131l\u0131k"}', 'code'),
    ('{"key": "other", "code": "stra\u00dfe"}', 'code'),
    ('{"key": "other", "code": "SPR\tING"}', 'code'),
    ('{"key": "other", "code": "OTHER", "name": null}', 'name'),
    ('{"key": "other", "code": "OTHER", "amount_minor": 0}', 'amount_minor'),
    ('{"key": "other", "code": "OTHER", "amount_minor": 20125.5}', 'amount_minor'),
    ('{"key": "other", "code": "OTHER", "amount_minor": -1}', 'amount_minor'),
    ('{"key": "other", "code": "OTHER", "percent_bp": 10001}', 'percent_bp'),
    ('{"key": "other", "code": "OTHER", "percent_bp": 100}', 'percent_bp'),
    ('{"key": "other", "code": "OTHER", "max_uses": 0}', 'max_uses'),
    ('{"key": "other", "code": "OTHER", "max_uses_per_family": 0}', 'max_uses_per_family'),
    ('{"key": "other", "code": "OTHER", "applies_to": []}', 'applies_to'),
    ('{"key": "other", "code": "OTHER", "applies_to": ["add_ons"]}', 'applies_to'),
    ('{"key": "other", "code": "OTHER", "stackable": "no"}', 'stackable'),
    (
        '{"key": "other", "code": "OTHER", "available_until": "2025-12-31T00:00:00Z"}',
        'available_until'
    ),
    ('{"key": "other", "code": "OTHER", "section_ids": [0]}', 'section_ids')
) as r (changes, column_name);
-- A code names one coupon of the studio, in whatever term.
select tests.run(
    $$insert into catalog.terms
    (studio_id, name, starts_on, ends_on, registration_opens_at, registration_closes_at)
    values (
        auth.studio_id(), 'Other term', '2030-01-01', '2030-06-01', now(), now() + interval '1 day'
    )$$
);
select t.id as other_term from catalog.terms as t where t.name = 'Other term' \gset
select is(
    (
        pg_temp.saved(:manager, 0, jsonb_build_array(pg_temp.row('{}')), :other_term)
        ->> 'details'
    )::jsonb ->> 'column', 'code', 'a code of another term'
);
select is(
    pg_temp.saved(:manager, 0, jsonb_build_array(pg_temp.row('{"code": "NEXT"}')), :other_term)
    ->> 'version', '1', 'a code of its own'
);
select is(
    pg_temp.saved(:manager, 0, '[]', -1) ->> 'code', 'term_not_found', 'a term that is not there'
);
select is(pg_temp.saved(:manager, 2, '[]') ->> 'version', '3', 'all of them taken away');
select is(
    tests.error_code(
        format('select tests.as_staff(%s, ''api.save_coupons(%s, 3, ''''[]'''')'')', :staff, :term)
    ), '42501', 'staff don''t set coupons'
);
select * from finish();
rollback;
