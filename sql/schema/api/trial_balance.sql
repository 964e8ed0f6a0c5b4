create view api.trial_balance
with (security_invoker = true) as
select
    t.month,
    t.account,
    t.kind,
    t.debits_minor,
    t.credits_minor,
    t.balance_minor,
    t.is_closed
from payment.trial_balance() as t;
alter view api.trial_balance owner to api;
grant select on api.trial_balance to manager;
comment on view api.trial_balance is
$$The studio's ledger, account by account and month by month, in minor units.

month: its first day, from the first one with a posting to the last. debits_minor and credits_minor:
posted in the month; balance_minor: debits less credits up to its end. The balances of a month add up
to 0. kind: asset (receivable, cash_in_transit, cash, returned_items), liability (credits,
unapplied), revenue (by the kinds of a price's lines, less discounts, refunds, credits_granted and
waived). is_closed: nothing can be posted to it any more (close_month). With Accept: text/csv it is a
table for the bookkeeper. For managers.$$;
