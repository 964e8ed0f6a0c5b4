create or replace function catalog.announce_capacity()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    if new.studio_id <> auth.studio_id() then
        perform ops.fail('studio_mismatch');
    end if;
    perform ops.emit(
        'section.capacity_set',
        new.id,
        null,
        jsonb_build_object('capacity', new.capacity, 'is_new', tg_op = 'INSERT')
    );
    return null;
end;
$$;
alter function catalog.announce_capacity() owner to catalog;
comment on function catalog.announce_capacity() is
$$Tell the other domains how many students a section holds from now on.$$;

create or replace trigger _200_announce_capacity
after insert or update of capacity on catalog.sections
for each row execute function catalog.announce_capacity();
