begin;
set local search_path = tap, public;
select plan(32);
select tests.worker('manager') as manager \gset
select tests.worker() as staff \gset
select tests.section('Camp', '{1}') as camp \gset
select tests.section('Other', '{2}') as other \gset
select tests.section('Elsewhere', p_level => 'open', p_studio => 'elmst') as foreign_section \gset
select tests.term() as term \gset

create function pg_temp.saved(manager bigint, version text, rows jsonb) returns jsonb
language sql as $$
    select tests.as_manager(
        manager, format('api.save_add_ons(%s, %s, %L)', tests.term(), version, rows)
    )
$$;
create function pg_temp.refusal(manager bigint, rows jsonb, version text default '0') returns text
language sql as $$
    select concat_ws(
        ' ', e.error ->> 'code', nullif(e.error ->> 'details', '')::jsonb ->> 'row',
        nullif(e.error ->> 'details', '')::jsonb ->> 'column'
    )
    from (
        select tests.error(format('select pg_temp.saved(%s, %L, %L)', manager, version, rows))
    ) as e (error)
$$;
create function pg_temp.row(section bigint, changes jsonb default '{}') returns jsonb
language sql as $$
    select jsonb_build_object(
        'section_id', section, 'code', 'early', 'name', 'Early drop-off', 'description', null,
        'amount_minor', 2000, 'required', false, 'position', 1
    ) || changes
$$;

-- One column at a time is not right, in the second row.
create temporary table wrong (number integer generated always as identity, changes jsonb, said text);
insert into wrong (changes, said) values
('{"section_id": null}', 'section_id'),
('{"section_id": 0}', 'section_id'),
('{"section_id": "1"}', 'section_id'),
(jsonb_build_object('section_id', :foreign_section), 'section_id'),
('{"code": "Early"}', 'code'),
('{"code": 1}', 'code'),
('{"name": " "}', 'name'),
('{"name": null}', 'name'),
('{"description": 1}', 'description'),
('{"amount_minor": 20125.5}', 'amount_minor'),
('{"amount_minor": "2000"}', 'amount_minor'),
('{"amount_minor": -1}', 'amount_minor'),
('{"amount_minor": 100000000000}', 'amount_minor'),
('{"required": "yes"}', 'required'),
('{"position": 1.5}', 'position'),
('{"position": 40000}', 'position'),
('{"colour": "red"}', 'colour'),
(jsonb_build_object('section_id', :other), 'section_id');
select is(
    pg_temp.refusal(
        :manager,
        jsonb_build_array(
            pg_temp.row(:other), pg_temp.row(:camp, w.changes), pg_temp.row(:camp, '{"code": "late"}')
        )
    ),
    'rule_invalid 2 ' || w.said,
    w.changes::text
)
from wrong as w
order by w.number;
select is(pg_temp.refusal(:manager, '[1]'), 'rule_invalid 1', 'a row that is none');
select is(pg_temp.refusal(:manager, '{}'), 'rule_invalid 0', 'no array');
select is(
    pg_temp.refusal(:manager, jsonb_build_array(pg_temp.row(:camp)), '1'), 'version_stale',
    'another version than was seen'
);
select is(
    tests.error_code(
        format('select tests.as_staff(%s, ''api.save_add_ons(1, 0, ''''[]'''')'')', :staff)
    ),
    '42501', 'staff that are no managers'
);
select is(
    (select count(*) from pricing.add_ons where section_id in (:camp, :other)), 0::bigint,
    'nothing was written by any of them'
);

select pg_temp.saved(
    :manager, '0',
    jsonb_build_array(
        pg_temp.row(:camp),
        pg_temp.row(
            :other, '{"description": "From 8", "required": true, "amount_minor": 5e2}'
        )
    )
) as answer \gset
select is(
    :'answer'::jsonb,
    jsonb_build_object(
        'version', 1,
        'rows', jsonb_build_array(
            pg_temp.row(:camp),
            pg_temp.row(
                :other, '{"description": "From 8", "required": true, "amount_minor": 500}'
            )
        )
    ),
    'what was saved is answered in the form that is taken'
);
select is(
    pg_temp.saved(:manager, '1', :'answer'::jsonb -> 'rows'), :'answer'::jsonb,
    'saved again as it is, it stays as it is, and so does the version'
);
select is(
    (select count(*) from pricing.add_ons where section_id in (:camp, :other)), 2::bigint,
    'no row was superseded by that'
);
select pg_temp.saved(
    :manager, '1', jsonb_build_array(pg_temp.row(:camp, '{"amount_minor": 2500}'))
) as answer \gset
select is(:'answer'::jsonb -> 'version', '2', 'a change is a new version of the table');
select is(
    (
        select array_agg(
            (a.code, a.amount_minor, a.version, a.superseded_at is null)::text order by a.version, a.section_id
        )
        from pricing.add_ons as a
        where a.section_id in (:camp, :other)
    ),
    array['(early,2000,1,f)', '(early,500,1,f)', '(early,2500,2,t)'],
    'the changed row is superseded and has a next version, the missing one is ended'
);
select is(
    (
        select bool_and(a.superseded_at = n.valid_from)
        from pricing.add_ons as a
        inner join pricing.add_ons as n on n.version = 2
        where a.superseded_at is not null and a.section_id in (:camp, :other)
    ),
    true, 'at one instant'
);
select pg_temp.saved(:manager, '2', '[]') as answer \gset
select pg_temp.saved(:manager, '3', jsonb_build_array(pg_temp.row(:camp))) as answer \gset
select is(
    (select max(a.version) from pricing.add_ons as a where a.section_id = :camp), 3,
    'one that comes back goes on counting'
);
-- Open also when it is sold: who has paid has paid.
select tests.held(tests.cart(tests.student(tests.family()), :camp)) as registration \gset
select is(
    pg_temp.saved(:manager, '4', '[]') -> 'rows', '[]', 'a term that is sold is not locked for them'
);
select is(
    (select count(*) from ops.audit_log as l where l.entity = 'pricing.add_ons'
    and l.account_id = :manager and l.entity_id in (
        select a.id from pricing.add_ons as a where a.section_id in (:camp, :other)
    )), 8::bigint,
    'each row and each end of one is in the audit log'
);
select * from finish();
rollback;
