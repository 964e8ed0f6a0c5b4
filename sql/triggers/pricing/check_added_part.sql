create or replace function pricing.check_added_part()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_parts_minor numeric;
    v_total_minor bigint;
begin
    select sum(i.amount_minor), min(q.total_minor) into v_parts_minor, v_total_minor
    from pricing.quotes as q
    inner join pricing.quote_installments as i on q.studio_id = i.studio_id and q.id = i.quote_id
    where q.studio_id = new.studio_id and q.id = new.quote_id;
    if v_parts_minor is distinct from v_total_minor then
        raise check_violation using
            message = format(
                'the parts of quote %s add up to %s, not to its total of %s',
                new.quote_id, v_parts_minor, v_total_minor
            );
    end if;
    return null;
end;
$$;
alter function pricing.check_added_part() owner to pricing;
comment on function pricing.check_added_part() is
$$Refuse, at the end of the transaction, a part with which those of its quote don't add up.$$;

-- The first part comes with the quote, whose own trigger looks at all of them.
create constraint trigger _100_check_added_part
after insert on pricing.quote_installments
deferrable initially deferred
for each row when (new.number > 1)
execute function pricing.check_added_part();
