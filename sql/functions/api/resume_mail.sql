create or replace function api.resume_mail(guardian_id bigint)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_guardian record;
    v_reason text;
begin
    perform auth.require('staff');
    select g.family_id, a.email into v_guardian
    from identity.guardians as g
    inner join identity.accounts as a on g.account_id = a.id
    where
        g.studio_id = auth.studio_id()
        and g.family_id = coalesce(auth.family_id(), g.family_id)
        and g.id = resume_mail.guardian_id;
    if not found then
        perform ops.fail('guardian_not_found');
    end if;
    v_reason := messaging.suppression('email', v_guardian.email);
    if v_reason is null then
        perform ops.fail('mail_not_suppressed');
    elsif v_reason = 'complained' then
        -- Whoever said that our mail is spam is not asked by us whether they meant it.
        perform ops.fail('mail_complained');
    end if;
    perform messaging.lift_suppression('email', v_guardian.email);
    perform ops.emit('mail.resumed', resume_mail.guardian_id, v_guardian.family_id);
end;
$$;
alter function api.resume_mail(bigint) owner to messaging;
grant execute on function api.resume_mail(bigint) to staff;
comment on function api.resume_mail(bigint) is
$$Send e-mail again to a guardian whose address was gone: it bounced, and works again.

For staff. All studios share the sender, so it is lifted for all of them; bounces again, and it is as
before. What was suppressed meanwhile is not sent. Errors: guardian_not_found, mail_not_suppressed,
mail_complained.$$;
