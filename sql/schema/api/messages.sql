create view api.messages
with (security_invoker = true) as
select
    m.id,
    m.family_id,
    m.channel,
    m.template_code,
    m.registration_id,
    m.status,
    m.created_at,
    m.sent_at
from messaging.messages as m;
alter view api.messages owner to api;
grant select on api.messages to customer;
grant select on api.messages to staff;
comment on view api.messages is
$$Messages to a family, and what became of them.

status: queued, sending; sent: the provider has taken it; delivered, bounced, complained (said to be
spam), failed: what it told afterwards, or, without sent_at, given up; suppressed: not sent, as its
recipient does not want, or can't get, messages. For the family and for staff.$$;
