begin;
set local search_path = tap, public;
select plan(29);
select tests.worker('manager') as manager \gset
select tests.term() as term \gset
create function pg_temp.save(p_manager bigint, p_version integer, p_rows jsonb) returns jsonb
language sql as $$
    select tests.as_staff(
        p_manager, format('api.save_fees(%s, %s, %L)', tests.term(), p_version, p_rows),
        p_role => 'manager'
    )
$$;
create function pg_temp.shown(p_manager bigint) returns jsonb language sql as $$
    select tests.as_staff(
        p_manager,
        format(
            '(
                select jsonb_agg(
                    to_jsonb(f) - ''{term_id,version,valid_from}''::text[] order by f.position
                )
                from api.fee_rules as f where f.term_id = %s
            )', tests.term()
        ),
        p_role => 'manager'
    )
$$;
-- The fees as they were read, the first with some columns changed.
create function pg_temp.changed(p_rows jsonb, p_changes jsonb) returns jsonb language sql as $$
    select jsonb_set(p_rows, '{0}', p_rows -> 0 || p_changes)
$$;
create temporary table before as select * from pricing.fee_rules where term_id = :term;
select pg_temp.shown(:manager) as loaded \gset
select is(
    :'loaded'::jsonb -> 0,
    '{"code": "costume_senior", "label": "Costume", "unit": "class", "amount_minor": 6500,
    "charged_modes": ["standard"], "division": "senior", "division_of": "class", "position": 1,
    "class": null, "section": null, "discountable": true, "once_per_term": true,
    "proration": "none", "exempt_classes": []}',
    'a fee as staff read it'
);
select is(
    pg_temp.save(:manager, 0, :'loaded'), jsonb_build_object('version', 0, 'rows', :'loaded'::jsonb),
    'what is saved as it was read is no new version'
);
select set_eq(
    format('select * from pricing.fee_rules where term_id = %s', :term), 'table before',
    'and changes no row'
);
-- Each column by itself makes a next version.
select tests.section('Spared') as spared \gset
select tests.run(
    format('update catalog.sections set name = ''Only one'' where id = %s', :spared)
);
create temporary table answers as
select v.changes, tests.what_if(
    'select 1',
    format(
        'pg_temp.save(%s, 0, %L)', :manager, pg_temp.changed(:'loaded', v.changes)
    )
) as answer
from (
    values
    (jsonb '{"label": "Dress"}'), ('{"unit": "student"}'), ('{"amount_minor": 7000}'),
    ('{"charged_modes": ["standard", "tiered"]}'), ('{"division": "junior"}'),
    ('{"division": null, "division_of": null}'), ('{"division_of": "student"}'),
    ('{"position": 0}'), ('{"code": "dress"}'), ('{"discountable": false}'),
    ('{"once_per_term": false}'), ('{"proration": "meetings"}'),
    ('{"division": null, "division_of": null, "class": "Ballet 4"}'),
    ('{"division": null, "division_of": null, "class": "Spared", "section": "Only one"}')
) as v (changes);
select is_empty(
    format(
        $$select a.changes from answers as a where a.answer -> 'version' <> '1'
        or not a.answer -> 'rows' @> jsonb_build_array(%L::jsonb -> 0 || a.changes)$$, :'loaded'
    ),
    'each column that is changed is saved'
);
select is(
    (select count(*) from answers as a where jsonb_array_length(a.answer -> 'rows') = 4),
    14::bigint, 'and leaves as many fees'
);

-- The client's wish for autumn 2026: costumes from 65 to 70.
select pg_temp.save(
    :manager, 0, pg_temp.changed(:'loaded', '{"amount_minor": 7000}')
) as saved \gset
select results_eq(
    format(
        $$select version, amount_minor, superseded_at is null from pricing.fee_rules
        where term_id = %s and code = 'costume_senior' order by version$$, :term
    ),
    'values (1, 6500::bigint, false), (2, 7000, true)', 'one fee has a next version'
);
select is(
    (select max(f.version) from pricing.fee_rules as f where f.term_id = :term
    and f.code <> 'costume_senior'),
    1, 'the others have not'
);

-- Classes that don't cause a fee, by title or by id.
select tests.section('Spared too') as spared_too \gset
select s.class_id as class from catalog.sections as s where s.id = :spared_too \gset
select pg_temp.save(
    :manager, 1,
    pg_temp.changed(
        :'saved'::jsonb -> 'rows', jsonb_build_object('exempt_classes', jsonb_build_array('Spared', :class))
    )
) as spared_saved \gset
select is(
    :'spared_saved'::jsonb #> '{rows,0,exempt_classes}', '["Spared", "Spared too"]',
    'they are answered by title'
);
select is(:'spared_saved'::jsonb -> 'version', '2', 'they are a change of the table');
select is(
    (select max(f.version) from pricing.fee_rules as f where f.term_id = :term), 2,
    'but none of the fee'
);
select is(pg_temp.shown(:manager), :'spared_saved'::jsonb -> 'rows', 'and read so');
select tests.cart(tests.student(tests.family()), :spared) as cart \gset
select is(
    tests.amount(tests.quote(:cart), 'costume_senior'), null, 'they cause no such fee'
);
select is(
    pg_temp.save(:manager, 2, :'spared_saved'::jsonb -> 'rows'), :'spared_saved'::jsonb,
    'saved as it was read, nothing changes'
);
select is(
    pg_temp.save(
        :manager, 2,
        pg_temp.changed(
            :'spared_saved'::jsonb -> 'rows', '{"exempt_classes": ["Spared too"]}'
        )
    ) #> '{rows,0,exempt_classes}',
    '["Spared too"]', 'one that is left out is charged again'
);
-- A fee of one section alone.
select pg_temp.changed(
    :'spared_saved'::jsonb -> 'rows',
    '{"division": null, "division_of": null, "class": "Spared", "section": "Only one",
    "exempt_classes": []}'
) as narrowed \gset
select is(
    tests.what_if(
        'select 1',
        format(
            '(select jsonb_build_array(
                pg_temp.save(%1$s, 3, %2$L) -> ''rows'' = %2$L, pg_temp.shown(%1$s) = %2$L
            ))', :manager, :'narrowed'
        )
    ),
    '[true, true]', 'a fee of one section is answered and read as it was saved'
);
select is(
    tests.what_if(
        format('select pg_temp.save(%s, 3, %L)', :manager, :'narrowed'),
        '(select array[f.section_id, f.class_id] from pricing.fee_rules as f
        where f.code = ''costume_senior'' and f.superseded_at is null)'
    ),
    jsonb_build_array(:spared, null), 'it is kept with the section alone'
);
select is(
    pg_temp.save(:manager, 3, '[]'), '{"version": 4, "rows": []}', 'a table may be emptied, too'
);
select is(
    (select count(*) from pricing.fee_exemptions as x where x.term_id = :term), 0::bigint,
    'with what was spared of its fees'
);

-- Refused, with nothing written.
create function pg_temp.refusal(p_manager bigint, p_rows jsonb) returns text
language plpgsql as $$
declare
    v_error constant jsonb := tests.error(
        format('select pg_temp.save(%s, 4, %L)', p_manager, p_rows)
    );
begin
    perform tests.act_as_operator();
    return concat_ws(
        ' ', v_error ->> 'code', (v_error ->> 'details')::jsonb ->> 'row',
        (v_error ->> 'details')::jsonb ->> 'column'
    );
end;
$$;
select is(
    pg_temp.refusal(:manager, pg_temp.changed(:'loaded', v.changes)),
    'rule_invalid 1 ' || v.name, v.what
)
from (
    values
    (jsonb '{"division": "ballroom"}', 'division', 'a division that is not there'),
    ('{"division_of": null}', 'division_of', 'a division of nobody knows whom'),
    ('{"class": "Spared"}', 'class', 'a class and a division at once'),
    ('{"division": null, "division_of": null, "class": "Elsewhere"}', 'class', 'no class of the term'),
    (
        '{"division": null, "division_of": null, "class": "Spared too", "section": "Only one"}',
        'section', 'a section of another class'
    ),
    ('{"section": "Only one"}', 'section', 'a section of no class'),
    ('{"discountable": null}', 'discountable', 'no word whether discounts reduce it'),
    ('{"once_per_term": "yes"}', 'once_per_term', 'a word is not yes'),
    ('{"proration": "weeks"}', 'proration', 'parts that nobody counts'),
    ('{"exempt_classes": ["No such class"]}', 'exempt_classes', 'a class that is not there')
) as v (changes, name, what);
select is(
    (
        select count(*) from pricing.fee_rules as f
        where f.term_id = :term and f.superseded_at is null
    ),
    0::bigint, 'nothing was written'
);
select * from finish();
rollback;
