create or replace function enrollment.on_review_rejected()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform enrollment.release_registration(
        (new.payload ->> 'registration_id')::bigint, 'cancelled', 'review_rejected', 'cancel'
    );
    return null;
end;
$$;
alter function enrollment.on_review_rejected() owner to enrollment;
comment on function enrollment.on_review_rejected() is
$$Give back the seats of a registration whose payment staff could not find, time and again.$$;

create or replace trigger _200_on_review_rejected
after insert on ops.domain_events
for each row when (
    new.kind = 'review.rejected' and (new.payload ->> 'is_over')::boolean
)
execute function enrollment.on_review_rejected();
