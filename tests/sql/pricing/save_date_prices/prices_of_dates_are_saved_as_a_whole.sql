begin;
set local search_path = tap, public;
select plan(24);
select tests.section('Saved dates', '{1}', p_mode => 'drop_in') as section \gset
select tests.section('Saved camp', '{2}', p_mode => 'tiered') as camp \gset
select (tests.dates(:section, 2))[1] as d1, (tests.dates(:section, 2))[2] as d2 \gset
select tests.worker('manager') as manager \gset
select tests.worker('staff') as staff \gset
create function pg_temp.save(
    p_account bigint, p_role text, p_section bigint, p_version integer, p_rows jsonb
)
returns jsonb language plpgsql as $$
declare
    v_answer jsonb;
begin
    perform tests.act_as(p_role, tests.claims(p_account, p_role));
    begin
        v_answer := api.save_date_prices(p_section, p_version, p_rows);
    exception
        when sqlstate 'PGRST' then v_answer := sqlerrm::jsonb;
        when insufficient_privilege then v_answer := '{"code": "42501"}';
    end;
    perform tests.act_as_operator();
    return v_answer;
end;
$$;
select
    jsonb_build_array(
        '{"held_on": null, "amount_minor": 2800}'::jsonb,
        jsonb_build_object('held_on', :'d1', 'amount_minor', 3500)
    ) as rows \gset
select is(pg_temp.save(:staff, 'staff', :section, 0, :'rows') ->> 'code', '42501', 'staff may not');
select is(
    pg_temp.save(:manager, 'manager', 0, 0, :'rows') ->> 'code', 'section_not_found', 'no section'
);
select is(
    pg_temp.save(:manager, 'manager', :camp, 0, :'rows') ->> 'code', 'dates_not_offered',
    'a class of another mode'
);
select is(
    pg_temp.save(:manager, 'manager', :section, 1, :'rows') ->> 'code', 'version_stale',
    'a version nobody has seen'
);
create temporary table wrong (
    number integer generated always as identity, change jsonb, field text
);
insert into wrong (change, field) values
(jsonb_build_object('held_on', :'d1'::date + 1), 'held_on'),
('{"held_on": "someday"}', 'held_on'),
('{"held_on": 7}', 'held_on'),
('{"amount_minor": null}', 'amount_minor'),
('{"amount_minor": -1}', 'amount_minor'),
('{"amount_minor": 20125.5}', 'amount_minor'),
('{"amount_minor": 100000000000}', 'amount_minor'),
('{"color": "red"}', 'color');
select is(
    jsonb_build_array(r.refusal ->> 'code', (r.refusal ->> 'details')::jsonb - 'problem'),
    jsonb_build_array('rule_invalid', jsonb_build_object('row', 2, 'column', w.field)),
    w.change::text
)
from wrong as w
cross join lateral (
    select pg_temp.save(
        :manager, 'manager', :section, 0,
        jsonb_set(:'rows'::jsonb, '{1}', :'rows'::jsonb -> 1 || w.change)
    ) as refusal
) as r
order by w.number;
select is(
    pg_temp.save(
        :manager, 'manager', :section, 0, '[{"held_on": "2001-01-01", "amount_minor": 1}]'
    ) ->> 'message', 'Row 1: the class is not held on this date.', 'a date of its own'
);
select is(
    pg_temp.save(
        :manager, 'manager', :section, 0,
        jsonb_build_array(:'rows'::jsonb -> 0, :'rows'::jsonb -> 0)
    ) ->> 'message', 'Row 2: it repeats row 1.', 'every date twice'
);
select is(
    pg_temp.save(:manager, 'manager', :section, 0, '{}') ->> 'code', 'rule_invalid', 'no array'
);
select is_empty(
    format('select from pricing.date_prices where section_id = %s', :section), 'nothing is written'
);
create function pg_temp.prices(p_section bigint) returns text language sql as $$
    select string_agg(
        concat_ws(' ', case when p.held_on is not null then 0 end, p.version, p.amount_minor,
        case when p.superseded_at is null then 'now' end),
        ', ' order by p.held_on nulls first, p.version
    )
    from pricing.date_prices as p where p.section_id = p_section
$$;
select pg_temp.save(:manager, 'manager', :section, 0, :'rows') as saved \gset
select is(
    :'saved'::jsonb, jsonb_build_object('version', 1, 'rows', :'rows'::jsonb), 'as it was given'
);
select is(
    pg_temp.save(:manager, 'manager', :section, 1, :'saved'::jsonb -> 'rows'), :'saved'::jsonb,
    'saved again, nothing changes'
);
select is(pg_temp.prices(:section), '1 2800 now, 0 1 3500 now', 'first versions');
select is(
    pg_temp.save(
        :manager, 'manager', :section, 1, jsonb_set(:'rows', '{0,amount_minor}', '3000')
    ) -> 'version', '2', 'one price changes'
);
select is(
    pg_temp.prices(:section), '1 2800, 2 3000 now, 0 1 3500 now', 'and no other'
);
select tests.run(
    format('update catalog.meetings set status = ''cancelled'' where section_id = %s', :section)
);
select is(
    pg_temp.save(
        :manager, 'manager', :section, 2, jsonb_set(:'rows', '{0,amount_minor}', '3000')
    ) -> 'version', '2', 'the price of a date that was cancelled is saved unchanged'
);
select is(
    pg_temp.save(:manager, 'manager', :section, 2, '[]'), '{"version": 3, "rows": []}',
    'all of them end'
);
select is(
    pg_temp.prices(:section), '1 2800, 2 3000, 0 1 3500', 'and stay for what was quoted by them'
);
select * from finish();
rollback;
