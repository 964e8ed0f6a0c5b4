begin;
set local search_path = tap, public;
select plan(22);
select tests.worker('manager') as manager \gset
select tests.section('Audited') as section \gset
select tests.family('Ms Audited') as family \gset
select tests.student(:family) as student \gset
select coalesce(max(a.id), 0) as since from ops.audit_log as a \gset
select tests.cart(:student, :section) as cart \gset
select tests.confirmed(:cart) as registration \gset
-- By whom, in which role, for which family: the registration's way.
select results_eq(
    format(
        $$select action, account_id, acting_role, family_id, changes -> 'status' from ops.audit_log
        where entity = 'enrollment.registrations' and entity_id = %s and changes ? 'status'
        order by id$$, :registration
    ),
    format(
        $$values ('insert', %s::bigint, 'customer', %s::bigint, '[null, "pending_payment"]'::jsonb),
        ('update', null, 'deploy', %2$s, '["pending_payment", "confirmed"]')$$,
        tests.guardian_of(:family), :family
    ),
    'who, in which role, for which family, what from and to'
);
select is(
    (
        select a.changes - 'registration_id' || jsonb_build_object(
            'by', a.acting_role, 'family', a.family_id, 'is_this', a.entity_id = e.id
        )
        from ops.audit_log as a
        inner join enrollment.enrollments as e on e.registration_id = :registration
        where a.entity = 'enrollment.enrollments' and a.action = 'insert' and a.id > :since
    ),
    jsonb_build_object(
        'student_id', jsonb_build_array(null, :student),
        'section_id', jsonb_build_array(null, :section),
        'tier_id', '[null, null]'::jsonb,
        'weekdays', '[null, null]'::jsonb, 'ended_on', '[null, null]'::jsonb,
        'from_enrollment_id', '[null, null]'::jsonb,
        'dates', '[null, null]'::jsonb,
        'status', '[null, "pending"]'::jsonb,
        'by', 'customer',
        'family', :family,
        'is_this', true
    ),
    'what is inserted by one statement, with the columns that are null'
);
select is(
    (
        select a.changes from ops.audit_log as a where a.entity = 'enrollment.confirmations'
        and a.id > :since
    ),
    (select jsonb_build_object(
        'registration_id', jsonb_build_array(null, c.registration_id), 'cause',
        '[null, "transaction"]'::jsonb,
        'transaction_id', jsonb_build_array(
            null, c.transaction_id
        ), 'offline_payment_id', '[null, null]'::jsonb, 'amount_minor', '[null, 91643]'::jsonb)
    from enrollment.confirmations as c where c.registration_id = :registration),
    'the cause of the confirmation'
);
select is(
    (
        select array_agg(distinct a.entity order by a.entity) from ops.audit_log as a
        where a.id > :since
    ),
    '{enrollment.confirmations,enrollment.enrollments,enrollment.registrations,'
    'payment.payments,payment.transactions}',
    'a checkout that is paid leaves these'
);
select is_empty(
    format(
        'select id from ops.audit_log
        where id > %s and changes::text ~* ''audited|rivera|example.com|2125550123''',
        :since
    ),
    'no name, address or number of a person'
);

-- Each rule that makes a price, and each fact of the catalogue it is made from.
create function pg_temp.audited(statement text) returns boolean language plpgsql as $$
declare
    v_since bigint;
begin
    select coalesce(max(a.id), 0) into v_since from ops.audit_log as a;
    perform tests.run(statement);
    return exists (select from ops.audit_log as a where a.id > v_since);
end;
$$;
select ok(pg_temp.audited(c.statement), c.what)
from (
    values
    ('select tests.supersede(''rates'', ''true'')', 'a rate'),
    ('select tests.supersede(''program_prices'', ''true'')', 'the price of a program'),
    ('select tests.supersede(''fee_rules'', ''true'')', 'a fee'),
    ('select tests.supersede(''family_discounts'', ''true'')', 'the family discount'),
    ('select tests.supersede(''payment_plans'', ''true'')', 'a payment plan'),
    (
        'insert into pricing.fee_exemptions (studio_id, term_id, fee_code, class_id)
        select auth.studio_id(), min(f.term_id), min(f.code), (
            select max(class_id) from catalog.sections where studio_id = auth.studio_id()
        )
        from pricing.fee_rules as f where f.studio_id = auth.studio_id()', 'an exemption from a fee'
    ),
    (
        'update studio.settings set rate_step_basis = ''weekly_meetings''',
        'the setting of what is counted'
    ),
    ('update studio.settings set call_courier_delay_seconds = 7', 'any other setting'),
    (
        'update catalog.classes set price_mode = ''tiered'', division_id = null
        where title = ''Tap 3'' and studio_id = auth.studio_id()',
        'how a class is priced'
    ),
    ('update catalog.divisions set rank = rank + 10', 'the order of the divisions'),
    (
        'update catalog.programs set plan_fee_waived = not plan_fee_waived',
        'which programs waive the fee of a plan'
    )
) as c (statement, what);
-- Access.
select ok(
    pg_temp.audited(
        format('update studio.memberships set status = ''ended'' where account_id = %s', :manager)
    ),
    'the end of a membership'
);
select ok(
    pg_temp.audited(
        format('update identity.accounts set token_version = 2 where id = %s', :manager)
    ),
    'the revocation of tokens'
);
select ok(
    pg_temp.audited(
        format('update identity.guardians set is_primary = false where family_id = %s', :family)
    ),
    'who is a guardian'
);
select ok(
    pg_temp.audited(format('delete from identity.guardians where family_id = %s', :family)),
    'who no longer is'
);
select ok(
    not pg_temp.audited(
        format('update studio.memberships set status = status where account_id = %s', :manager)
    ),
    'what changes nothing is not recorded'
);
select is_empty(
    $$select id from ops.audit_log as a where a.entity = 'identity.credentials'
    and a.changes::text like '%$2%'$$,
    'no hash of a password ever'
);
select * from finish();
rollback;
