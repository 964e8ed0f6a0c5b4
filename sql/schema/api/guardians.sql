create view api.guardians
with (security_invoker = true) as
select
    g.id,
    g.family_id,
    g.account_id,
    g.is_primary,
    g.sms_opt_in
from identity.guardians as g;
alter view api.guardians owner to api;
grant select on api.guardians to customer;
grant select on api.guardians to staff;
comment on view api.guardians is
$$Who may act for a family, and who wants messages by SMS.

For the family and for staff.$$;
