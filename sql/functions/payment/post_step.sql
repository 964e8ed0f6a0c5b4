create or replace function payment.post_step(p_limit integer)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_since timestamptz;
    v_fact record;
    v_found integer := 0;
    v_posted integer := 0;
begin
    -- A transaction began before it was committed: for what was under way then, look back a day.
    select m.posted_until - interval '1 day' into v_since
    from payment.ledger_marks as m
    where m.studio_id = v_studio_id;
    for v_fact in
        select f.source, f.source_id
        from payment.unposted_facts(coalesce(v_since, '-infinity'), p_limit) as f
    loop
        v_found := v_found + 1;
        v_posted := v_posted + payment.post_fact(v_fact.source, v_fact.source_id);
    end loop;
    if v_found < p_limit then
        insert into payment.ledger_marks as m (studio_id, posted_until)
        values (v_studio_id, now())
        on conflict on constraint ledger_marks_pkey do update
            set posted_until = excluded.posted_until
            where m.posted_until < excluded.posted_until;
    end if;
    return v_posted;
end;
$$;
alter function payment.post_step(integer) owner to payment;
comment on function payment.post_step(integer) is
$$Post at most so many facts that happened and aren't in the ledger; answers how many postings.

Only once fewer are left than that it is noted until when everything is there.$$;
