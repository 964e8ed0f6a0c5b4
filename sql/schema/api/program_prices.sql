create view api.program_prices
with (security_invoker = true) as
select
    p.term_id,
    g.code as program,
    p.amount_minor,
    p.registration_fee_minor,
    p.version,
    p.valid_from
from pricing.program_prices as p
inner join catalog.programs as g on p.studio_id = g.studio_id and p.program_id = g.id
where p.superseded_at is null;
alter view api.program_prices owner to api;
grant select on api.program_prices to staff;
comment on view api.program_prices is
$$The set prices of programs as they are now, in minor units for the term.

registration_fee_minor: what its classes ask of the fee registration, null: as that fee says.
version: of the row; that of the table is in rule_sets. For staff; save_program_prices changes
them.$$;
