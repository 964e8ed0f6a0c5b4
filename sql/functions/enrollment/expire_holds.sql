create or replace function enrollment.expire_holds()
returns integer
language sql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
    select enrollment.release_lapsed()
$$;
alter function enrollment.expire_holds() owner to enrollment;
grant execute on function enrollment.expire_holds() to scheduler;
comment on function enrollment.expire_holds() is
$$Job: release every lapsed registration of the studio in scope; answers how many.$$;
