create or replace function pricing.check_schedule()
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
    select sum((p.value ->> 'amount_minor')::bigint) into v_parts_minor
    from jsonb_array_elements(new.schedule) as p;
    if v_parts_minor is distinct from new.total_minor then
        raise check_violation using
            message = format(
                'the parts add up to %s, not to the total of %s', v_parts_minor, new.total_minor
            );
    end if;
    return new;
end;
$$;
alter function pricing.check_schedule() owner to pricing;
comment on function pricing.check_schedule() is
$$Refuse a quote whose parts don't add up to its total, exactly.$$;

create or replace trigger _100_check_schedule
before insert on pricing.quotes
for each row execute function pricing.check_schedule();
