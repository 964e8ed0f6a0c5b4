create view api.rule_sets
with (security_invoker = true) as
select
    r.term_id,
    r.kind,
    r.version
from pricing.rule_sets as r;
alter view api.rule_sets owner to api;
grant select on api.rule_sets to staff;
comment on view api.rule_sets is
$$The version of each table of a term's price rules, to be given back when it is saved.

One that is not listed was never saved: version 0. For staff.$$;
