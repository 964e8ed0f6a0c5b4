create or replace function api.review_finding(finding_id bigint, note text)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_note constant text := btrim(regexp_replace(review_finding.note, '\s+', ' ', 'g'));
    v_reviewed_at timestamptz;
    v_count bigint;
begin
    perform auth.require('staff');
    if coalesce(length(v_note) not between 1 and 500, true) then
        perform ops.fail('review_note_required');
    end if;
    select f.reviewed_at into v_reviewed_at
    from enrollment.findings as f
    where
        f.studio_id = auth.studio_id()
        and f.family_id = coalesce(auth.family_id(), f.family_id)
        and f.id = review_finding.finding_id
    for no key update;
    if not found then
        perform ops.fail('finding_not_found');
    elsif v_reviewed_at is not null then
        perform ops.fail('finding_reviewed');
    end if;
    update enrollment.findings as f
    set reviewed_by = auth.account_id(), reviewed_at = now(), review_note = v_note
    where f.studio_id = auth.studio_id() and f.id = review_finding.finding_id;
    get diagnostics v_count = row_count;
    perform ops.require_count(v_count, 1, 'finding');
end;
$$;
alter function api.review_finding(bigint, text) owner to enrollment;
grant execute on function api.review_finding(bigint, text) to staff;
comment on function api.review_finding(bigint, text) is
$$Say that staff have looked at a rule that was acknowledged or waived, with a note; once.

For staff. note: at most 500 characters. Errors: review_note_required, finding_not_found,
finding_reviewed.$$;
