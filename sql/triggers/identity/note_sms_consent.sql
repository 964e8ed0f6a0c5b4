create or replace function identity.note_sms_consent()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_phone text;
begin
    select a.phone into v_phone
    from identity.accounts as a
    where a.id = new.account_id;
    if not new.sms_opt_in then
        new.sms_consent_at := null;
        new.sms_consent_phone := null;
    elsif new.sms_consent_at is null or new.sms_consent_phone is distinct from v_phone then
        new.sms_consent_at := now();
        new.sms_consent_phone := v_phone;
    end if;
    return new;
end;
$$;
alter function identity.note_sms_consent() owner to identity;
comment on function identity.note_sms_consent() is
$$Keep when a guardian agreed to messages by SMS, and the number they were asked about.$$;

create or replace trigger _100_note_sms_consent
before insert or update of sms_opt_in on identity.guardians
for each row execute function identity.note_sms_consent();
