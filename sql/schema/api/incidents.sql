create view api.incidents
with (security_invoker = true) as
select
    i.incident,
    i.kind,
    i.since,
    i.last_at,
    i.payment_id,
    i.registration_id,
    i.family_id,
    i.details,
    i.category,
    i.origin,
    i.source,
    i.lane,
    i.severity,
    i.retryable,
    i.tries,
    i.status,
    i.note,
    i.noted_by,
    i.noted_at
from payment.incidents() as i
where i.status <> 'wont_fix';
alter view api.incidents owner to api;
grant select on api.incidents to staff;
comment on view api.incidents is
$$The work list about money: what needs somebody, gone as soon as it is settled.

incident: what note_incident calls it. kind: notice_not_applied: a notice of the gateway that
could not be taken over yet; notice_unmatched: one that points at nothing of ours;
money_not_returned: a sale that has paid nothing and is not being given back; refund_failed: the
gateway refused to give it back; installment_failed, installment_without_card: a part of a plan
that could not be charged; money_lost: what had paid is gone again; payment_stuck: the gateway
does not say what became of a payment; gateway_refuses: no page can be made. since: when it came
to be listed, last_at: when it last failed, tries: how often. category: why, as far as it is
known; origin: where it went wrong, gateway or application; source: what had begun it, job,
webhook, staff, checkout (a family at its page) or internal (it followed from something else);
lane: office or developer; severity: critical or warning; retryable: whether a new try may help.
status: new, acknowledged, actioned, with the last note, the account that made it and when (note,
noted_by, noted_at). What is resolved is not here, nor what nobody will mend (wont_fix), until it
fails again; incident_notes has what was noted of them. Amounts (…_minor): minor units.
For staff.$$;
