-- The lines of a quote become a column of it and are checked with it; plan and term have one key.
-- depends: 0017.keyed-look-ups
-- squawk-ignore-file ban-drop-table, adding-not-nullable-field, constraint-missing-not-valid
-- squawk-ignore-file ban-drop-constraint, adding-foreign-key-constraint
-- squawk-ignore-file require-concurrent-index-creation, require-concurrent-index-deletion
-- squawk-ignore-file disallowed-unique-constraint, adding-serial-primary-key-field
set local lock_timeout = '3s';
set local statement_timeout = '60s';

comment on type pricing.line is
$$One line of a price: for whom, what, from which inputs, how much, by which rule's version.

student_id null: a line of the whole family. amount_minor: minor units, negative where it is taken
off. Quotes keep their lines in this form: attributes may be added at its end, none may change.$$;
alter table pricing.quotes add column lines pricing.line[];
alter table pricing.quotes
alter column inputs set compression lz4,
alter column lines set compression lz4;

-- Quotes refuse every change; this one tells what rows of another table told.
alter table pricing.quotes disable trigger user;
update pricing.quotes as q
set
    lines = array(
        select
            (
                q.cart_id, l.student_id, l.kind, l.code, l.section_id, l.basis, l.amount_minor,
                l.rule_table, l.rule_id, l.rule_version
            )::pricing.line
        from pricing.quote_lines as l
        where l.studio_id = q.studio_id and l.quote_id = q.id
        order by l.line_number
    );
alter table pricing.quotes enable trigger user;

do $$
declare
    v_kept record;
    v_moved record;
begin
    select
        count(*) as lines,
        count(distinct (l.studio_id, l.quote_id)) as quotes,
        sum(l.amount_minor) as amount_minor
    into v_kept
    from pricing.quote_lines as l;
    select
        count(*) as lines,
        count(distinct (q.studio_id, q.id)) as quotes,
        sum(l.amount_minor) as amount_minor
    into v_moved
    from pricing.quotes as q
    cross join lateral unnest(q.lines) as l;
    if v_moved is distinct from v_kept then
        raise exception 'lines of quotes would be lost: % of %', v_moved, v_kept;
    end if;
    -- And each is what it was, at its place.
    if exists (
        select
            l.studio_id, l.quote_id, l.line_number, l.family_id, l.student_id, l.kind, l.code,
            l.section_id, l.basis, l.amount_minor, l.rule_table, l.rule_id, l.rule_version
        from pricing.quote_lines as l
        except
        select
            q.studio_id, q.id, l.line_number, q.family_id, l.student_id, l.kind, l.code,
            l.section_id, l.basis, l.amount_minor, l.rule_table, l.rule_id, l.rule_version
        from pricing.quotes as q
        cross join lateral unnest(q.lines) with ordinality as l (
            cart_id, student_id, kind, code, section_id, basis, amount_minor, rule_table,
            rule_id, rule_version, line_number
        )
    ) then
        raise exception 'lines of quotes would be changed';
    end if;
end;
$$;
drop table pricing.quote_lines;

-- As it is in sql/functions/; the constraint needs it before functions are loaded.
create or replace function pricing.are_lines_of(
    p_lines pricing.line[], p_cart_id bigint, p_inputs jsonb, p_total_minor bigint
)
returns boolean
language plpgsql
immutable
parallel safe
as $$
declare
    v_student_ids constant jsonb := jsonb_path_query_array(p_inputs, '$.items[*].student_id');
    v_line pricing.line;
    v_sum_minor bigint := 0::bigint;
begin
    foreach v_line in array p_lines
    loop
        if
            v_line.cart_id = p_cart_id
            and num_nulls(
                v_line.code, v_line.basis, v_line.rule_table, v_line.rule_id, v_line.rule_version
            ) = 0
            and (v_line.student_id is null or v_student_ids @> to_jsonb(v_line.student_id))
            and (
                case
                    when v_line.kind in ('discount', 'family_discount', 'coupon', 'credit')
                        then v_line.amount_minor < 0
                    when v_line.kind in (
                        'tuition', 'program', 'override', 'tier', 'drop_in', 'fee', 'add_on',
                        'plan_fee'
                    )
                        then v_line.amount_minor >= 0
                    when v_line.kind = 'adjustment'
                        then v_line.amount_minor is not null
                end
            )
        then
            v_sum_minor := v_sum_minor + v_line.amount_minor;
        else
            -- Also where something is null that must not be.
            return false;
        end if;
    end loop;
    return v_sum_minor = p_total_minor;
end;
$$;
alter function pricing.are_lines_of(pricing.line[], bigint, jsonb, bigint) owner to pricing;
alter table pricing.quotes
alter column lines set not null,
add constraint quotes_lines_add_up check (
    pricing.are_lines_of(lines, cart_id, inputs, total_minor)
);
comment on table pricing.quotes is
$$A price as it was told to a family, with the facts it was made from.

So it can be explained and replayed.
inputs: the basket (pricing.basket_item). priced_at: the instant whose rules were applied.
Append-only, and read whole: so the lines are a column, not rows of their own, and
pricing.quote_lines shows them as rows. A line's student needs no foreign key: by the CHECK it has
an item in inputs, which was a row of the family's cart or enrollments, under such a key; and
students are not deleted.$$;
comment on column pricing.quotes.lines is
'the lines in their order; cart_id in each of them is the quote''s';

-- The plan is one of the quote's term, and so says that there is this term.
alter table pricing.payment_plans
add constraint payment_plans_term_key unique (studio_id, term_id, id);
alter table pricing.quotes
drop constraint quotes_plan_fkey,
drop constraint quotes_term_fkey;
drop index pricing.quotes_plan_idx;
drop index pricing.quotes_term_idx;
alter table pricing.quotes
add constraint quotes_plan_fkey
foreign key (studio_id, term_id, plan_id)
references pricing.payment_plans (studio_id, term_id, id) on delete restrict;
create index quotes_plan_idx on pricing.quotes (studio_id, term_id, plan_id);
-- Of a family's quotes one is looked up by its id: no other index may look as good for that.
drop index pricing.quotes_cart_idx;
create index quotes_cart_idx on pricing.quotes (studio_id, cart_id, family_id);

-- A quote has one family: with it, the key serves the foreign key as well.
alter table pricing.quote_installments drop constraint quote_installments_pkey;
alter table pricing.quote_installments
add constraint quote_installments_pkey primary key (studio_id, quote_id, family_id, number);
drop index pricing.quote_installments_quote_idx;
