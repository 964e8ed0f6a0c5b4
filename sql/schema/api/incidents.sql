create view api.incidents
with (security_invoker = true) as
select
    i.kind,
    i.since,
    i.payment_id,
    i.registration_id,
    i.family_id,
    i.details,
    i.category,
    i.lane,
    i.severity,
    i.retryable,
    i.tries
from payment.incidents() as i;
alter view api.incidents owner to api;
grant select on api.incidents to staff;
comment on view api.incidents is
$$The work list about money: what needs somebody, gone as soon as it is settled.

kind: notice_not_applied: a notice of the gateway that could not be taken over yet; notice_unmatched:
one that points at nothing of ours; money_not_returned: a sale that has paid nothing and is not being
given back; refund_failed: the gateway refused to give it back; installment_failed,
installment_without_card: a part of a plan that could not be charged; money_lost: what had paid is
gone again; payment_stuck: the gateway does not say what became of a payment; gateway_refuses: no page
can be made. category: why, as far as it is known; lane: office or developer; severity: critical or
warning; retryable: whether a new try may help; tries: how many there were. Amounts (…_minor): minor
units. For staff.$$;
