begin;
set local search_path = tap, public;
select plan(18);
select
    tests.section('Tue and Thu', '{2,4}') as section,
    tests.section('Wed', '{3}') as wednesday,
    tests.section('Only whole', '{2,4}') as whole \gset
select tests.run(
    format('update catalog.sections set sold_by_weekday = true where id = %s', :section)
) \g /dev/null
create function pg_temp.item(student integer, section bigint, more jsonb default '{}')
returns jsonb language sql as $$
    select jsonb_build_object('student', student, 'section_id', section) || more
$$;
create function pg_temp.preview(variadic items jsonb[]) returns text language sql as $$
    select tests.lines_text(
        tests.as_anybody(format('api.preview_price(%L)', to_jsonb(items)))
    )
$$;
create function pg_temp.refusal(item jsonb) returns jsonb language sql as $$
    select tests.error(format('select pg_temp.preview(%L)', item))
$$;
-- The same for a family that really has such a cart.
create function pg_temp.quoted(section bigint, weekdays text, other bigint default null)
returns text language plpgsql as $$
declare
    v_student_id constant bigint := tests.student(tests.family());
    v_cart_id constant bigint := tests.open_cart(v_student_id);
begin
    perform tests.put(
        v_cart_id, v_student_id, section, format('weekdays => %L::smallint []', weekdays)
    );
    if other is not null then
        perform tests.put(v_cart_id, v_student_id, other, 'null');
    end if;
    return tests.lines_text(tests.quote(v_cart_id));
end;
$$;
select is(
    pg_temp.preview(pg_temp.item(1, :section, '{"weekdays": [2]}')),
    'senior 79643, costume_senior 6500, video 1500, registration 4000',
    'Tuesdays: one day by the rate table, one costume'
);
select is(
    pg_temp.preview(pg_temp.item(1, :section, '{"weekdays": [4, 2]}')),
    'senior 155304, costume_senior 6500, video 1500, registration 4000', 'both: two days'
);
select is(
    pg_temp.preview(pg_temp.item(1, :section, '{"weekdays": null}')),
    'senior 155304, costume_senior 6500, video 1500, registration 4000', 'as the whole class'
);
select is(
    pg_temp.preview(pg_temp.item(1, :section, p.weekdays)),
    pg_temp.quoted(:section, p.picked), 'what a family is quoted: ' || p.picked
)
from (
    values ('{"weekdays": [2]}'::jsonb, '{2}'), ('{"weekdays": [4]}', '{4}'),
    ('{"weekdays": [2, 4]}', '{2,4}')
) as p (weekdays, picked);
select is(
    pg_temp.preview(
        pg_temp.item(1, :wednesday), pg_temp.item(1, :section, '{"weekdays": [2]}')
    ),
    pg_temp.quoted(:section, '{2}', :wednesday), 'and beside another class'
);
select is(
    pg_temp.preview(
        pg_temp.item(1, :section, '{"weekdays": [2]}'),
        pg_temp.item(2, :section, '{"weekdays": [4]}')
    ),
    'senior 79643, costume_senior 6500, video 1500, registration 4000, senior 79643, '
    || 'costume_senior 6500, video 1500, registration 4000, family_discount -5000',
    'two students, a weekday each'
);
select is(
    pg_temp.refusal(pg_temp.item(1, r.section, r.more)) ->> 'code', r.code, r.more::text
)
from (
    values
    (:section, '{"weekdays": 2}'::jsonb, 'preview_invalid'),
    (:section, '{"weekdays": "2"}', 'preview_invalid'),
    (:section, '{"weekdays": ["2"]}', 'preview_invalid'),
    (:section, '{"weekdays": [8]}', 'preview_invalid'),
    (:section, '{"weekdays": [2.5]}', 'preview_invalid'),
    (:section, '{"weekdays": []}', 'weekdays_invalid'),
    (:section, '{"weekdays": [2, 2]}', 'weekdays_invalid'),
    (:section, '{"weekdays": [3]}', 'weekday_unknown'),
    (:whole, '{"weekdays": [2]}', 'weekdays_not_offered'),
    (:wednesday, '{"weekdays": [3]}', 'weekdays_not_offered')
) as r (section, more, code);
select * from finish();
rollback;
