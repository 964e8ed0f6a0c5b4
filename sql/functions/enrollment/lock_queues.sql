create or replace function enrollment.lock_queues(p_section_ids bigint[])
returns void
language plpgsql
volatile
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform pg_advisory_xact_lock(
        hashtextextended('queue ' || auth.studio_id() || ' ' || q.section_id, 0)
    )
    from (
        select distinct u.section_id from unnest(p_section_ids) as u (section_id) order by 1
    ) as q;
end;
$$;
alter function enrollment.lock_queues(bigint[]) owner to enrollment;
comment on function enrollment.lock_queues(bigint[]) is
$$Let one act at a time free places of some sections or join their queues.

So that a place that comes free and a student who joins never miss one another. Taken after the
registrations and before any place, for all sections of an act at once.$$;
