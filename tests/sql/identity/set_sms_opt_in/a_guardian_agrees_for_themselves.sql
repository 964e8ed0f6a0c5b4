begin;
set local search_path = tap, public;
select plan(13);
select tests.family() as family \gset
select tests.guardian_of(:family) as account \gset
create function pg_temp.guardian(family bigint) returns text language sql as $$
    select concat_ws(' ', g.sms_opt_in, g.sms_consent_phone, a.phone)
    from identity.guardians as g
    inner join identity.accounts as a on g.account_id = a.id where g.family_id = family
$$;
select is(
    tests.as_family(:family, 'api.set_sms_opt_in(true)'),
    '{"sms_opt_in": true, "phone": "+12125550123"}', 'for the number the account has'
);
select is(pg_temp.guardian(:family), 't +12125550123 +12125550123', 'which is kept');
select is(
    tests.as_family(:family, 'api.set_sms_opt_in(true, ''+442071838750'')'),
    '{"sms_opt_in": true, "phone": "+442071838750"}', 'or for another one'
);
select is(pg_temp.guardian(:family), 't +442071838750 +442071838750', 'which it has from now on');
select is(
    tests.as_family(:family, 'api.set_sms_opt_in(false)'),
    '{"sms_opt_in": false, "phone": "+442071838750"}', 'no longer'
);
select is(pg_temp.guardian(:family), 'f +442071838750', 'and the number stays');
select is(
    (
        select count(*) from ops.audit_log as l
        where l.entity = 'identity.guardians' and l.changes ? 'sms_opt_in'
        and l.entity_id = (
            select g.id from identity.guardians as g where g.family_id = :family
        )
        and l.action = 'update'
    ),
    2::bigint, 'each change leaves a trace'
);
select is(
    tests.family_error_code(:family, 'api.set_sms_opt_in(' || r.arguments || ')'), r.code, r.what
)
from (
    values
    ('null', 'sms_choice_required', 'no choice'),
    ('true, ''555''', 'invalid_phone', 'no number'),
    ('true, ''''', 'invalid_phone', 'an empty one')
) as r (arguments, code, what);
select messaging.suppress('sms', '+442071838750', 'stopped');
select is(
    tests.family_error_code(:family, 'api.set_sms_opt_in(true)'), 'sms_stopped',
    'a number that has answered STOP'
);
select tests.run(format('update identity.accounts set phone = null where id = %s', :account));
select is(
    tests.family_error_code(:family, 'api.set_sms_opt_in(true)'), 'phone_required',
    'nobody without a number'
);
select is(
    tests.error_code(
        format(
            'select tests.as_staff(%s, ''api.set_sms_opt_in(true)'', %s)', tests.worker(), :family
        )
    ), '42501', 'nobody can agree for somebody else'
);
select * from finish();
rollback;
