create or replace function pricing.check_installments()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform pricing.require_parts(new.id, new.total_minor);
    return null;
end;
$$;
alter function pricing.check_installments() owner to pricing;
comment on function pricing.check_installments() is
$$Refuse, at the end of the transaction, a quote whose parts don't add up to its total, exactly.$$;

create constraint trigger _100_check_installments
after insert on pricing.quotes
deferrable initially deferred
for each row execute function pricing.check_installments();
