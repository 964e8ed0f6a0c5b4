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
$$Messages to a family and whether they were sent. status: queued, sending, sent, failed.

For the family and for staff.$$;
