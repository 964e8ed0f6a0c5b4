create view api.incidents
with (security_invoker = true) as
select
    i.kind,
    i.since,
    i.payment_id,
    i.registration_id,
    i.family_id,
    i.details
from payment.incidents() as i;
alter view api.incidents owner to api;
grant select on api.incidents to staff;
comment on view api.incidents is
$$The work list about money: what needs somebody, gone as soon as it is settled.

notice_not_applied: a notice of the gateway that could not be taken over yet; notice_unmatched:
one that points at nothing of ours; money_not_returned: a sale that has paid nothing and is not
being given back. amount_minor: minor units. For staff.$$;
