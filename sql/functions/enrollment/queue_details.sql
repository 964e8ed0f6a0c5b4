create or replace function enrollment.queue_details(
    p_section_id bigint, p_dates date[] default null, p_weekdays smallint[] default null
)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_waiting constant integer := (
        select coalesce(sum(g.students), 0)::integer
        from enrollment.waiting_groups(
            p_section_id, enrollment.picked_days(p_section_id, p_dates, p_weekdays, now())
        ) as g
    );
    v_has_waitlist constant boolean := enrollment.has_waitlist(p_section_id);
begin
    return jsonb_build_object(
        'waiting', v_waiting,
        'waiting_words', case
            when v_waiting = 1 then 'One student waits'
            else v_waiting || ' students wait'
        end,
        'waitlist', v_has_waitlist,
        'waitlist_words', case
            when v_has_waitlist then 'You can join the waitlist'
            else 'Its waitlist is closed'
        end
    );
end;
$$;
alter function enrollment.queue_details(bigint, date[], smallint[]) owner to enrollment;
comment on function enrollment.queue_details(bigint, date[], smallint[]) is
$$What a refusal for lack of a seat says of the queue, in numbers and in words.

waiting: how many students wait for the section, or for some dates or weekdays of it; waitlist:
whether one can join them.$$;
