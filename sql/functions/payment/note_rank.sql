create or replace function payment.note_rank(p_status text)
returns integer
language sql
immutable
parallel safe
set search_path = ''
set timezone = 'UTC'
as $$
    select array_position(array['new', 'acknowledged', 'actioned', 'wont_fix'], p_status)
$$;
alter function payment.note_rank(text) owner to payment;
comment on function payment.note_rank(text) is
$$How far an entry of the work list has come: it only goes forward. Null: no such status.$$;
