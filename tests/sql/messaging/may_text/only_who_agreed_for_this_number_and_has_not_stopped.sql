begin;
set local search_path = tap, public;
select plan(9);
select tests.family() as family \gset
select tests.guardian_of(:family) as account \gset
create function pg_temp.may(family bigint, account bigint) returns jsonb language sql as $$
    select tests.value(format('messaging.may_text(%s, %s)', family, account))
$$;
create function pg_temp.guardian(family bigint) returns text language sql as $$
    select concat_ws(' ', g.sms_opt_in, g.sms_consent_at = now(), g.sms_consent_phone)
    from identity.guardians as g where g.family_id = family
$$;
select is(pg_temp.may(:family, :account), 'false', 'nobody who was not asked');
select tests.run(
    format('update identity.guardians set sms_opt_in = true where family_id = %s', :family)
);
select is(pg_temp.may(:family, :account), 'true', 'whoever agreed');
select is(pg_temp.guardian(:family), 't t +12125550123', 'when and for what number is kept');
select is(pg_temp.may(:family, tests.guardian_of(tests.family('Other'))), 'false', 'nobody else');
select tests.run(
    format('update identity.accounts set phone = ''+12125550199'' where id = %s', :account)
);
select is(pg_temp.may(:family, :account), 'false', 'another number is another person, maybe');
select tests.run(
    format('update identity.guardians set sms_opt_in = true where family_id = %s', :family)
);
select is(pg_temp.may(:family, :account), 'true', 'until they agree again');
select messaging.suppress('sms', '+12125550199', 'stopped');
select is(pg_temp.may(:family, :account), 'false', 'STOP ends it');
select messaging.lift_suppression('sms', '+12125550199');
select tests.run(
    format('update identity.guardians set sms_opt_in = false where family_id = %s', :family)
);
select is(pg_temp.may(:family, :account), 'false', 'so does whoever says so here');
select is(pg_temp.guardian(:family), 'f', 'and nothing of the consent is left');
select * from finish();
rollback;
