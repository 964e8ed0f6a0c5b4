create or replace function pricing.check_installments()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_quote_id bigint;
    v_total_minor bigint;
    v_parts_minor numeric;
begin
    if tg_table_name = 'quotes' then
        v_quote_id := new.id;
        v_total_minor := new.total_minor;
    else
        v_quote_id := new.quote_id;
        select q.total_minor into strict v_total_minor
        from pricing.quotes as q
        where q.studio_id = new.studio_id and q.id = v_quote_id;
    end if;
    select sum(i.amount_minor) into v_parts_minor
    from pricing.quote_installments as i
    where i.studio_id = new.studio_id and i.quote_id = v_quote_id
    having min(i.number) = 1;
    if v_parts_minor is distinct from v_total_minor then
        raise check_violation using
            message = format(
                'the parts of quote %s add up to %s, not to its total of %s',
                v_quote_id, v_parts_minor, v_total_minor
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

-- The first part comes with the quote, whose own trigger looks at all of them.
create constraint trigger _100_check_installments
after insert on pricing.quote_installments
deferrable initially deferred
for each row when (new.number > 1)
execute function pricing.check_installments();
