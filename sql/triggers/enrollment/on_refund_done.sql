create or replace function enrollment.on_refund_done()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform enrollment.refund_registration((new.payload ->> 'registration_id')::bigint);
    return null;
end;
$$;
alter function enrollment.on_refund_done() owner to enrollment;
comment on function enrollment.on_refund_done() is
$$End the registration of which staff have given the last money back.$$;

create or replace trigger _200_on_refund_done
after insert on ops.domain_events
for each row when (new.kind = 'refund.done' and new.payload ->> 'cause' = 'staff')
execute function enrollment.on_refund_done();
