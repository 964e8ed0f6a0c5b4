create or replace function ops.undo_preview(p_preview boolean)
returns void
language plpgsql
immutable
set search_path = ''
set timezone = 'UTC'
as $$
begin
    if p_preview then
        raise exception 'undone' using errcode = 'UNDO0';
    end if;
end;
$$;
alter function ops.undo_preview(boolean) owner to ops;
grant execute on function ops.undo_preview(boolean) to domain;
comment on function ops.undo_preview(boolean) is
$$Undo, where only a preview is wanted, what was done since the block began that catches UNDO0.

What an act would do is what it does, taken back; variables keep what it answered.$$;
