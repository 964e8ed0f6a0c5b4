create or replace function catalog.announce_tier_times()
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
        'tier.times_changed', new.id, null, jsonb_build_object('section_id', new.section_id)
    );
    return null;
end;
$$;
alter function catalog.announce_tier_times() owner to catalog;
comment on function catalog.announce_tier_times() is
$$Tell the other domains that a tier has other hours from now on.$$;

create or replace trigger _200_announce_tier_times
after update of starts_at, ends_at on catalog.section_tiers
for each row when ((old.starts_at, old.ends_at) is distinct from (new.starts_at, new.ends_at))
execute function catalog.announce_tier_times();
