-- Last term's families under next year's draft of a price list, with the rule that makes most of
-- the difference.
begin;
set local search_path = tap, public;
select plan(15);
select tests.section('Mon', '{1}') as monday \gset
select tests.section('Tue', '{2}') as tuesday \gset
select tests.section('Junior Wed', '{3}', 'junior') as wednesday \gset
select tests.section('Technique X', '{5}', 'technique') as technique \gset

-- Its rates rise by 10.00 a step, but there is none of three days; costumes by 4.00; the program
-- costs the same; no family discount; and it counts meetings.
select tests.act_as_deploy();
insert into catalog.terms (
    studio_id, name, starts_on, ends_on, registration_opens_at, registration_closes_at
)
select
    t.studio_id, 'Next year', t.starts_on + 364, t.ends_on + 364,
    t.registration_opens_at + interval '1 year', t.registration_closes_at + interval '1 year'
from catalog.terms as t
where t.id = tests.term()
returning id as draft \gset
insert into pricing.rates (studio_id, term_id, division_id, weekly_count, amount_minor)
select r.studio_id, :draft, r.division_id, r.weekly_count, r.amount_minor + 1000
from pricing.rates as r
where r.term_id = tests.term() and r.weekly_count <> 3;
insert into pricing.program_prices (studio_id, term_id, program_id, amount_minor)
select p.studio_id, :draft, p.program_id, p.amount_minor
from pricing.program_prices as p
where p.term_id = tests.term();
insert into pricing.fee_rules (
    studio_id, term_id, code, label, unit, amount_minor, charged_modes, division_id, division_of,
    position
)
select
    f.studio_id, :draft, f.code, f.label, f.unit,
    f.amount_minor + case when f.code like 'costume%' then 400 else 0 end,
    f.charged_modes, f.division_id, f.division_of, f.position
from pricing.fee_rules as f
where f.term_id = tests.term();
insert into studio.settings (studio_id, term_id, rate_step_basis)
values (auth.studio_id(), :draft, 'weekly_meetings');
select tests.act_as_operator();

-- One that registered twice, two children, one with a program alone, and one nothing came of.
select tests.family() as twice \gset
select tests.student(:twice) as student \gset
select tests.confirmed(tests.cart(:student, :monday)) as first \gset
select tests.confirmed(tests.cart(:student, :tuesday)) as second \gset
select tests.family() as two \gset
select tests.cart(tests.student(:two), :monday) as cart \gset
select tests.cart(tests.student(:two), :wednesday) as cart \gset
select tests.confirmed(:cart) as registration \gset
select tests.family() as program \gset
select tests.confirmed(tests.cart(tests.student(:program), :technique)) as registration \gset
select tests.family() as unpaid \gset
select tests.held(tests.cart(tests.student(:unpaid), :monday)) as registration \gset
select tests.family() as three \gset
select tests.confirmed(
    tests.cart(tests.student(:three), :monday, :tuesday, :wednesday)
) as registration \gset

select tests.worker('manager') as manager \gset
create function pg_temp.ask(p_old bigint, p_new bigint, p_role text, p_account bigint) returns jsonb
language plpgsql as $$
declare
    v_rows jsonb;
begin
    perform tests.act_as(p_role, tests.claims(p_account, p_role));
    select jsonb_object_agg(w.family_id, to_jsonb(w) - 'family_id') into v_rows
    from api.price_what_if(p_old, p_new) as w;
    perform tests.act_as_operator();
    return v_rows;
end;
$$;
create function pg_temp.counts() returns text language sql as $$
    select concat_ws(
        ' ', (select count(*) from pricing.quotes), (select count(*) from pricing.quote_lines),
        (select count(*) from pricing.overrides), (select count(*) from ops.audit_log),
        (select count(*) from ops.domain_events)
    )
$$;
select pg_temp.counts() as before \gset
select pg_temp.ask(tests.term(), :draft, 'manager', :manager) as answer \gset
select is(pg_temp.counts(), :'before', 'nothing is written');
select is(
    (select array_agg(k::bigint order by k::bigint) from jsonb_object_keys(:'answer') as k),
    array[:twice, :two, :program, :three]::bigint[],
    'a row for each family with something confirmed'
);
-- 1,553.04 for two days + 130.00 + 15.00 + 40.00; next year 10.00 and twice 4.00 more.
select is(
    :'answer'::jsonb -> :'twice',
    '{"sold_minor": 173804, "old_minor": 173804, "new_minor": 175604, "difference_minor": 1800,
    "rule_table": "pricing.rates", "rule_code": "senior", "rule_old_minor": 155304,
    "rule_new_minor": 156304, "refusal": null}',
    'what was bought in two registrations is one order, as cheap as it was'
);
-- 796.43 + 65 + 15 + 40 and 775.93 + 55 + 40, less 50; next year 28.00 more, and nothing off.
select is(
    :'answer'::jsonb -> :'two',
    '{"sold_minor": 173736, "old_minor": 173736, "new_minor": 181536, "difference_minor": 7800,
    "rule_table": "pricing.family_discounts", "rule_code": "family_discount",
    "rule_old_minor": -5000, "rule_new_minor": 0, "refusal": null}',
    'a rule that is gone is a cause, too'
);
select is(
    :'answer'::jsonb -> :'program',
    '{"sold_minor": 71678, "old_minor": 71678, "new_minor": 71678, "difference_minor": 0,
    "rule_table": null, "rule_code": null, "rule_old_minor": null, "rule_new_minor": null,
    "refusal": null}',
    'where nothing changes there is no cause'
);
-- Three days, all at Senior: 2,269.83 + 2 × 65 + 55 + 15 + 40
select is(
    :'answer'::jsonb -> :'three',
    '{"sold_minor": 250983, "old_minor": 250983, "new_minor": null, "difference_minor": null,
    "rule_table": null, "rule_code": null, "rule_old_minor": null, "rule_new_minor": null,
    "refusal": "rate_missing"}',
    'a family without a new price says why, and fails no other'
);
select is(
    (
        select string_agg(r.value ->> 'difference_minor', ' ')
        from jsonb_each(pg_temp.ask(tests.term(), tests.term(), 'manager', :manager)) as r
    ),
    '0 0 0 0', 'by its own rules a term costs what it costs'
);

-- Each side by the rules of this instant, what was sold stays.
select tests.run(
    format(
        $$
            update pricing.rates set superseded_at = clock_timestamp()
            where term_id = %s and weekly_count = 2;
            insert into pricing.rates (
                studio_id, term_id, division_id, weekly_count, amount_minor, version, valid_from
            )
            select studio_id, term_id, division_id, weekly_count, 160000, 2, superseded_at
            from pricing.rates where term_id = %s and weekly_count = 2
        $$, tests.term(), tests.term()
    )
);
create function pg_temp.later(p_twice bigint, p_draft bigint) returns jsonb language sql as $$
    select tests.value(
        format(
            $sql$(
                select to_jsonb(w)
                from pricing.what_if(%s, %s, clock_timestamp()) as w
                where w.family_id = %s
            )$sql$, tests.term(), p_draft, p_twice
        )
    )
$$;
select is(
    pg_temp.later(:twice, :draft) - '{family_id,refusal,rule_table}'::text[],
    '{"sold_minor": 173804, "old_minor": 178500, "new_minor": 175604, "difference_minor": -2896,
    "rule_code": "senior", "rule_old_minor": 160000, "rule_new_minor": 156304}',
    'the old side is by the old term''s rules of today'
);
-- The draft counts meetings: another on Monday would be a second step.
select tests.section('Mon again', '{1}', p_starts_at => '15:00', p_ends_at => '16:00') as again \gset
select tests.family() as same_day \gset
select tests.confirmed(
    tests.cart(tests.student(:same_day), :monday, :again)
) as registration \gset
select is(
    pg_temp.ask(tests.term(), :draft, 'manager', :manager) -> :'same_day' -> 'rule_new_minor',
    '156304', 'what a term counts is its own setting'
);
-- A seat that was given up is in neither price.
select tests.run(
    format(
        $$update enrollment.enrollments set status = 'cancelled'
        where registration_id = %s and section_id = %s$$,
        :second, :tuesday
    )
);
select is(
    (pg_temp.ask(tests.term(), :draft, 'manager', :manager) -> :'twice')
    - '{rule_table,rule_code,refusal}'::text[],
    '{"sold_minor": 173804, "old_minor": 91643, "new_minor": 93043, "difference_minor": 1400,
    "rule_old_minor": 79643, "rule_new_minor": 80643}',
    'what is not confirmed any more is in neither price'
);

select tests.worker('staff') as staff \gset
select is(
    tests.error_code(
        format('select pg_temp.ask(%s, %s, ''staff'', %s)', tests.term(), :draft, :staff)
    ),
    '42501', 'staff below a manager may not ask'
);
select is(
    tests.error_code(
        format(
            'select pg_temp.ask(%s, %s, ''manager'', %s)', tests.term(), tests.term('elmst'),
            :manager
        )
    ),
    'term_not_found', 'another studio''s term can''t be proposed'
);
select is(
    tests.error_code(
        format(
            'select pg_temp.ask(%s, %s, ''manager'', %s)', tests.term('elmst'), tests.term(),
            :manager
        )
    ),
    'term_not_found', 'nor looked at'
);
select is(
    pg_temp.ask(:draft, tests.term(), 'manager', :manager), null,
    'a term in which nothing was sold has no rows'
);
select is(
    tests.value(
        format('(select count(*) from pricing.what_if(%s, %s))', tests.term(), :draft), 'elmst'
    ),
    '0', 'another studio sees none of it'
);
select * from finish();
rollback;
