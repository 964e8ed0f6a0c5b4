create or replace function api.add_closure(starts_on date, ends_on date, label text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_label constant text := btrim(regexp_replace(add_closure.label, '\s+', ' ', 'g'));
    v_closure_id bigint;
begin
    perform auth.require('manager');
    if
        coalesce(length(v_label) not between 1 and 100, true)
        or not coalesce(isfinite(add_closure.starts_on) and isfinite(add_closure.ends_on), false)
        or add_closure.ends_on not between add_closure.starts_on and add_closure.starts_on + 365
    then
        perform ops.fail('closure_invalid');
    end if;
    insert into studio.closures (studio_id, starts_on, ends_on, label)
    values (auth.studio_id(), add_closure.starts_on, add_closure.ends_on, v_label)
    returning id into strict v_closure_id;
    return jsonb_build_object(
        'closure_id', v_closure_id,
        'starts_on', add_closure.starts_on,
        'ends_on', add_closure.ends_on,
        'label', v_label
    );
end;
$$;
alter function api.add_closure(date, date, text) owner to studio;
grant execute on function api.add_closure(date, date, text) to manager;
comment on function api.add_closure(date, date, text) is
$$Note days on which the studio is closed: no card is charged on them.

For managers. starts_on, ends_on: the first and the last local day, at most 366 together; label: at
most 100 characters. Answers {closure_id, starts_on, ends_on, label}. Errors: closure_invalid.$$;
