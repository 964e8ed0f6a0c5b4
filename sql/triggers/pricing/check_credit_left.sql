create or replace function pricing.check_credit_left()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_granted_minor bigint;
    v_spent_minor numeric;
begin
    -- Whoever spends of the same credit at this moment waits here, and is counted next.
    select c.amount_minor into strict v_granted_minor
    from pricing.credits as c
    where c.studio_id = new.studio_id and c.family_id = new.family_id and c.id = new.credit_id
    for no key update;
    select sum(u.amount_minor) into v_spent_minor
    from pricing.credit_uses as u
    where
        u.studio_id = new.studio_id
        and u.family_id = new.family_id
        and u.credit_id = new.credit_id
        and u.status in ('held', 'used');
    if v_spent_minor > v_granted_minor then
        raise check_violation using
            message = format(
                '%s are spent of a credit of %s', v_spent_minor, v_granted_minor
            );
    end if;
    return null;
end;
$$;
alter function pricing.check_credit_left() owner to pricing;
comment on function pricing.check_credit_left() is
$$Refuse to spend more of a credit than was granted.

A use that only goes on from held to used or returned spends no more than before.$$;

create or replace trigger _100_check_credit_left
after insert or update of credit_id, amount_minor on pricing.credit_uses
for each row execute function pricing.check_credit_left();
