create or replace function api.set_sms_opt_in(sms_opt_in boolean, phone text default null)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_family_id bigint;
    v_phone text;
    v_count bigint;
begin
    perform auth.require('customer');
    v_family_id := auth.require_family();
    if set_sms_opt_in.sms_opt_in is null then
        perform ops.fail('sms_choice_required');
    elsif set_sms_opt_in.phone !~ '^\+[1-9][0-9]{6,14}$' then
        perform ops.fail('invalid_phone');
    end if;
    select coalesce(set_sms_opt_in.phone, a.phone) into strict v_phone
    from identity.accounts as a
    where a.id = auth.account_id();
    if set_sms_opt_in.sms_opt_in and v_phone is null then
        perform ops.fail('phone_required');
    elsif set_sms_opt_in.sms_opt_in and messaging.suppression('sms', v_phone) is not null then
        -- The carrier would refuse them as well; only the phone itself can say otherwise.
        perform ops.fail('sms_stopped');
    end if;
    update identity.accounts as a
    set phone = v_phone
    where a.id = auth.account_id() and a.phone is distinct from v_phone;
    update identity.guardians as g
    set sms_opt_in = set_sms_opt_in.sms_opt_in
    where
        g.studio_id = auth.studio_id()
        and g.family_id = v_family_id
        and g.account_id = auth.account_id();
    get diagnostics v_count = row_count;
    perform ops.require_count(v_count, 1, 'guardians');
    return jsonb_build_object('sms_opt_in', set_sms_opt_in.sms_opt_in, 'phone', v_phone);
end;
$$;
alter function api.set_sms_opt_in(boolean, text) owner to identity;
grant execute on function api.set_sms_opt_in(boolean, text) to customer;
comment on function api.set_sms_opt_in(boolean, text) is
$$Agree to messages by SMS, or no longer: for oneself, as a guardian of the family in scope.

For the family: nobody else can agree for a guardian. phone: E.164; left out or null: the
number the account has. It is the account's number at every studio; what was agreed to for another
number no longer counts, there too. That somebody answers at the number is not checked yet.
Answers {sms_opt_in, phone}. Errors: sms_choice_required, invalid_phone, phone_required,
sms_stopped, family_required.$$;
