-- The parts of a quote become a column of it and are checked with it; a digest of its lines goes.
-- depends: 0018.lines-of-a-quote
-- squawk-ignore-file ban-drop-table, ban-drop-column, adding-not-nullable-field
-- squawk-ignore-file constraint-missing-not-valid
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create type pricing.part as (
    number smallint,
    due_on date,
    amount_minor bigint
);
alter type pricing.part owner to pricing;
comment on type pricing.part is
$$One part of a total: its number from 1 on, when it is due, how much.

due_on: local date of the studio. amount_minor: minor units. Quotes keep their parts in this form:
attributes may be added at its end, none may change.$$;
alter table pricing.quotes add column parts pricing.part[];
alter table pricing.quotes alter column parts set compression lz4;

-- Quotes refuse every change; this one tells what rows of another table told.
alter table pricing.quotes disable trigger user;
update pricing.quotes as q
set
    parts = array(
        select (i.number, i.due_on, i.amount_minor)::pricing.part
        from pricing.quote_installments as i
        where i.studio_id = q.studio_id and i.quote_id = q.id
        order by i.number
    );
alter table pricing.quotes enable trigger user;

do $$
declare
    v_kept record;
    v_moved record;
begin
    select
        count(*) as parts,
        count(distinct (i.studio_id, i.quote_id)) as quotes,
        sum(i.amount_minor) as amount_minor
    into v_kept
    from pricing.quote_installments as i;
    select
        count(*) as parts,
        count(distinct (q.studio_id, q.id)) as quotes,
        sum(p.amount_minor) as amount_minor
    into v_moved
    from pricing.quotes as q
    cross join lateral unnest(q.parts) as p;
    if v_moved is distinct from v_kept then
        raise exception 'parts of quotes would be lost: % of %', v_moved, v_kept;
    end if;
    -- And each is what it was, at its place.
    if exists (
        select i.studio_id, i.quote_id, i.number::bigint, i.family_id, i.due_on, i.amount_minor
        from pricing.quote_installments as i
        except
        select q.studio_id, q.id, p.place, q.family_id, p.due_on, p.amount_minor
        from pricing.quotes as q
        cross join lateral unnest(q.parts) with ordinality as p (
            number, due_on, amount_minor, place
        )
        where p.number = p.place
    ) then
        raise exception 'parts of quotes would be changed';
    end if;
end;
$$;
drop table pricing.quote_installments;

-- As it is in sql/functions/; the constraint needs it before functions are loaded.
create or replace function pricing.are_parts_of(p_parts pricing.part[], p_total_minor bigint)
returns boolean
language plpgsql
immutable
parallel safe
as $$
declare
    v_part pricing.part;
    v_number integer := 0;
    v_due_before date := '-infinity'::date;
    v_sum_minor bigint := 0::bigint;
begin
    foreach v_part in array p_parts
    loop
        v_number := v_number + 1;
        if
            v_part.number = v_number
            and v_part.due_on >= v_due_before
            and v_part.amount_minor >= 0
        then
            v_due_before := v_part.due_on;
            v_sum_minor := v_sum_minor + v_part.amount_minor;
        else
            -- Also where something is null.
            return false;
        end if;
    end loop;
    return v_number > 0 and v_sum_minor = p_total_minor;
end;
$$;
alter function pricing.are_parts_of(pricing.part[], bigint) owner to pricing;
alter table pricing.quotes
alter column parts set not null,
add constraint quotes_parts_add_up check (pricing.are_parts_of(parts, total_minor));
comment on table pricing.quotes is
$$A price as it was told to a family, with the facts it was made from.

So it can be explained and replayed.
inputs: the basket (pricing.basket_item). priced_at: the instant whose rules were applied.
Append-only, and read whole: so lines and parts are columns, not rows of their own, and
pricing.quote_lines and pricing.quote_installments show them as rows. A line's student needs no
foreign key: by the CHECK it has an item in inputs, which was a row of the family's cart or
enrollments, under such a key; and students are not deleted.$$;
comment on column pricing.quotes.parts is
'the parts in which the total is due, in their order';

-- A checkout compares the lines themselves.
alter table pricing.quotes drop column lines_digest;

comment on column pricing.fee_rules.proration is
'what who starts late pays: none: all; meetings, days: of each unit as much as is left of the
section that causes it, of several the one with most left';
