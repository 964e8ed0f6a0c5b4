begin;
set local search_path = tap, public;
select plan(41);
select tests.section('Saved camp', '{1}', p_mode => 'tiered') as camp \gset
select tests.section('Saved weekly', '{2}') as weekly \gset
select tests.run(format('delete from catalog.section_tiers where section_id = %s', :camp));
select tests.worker('manager') as manager \gset
select tests.worker('staff') as staff \gset
create function pg_temp.save(
    p_account bigint, p_role text, p_section bigint, p_version integer, p_rows text
)
returns jsonb language plpgsql as $$
declare
    v_answer jsonb;
begin
    perform tests.act_as(p_role, tests.claims(p_account, p_role));
    begin
        v_answer := api.save_tiers(p_section, p_version, p_rows::jsonb);
    exception
        when sqlstate 'PGRST' then v_answer := sqlerrm::jsonb;
        when insufficient_privilege then v_answer := '{"code": "42501"}';
    end;
    perform tests.act_as_operator();
    return v_answer;
end;
$$;
select
    '[{"code": "half_day", "name": "Half day", "starts_at": "09:00", "ends_at": "12:00",'
    || ' "position": 1, "amount_minor": 32500}, {"code": "full_day", "name": "Full day",'
    || ' "starts_at": "09:00", "ends_at": "15:00", "position": 2, "amount_minor": 59500}]' as rows
\gset
create temporary table before as
select (select count(*) from catalog.section_tiers) as tiers,
    (select count(*) from pricing.tier_prices) as prices,
    (select count(*) from pricing.rule_sets) as sets;
-- Who may, and what fits.
select is(
    pg_temp.save(:staff, 'staff', :camp, 0, :'rows') ->> 'code', '42501', 'staff may not'
);
select is(
    pg_temp.save(:manager, 'manager', 0, 0, :'rows') ->> 'code', 'section_not_found', 'no section'
);
select is(
    pg_temp.save(
        :manager, 'manager', tests.section('Abroad', '{1}', p_mode => 'tiered', p_level => null,
        p_studio => 'elmst'), 0, :'rows'
    ) ->> 'code', 'section_not_found', 'one of another studio'
);
select is(
    pg_temp.save(:manager, 'manager', :weekly, 0, :'rows') ->> 'code', 'tier_not_offered',
    'a class of another mode'
);
select is(
    pg_temp.save(:manager, 'manager', :camp, 1, :'rows') ->> 'code', 'version_stale',
    'a version nobody has seen'
);
select is(
    pg_temp.save(:manager, 'manager', :camp, null, :'rows') ->> 'code', 'version_stale', 'none'
);
-- Each column of a row, by its number and name.
create temporary table wrong (
    number integer generated always as identity, change jsonb, field text
);
insert into wrong (change, field) values
('{"code": null}', 'code'),
('{"code": 7}', 'code'),
('{"code": "Half day"}', 'code'),
('{"code": "half_day"}', 'code'),
('{"name": " "}', 'name'),
('{"name": null}', 'name'),
('{"starts_at": "9:00"}', 'starts_at'),
('{"starts_at": null}', 'starts_at'),
('{"ends_at": "25:00"}', 'ends_at'),
('{"ends_at": "09:00"}', 'ends_at'),
('{"position": -1}', 'position'),
('{"position": "2"}', 'position'),
('{"position": 1.5}', 'position'),
('{"amount_minor": null}', 'amount_minor'),
('{"amount_minor": -1}', 'amount_minor'),
('{"amount_minor": "59500"}', 'amount_minor'),
('{"amount_minor": 20125.5}', 'amount_minor'),
('{"amount_minor": 100000000000}', 'amount_minor'),
('{"color": "red"}', 'color');
select is(
    jsonb_build_array(r.refusal ->> 'code', (r.refusal ->> 'details')::jsonb - 'problem'),
    jsonb_build_array(
        'rule_invalid',
        jsonb_build_object('row', 2, 'column', w.field)
    ),
    w.change::text
)
from wrong as w
cross join lateral (
    select pg_temp.save(
        :manager, 'manager', :camp, 0,
        jsonb_set(:'rows'::jsonb, '{1}', :'rows'::jsonb -> 1 || w.change)::text
    ) as refusal
) as r
order by w.number;
select is(
    pg_temp.save(:manager, 'manager', :camp, 0, '[1]') ->> 'message',
    'Row 1: it must be an object.', 'no object'
);
select is(
    pg_temp.save(:manager, 'manager', :camp, 0, '{}') ->> 'code', 'rule_invalid', 'no array'
);
select is(
    pg_temp.save(:manager, 'manager', :camp, 0, null) ->> 'code', 'rule_invalid', 'nothing'
);
select results_eq(
    'select (select count(*) from catalog.section_tiers) - 2,
    (select count(*) from pricing.tier_prices), (select count(*) from pricing.rule_sets)',
    'table before', 'nothing was written, but for the two tiers of the section abroad'
);

-- Save, load, save.
select pg_temp.save(:manager, 'manager', :camp, 0, :'rows') as saved \gset
select is(
    :'saved'::jsonb, jsonb_build_object('version', 1, 'rows', :'rows'::jsonb), 'as it was given'
);
select pg_temp.save(:manager, 'manager', :camp, 1, (:'saved'::jsonb ->> 'rows')) as again \gset
select is(:'again'::jsonb, :'saved'::jsonb, 'saved again, nothing changes');
create function pg_temp.prices(p_section bigint) returns text language sql as $$
    select string_agg(
        concat_ws(' ', t.code, p.version, p.amount_minor, case when p.superseded_at is null
        then 'now' end), ', ' order by t.position, p.version
    )
    from pricing.tier_prices as p
    inner join catalog.section_tiers as t on p.tier_id = t.id
    where p.section_id = p_section
$$;
select is(pg_temp.prices(:camp), 'half_day 1 32500 now, full_day 1 59500 now', 'first versions');

-- Sold, a tier keeps its hours; its price may change, and it may be withdrawn.
select tests.student(tests.family()) as student \gset
select tests.open_cart(:student) as cart \gset
select tests.predate_rules('tier_prices', format('section_id = %s', :camp));
select tests.put(:cart, :student, :camp, 'tier => ''full_day''') as item \gset
select tests.held(:cart) as registration \gset
select is(
    pg_temp.save(
        :manager, 'manager', :camp, 1,
        jsonb_set(:'rows', '{1,ends_at}', '"16:00"')::text
    ) ->> 'code', 'section_has_seats', 'other hours of a tier that is sold'
);
select is(
    pg_temp.save(
        :manager, 'manager', :camp, 1,
        jsonb_set(:'rows', '{0,ends_at}', '"12:30"')::text
    ) -> 'version', '2', 'other hours of one that is not'
);
select is(
    pg_temp.prices(:camp), 'half_day 1 32500 now, full_day 1 59500 now', 'prices are as they were'
);
select is(
    pg_temp.save(
        :manager, 'manager', :camp, 2,
        jsonb_set(:'rows', '{1,amount_minor}', '60000')::text
    ) -> 'version', '3', 'another price of a tier that is sold'
);
select is(
    pg_temp.prices(:camp), 'half_day 1 32500 now, full_day 1 59500, full_day 2 60000 now',
    'is a version of its own'
);
select is(
    pg_temp.save(:manager, 'manager', :camp, 3, ((:'rows'::jsonb) - 1)::text) #> '{rows,0,code}',
    '"half_day"', 'it is withdrawn'
);
select is(
    (
        select jsonb_agg(t.code) from catalog.section_tiers as t
        where t.section_id = :camp and not t.is_offered
    ), '["full_day"]', 'without being taken from those who have it'
);
select is(
    pg_temp.save(:manager, 'manager', :camp, 4, :'rows') -> 'rows', :'rows'::jsonb,
    'and offered again'
);
select is(
    pg_temp.prices(:camp),
    'half_day 1 32500 now, full_day 1 59500, full_day 2 60000, full_day 3 59500 now',
    'by a next version'
);
select * from finish();
rollback;
