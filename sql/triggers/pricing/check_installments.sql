create or replace function pricing.check_installments()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_parts_minor numeric;
begin
    select sum(i.amount_minor) into v_parts_minor
    from pricing.quote_installments as i
    where i.studio_id = new.studio_id and i.quote_id = new.id
    having min(i.number) = 1;
    if v_parts_minor is distinct from new.total_minor then
        raise check_violation using
            message = format(
                'the parts of quote %s add up to %s, not to its total of %s',
                new.id, v_parts_minor, new.total_minor
            );
    end if;
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
