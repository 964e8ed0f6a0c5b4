begin;
set local search_path = tap, public;
select plan(45);
select tests.worker('staff') as desk, tests.worker('manager') as manager \gset
select tests.section('Notes', p_capacity => null) as section \gset

-- Two entries: one for developers, and one for the office.
select tests.notice('https://gateway.example/transactions/t1', 'n1') ->> 'event_id' as event \gset
select tests.answer(c, 503) from tests.claim_of_notice(:event) as c;
select 'notice_not_applied:' || :event as technical \gset
select tests.family() as family \gset
select tests.planned(tests.cart(tests.student(:family), :section)) as registration \gset
select tests.part(:registration, 2) as part \gset
update payment.installments set status = 'processing' where id = :part;
update payment.installments set status = 'failed', attempts = 1, last_error = 'cardExpired'
where id = :part;
select 'installment_failed:' || :part as incident \gset

-- What noting something of an entry answers: the status, or the code of the error.
create function pg_temp.note(account bigint, incident text, status text, more text default '')
returns text language plpgsql as $$
declare
    v_error jsonb;
    v_answer jsonb;
begin
    v_answer := tests.as_staff(
        account, format('api.note_incident(%L, %L%s)', incident, status, more)
    );
    return v_answer ->> 'status';
exception
    when sqlstate 'PGRST' then
        perform tests.act_as_operator();
        return sqlerrm::jsonb ->> 'code';
end;
$$;
create function pg_temp.shown(account bigint, incident text) returns text language sql as $$
    select tests.as_staff(
        account,
        format(
            '(select concat_ws('' '', i.status, i.note, (i.noted_by = %s)::text,
                (i.noted_at = now())::text)
            from api.incidents as i where i.incident = %L)', account, incident
        )
    ) #>> '{}'
$$;
create function pg_temp.notes(incident text) returns bigint language sql as $$
    select count(*) from payment.incident_notes as n where n.incident = notes.incident
$$;

-- Each status and each act, from an entry of which nobody has noted anything.
create function pg_temp.after(account bigint, incident text, was text, act text)
returns text language plpgsql as $$
declare
    v_outcome text;
begin
    begin
        if was <> 'new' then
            perform pg_temp.note(account, incident, was, ', ''so''');
        end if;
        v_outcome := pg_temp.note(account, incident, act, ', ''so''');
        raise exception 'undo' using errcode = 'UNDO0';
    exception
        when sqlstate 'UNDO0' then null;
    end;
    perform tests.act_as_operator();
    return v_outcome;
end;
$$;
select is(
    pg_temp.after(:desk, :'incident', c.was, c.act), c.outcome, concat_ws(': ', c.was, c.act)
)
from (
    values
    ('new', 'new', 'incident_status_unknown'),
    ('new', 'acknowledged', 'acknowledged'),
    ('new', 'actioned', 'actioned'),
    ('new', 'wont_fix', 'wont_fix'),
    ('new', 'resolved', 'incident_status_unknown'),
    ('acknowledged', 'new', 'incident_status_unknown'),
    ('acknowledged', 'acknowledged', 'acknowledged'),
    ('acknowledged', 'actioned', 'actioned'),
    ('acknowledged', 'wont_fix', 'wont_fix'),
    ('acknowledged', 'resolved', 'incident_status_unknown'),
    ('actioned', 'new', 'incident_status_unknown'),
    ('actioned', 'acknowledged', 'incident_status_passed'),
    ('actioned', 'actioned', 'actioned'),
    ('actioned', 'wont_fix', 'wont_fix'),
    ('actioned', 'resolved', 'incident_status_unknown'),
    ('wont_fix', 'new', 'incident_status_unknown'),
    ('wont_fix', 'acknowledged', 'incident_status_passed'),
    ('wont_fix', 'actioned', 'incident_status_passed'),
    ('wont_fix', 'wont_fix', 'wont_fix'),
    ('wont_fix', 'resolved', 'incident_status_unknown')
) as c (was, act, outcome);
select is(pg_temp.notes(:'incident'), 0::bigint, 'what was tried is undone');

-- What is asked for.
select is(
    array(
        select pg_temp.note(:desk, :'incident', c.status, c.more)
        from (
            values
            (null, ''), ('wont_fix', ''), ('wont_fix', ', '' '''),
            ('acknowledged', ', repeat(''x'', 501)')
        ) as c (status, more)
    ),
    array['incident_status_unknown', 'reason_required', 'reason_required', 'reason_required'],
    'a status, and a reason for what nobody will mend'
);
select is(
    array(
        select pg_temp.note(:desk, c.incident, 'acknowledged')
        from (
            values
            (null), (''), ('installment_failed:0'), ('installment_without_card:' || :part)
        ) as c (incident)
    ),
    array_fill('incident_not_found'::text, array[4]), 'an entry that is on the list'
);
select is(pg_temp.shown(:desk, :'incident'), 'new', 'nothing was noted by that');

-- What staff see of it.
select is(
    pg_temp.note(:desk, :'incident', 'acknowledged', ', '' I  call them '''), 'acknowledged',
    'somebody looks after it'
);
select is(
    pg_temp.shown(:desk, :'incident'), 'acknowledged I call them true true',
    'who, when, and what they say'
);
select is(
    pg_temp.note(:desk, :'incident', 'acknowledged'), 'acknowledged', 'the same again'
);
select is(
    pg_temp.note(:desk, :'incident', 'acknowledged', ', ''I call them'''), 'acknowledged',
    'with the same words'
);
select is(pg_temp.notes(:'incident'), 1::bigint, 'changes nothing');
select is(
    pg_temp.note(:desk, :'incident', 'acknowledged', ', ''nobody answers'''), 'acknowledged',
    'other words'
);
select is(
    pg_temp.shown(:desk, :'incident'), 'acknowledged nobody answers true true', 'are added'
);
select is(
    pg_temp.note(
        :desk, :'incident', 'actioned', ', null, now() - interval ''1 day'''
    ), 'incident_changed', 'nobody speaks of a failure that they have not seen'
);
select is(
    pg_temp.note(
        :desk, :'incident', 'actioned',
        format(
            ', null, %L',
            (select i.created_at from payment.installments as i where i.id = :part)
        )
    ), 'actioned', 'but of the one that they have'
);

-- Of another family it is not seen.
select is(
    tests.error(
        format(
            'select tests.as_staff(%s, %L, %s)', :desk,
            format('api.note_incident(%L, ''actioned'')', :'incident'), tests.family()
        )
    ) ->> 'code', 'incident_not_found', 'with another family in scope it is not there'
);

-- What is for developers is for managers.
select is(
    pg_temp.note(:desk, :'technical', 'acknowledged'), 'not_allowed',
    'the desk has no say in what is for developers'
);
select is(
    tests.as_manager(
        :manager, format('api.note_incident(%L, ''acknowledged'')', :'technical')
    ) ->> 'status', 'acknowledged', 'managers have'
);

-- Nobody will mend it: off the list until it fails once more, and new then.
select is(
    tests.as_manager(
        :manager, format('api.note_incident(%L, ''wont_fix'', ''their test'')', :'technical')
    ) ->> 'status', 'wont_fix', 'nobody will mend it'
);
select is(pg_temp.shown(:desk, :'technical'), null, 'so it is off the list');
select is(
    tests.as_staff(
        :desk,
        format(
            '(select string_agg(n.status, '', '' order by n.id) from api.incident_notes as n
            where n.incident = %L)', :'technical'
        )
    ) #>> '{}', 'acknowledged, wont_fix', 'but not forgotten'
);
select tests.answer(c, 503) from tests.claim_of_notice(:event) as c;
select is(pg_temp.shown(:desk, :'technical'), 'new', 'it fails again: it is new again');
select is(
    tests.as_manager(
        :manager, format('api.note_incident(%L, ''acknowledged'')', :'technical')
    ) ->> 'status', 'acknowledged', 'and begins from there'
);
select tests.answer(c, 503) from tests.claim_of_notice(:event) as c;
select is(
    left(pg_temp.shown(:manager, :'technical'), 12), 'acknowledged',
    'what somebody looks after stays so while it fails'
);

-- It heals by itself, and what comes back is new.
update payment.installments set status = 'scheduled', last_error = null where id = :part;
select is(pg_temp.shown(:desk, :'incident'), null, 'what is settled is gone');
select is(
    pg_temp.note(:desk, :'incident', 'actioned'), 'incident_not_found', 'there is nothing to note'
);
create function pg_temp.decline(desk bigint, part bigint) returns void language plpgsql as $$
declare
    v_payment_id bigint;
begin
    perform tests.as_staff(desk, format('api.charge_installment(%s)', part));
    select a.payment_id into strict v_payment_id from payment.charge_attempts as a
    where a.installment_id = part and a.status = 'open';
    perform tests.run(
        format('select payment.decline_charge(%s, ''declinedByIssuer'')', v_payment_id)
    );
    update payment.charge_attempts as a set ended_at = now() + interval '1 minute'
    where a.payment_id = v_payment_id;
end;
$$;
select pg_temp.decline(:desk, :part);
select is(pg_temp.shown(:desk, :'incident'), 'new', 'and new when it comes back');
select * from finish();
rollback;
