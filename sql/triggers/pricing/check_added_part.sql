create or replace function pricing.check_added_part()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform pricing.require_parts(q.id, q.total_minor)
    from pricing.quotes as q
    where q.studio_id = new.studio_id and q.id = new.quote_id;
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
