begin;
set local search_path = tap, public;
select plan(16);
select tests.section('Mon', '{1}') as one \gset
select tests.family('Quill') as family \gset
select tests.student(:family) as student \gset
select tests.planned(tests.cart(:student, :one)) as registration \gset
select tests.part(:registration, 2) as second, tests.part(:registration, 3) as third \gset
create function pg_temp.tell(at timestamp) returns jsonb language sql as $$
    select tests.value(
        format('payment.charge_summary(%L)', at at time zone 'America/New_York')
    )
$$;
-- Everybody in the office, and nobody else.
select tests.worker('staff') as desk, tests.worker('owner') as owner,
    tests.worker('instructor') as teacher, tests.worker('staff', 'elmst') as other \gset
create function pg_temp.told(accounts bigint []) returns text language sql as $$
    select string_agg(distinct m.channel || ' ' || m.template_code, ', ')
    || ' ' || count(distinct m.account_id)
    from messaging.messages as m
    where m.template_code = 'charge_summary' and m.account_id = any(accounts)
$$;
select is(pg_temp.tell('2031-01-15 12:00'), '0', 'nothing is told when there is nothing');
select is(
    (select count(*) from payment.charge_summaries as s), 0::bigint, 'and no day is used up by it'
);
update payment.installments set status = 'processing' where id = :second;
update payment.installments set status = 'failed', last_error = 'declinedByIssuer', attempts = 3
where id = :second;
update payment.installments set last_error = 'card_needed' where id = :third;
select is(pg_temp.tell('2031-01-15 08:59'), '0', 'before the time of the setting');
select is(pg_temp.tell('2031-01-15 09:00'), '2', 'two that need somebody');
select is(
    pg_temp.told(array[:desk, :owner, :teacher, :other]), 'email charge_summary 2',
    'told to the desk and the owner, by e-mail'
);
select is(
    (
        select (e.family_id is null, e.payload ->> 'failed', e.payload ->> 'card_needed')::text
        from ops.domain_events as e where e.kind = 'charges.summarized'
    ), format('(t,[%s],[%s])', :second, :third), 'by ids alone'
);
select is(
    (
        select (r.subject like '%: installments that need you', r.body)::text
        from messaging.messages as m
        cross join lateral (
            select (v.value ->> 'subject') as subject, v.value ->> 'body' as body
            from tests.value(
                format(
                    '(select to_jsonb(r) from messaging.messages as m
                    cross join lateral messaging.render(m) as r where m.id = %s)', m.id
                )
            ) as v (value)
        ) as r
        where m.account_id = :desk
    ) like '(t,%Quill, due %(declinedByIssuer)%188.29%Quill, due %(card needed)%188.29%', true,
    'in words that are made when it is sent'
);
select is(pg_temp.tell('2031-01-15 09:00'), '0', 'once');
select is(pg_temp.tell('2031-01-15 18:00'), '0', 'a day');
select is(pg_temp.tell('2031-01-16 12:00'), '0', 'and no day again');
-- What fails later on that day is told on the next one.
update payment.installments set reported_on = null where id = :third;
select is(pg_temp.tell('2031-01-15 23:30'), '0', 'half past eleven at night is still that day');
select is(pg_temp.tell('2031-01-16 09:00'), '1', 'the next morning');
select is(
    (
        select string_agg(s.told_on || ' ' || s.installment_ids::text, ', ' order by s.told_on)
        from payment.charge_summaries as s
    ), format('2031-01-15 {%s,%s}, 2031-01-16 {%2$s}', :second, :third), 'kept by day'
);
select is(
    tests.error_code(
        $$update payment.charge_summaries set told_on = '2031-01-17'$$
    ), 'append_only', 'for good'
);
select is(
    tests.error_code(
        format(
            $$insert into payment.charge_summaries (studio_id, told_on, installment_ids)
            select s.studio_id, s.told_on, array[%s::bigint] from payment.charge_summaries as s$$,
            :second
        )
    ), '23505', 'two at once: one of them'
);
select is(tests.value('payment.summarize_charges()'), '0', 'by the clock of now');

select * from finish();
rollback;
