-- Grants of all sizes, checkouts of all sizes; some are given up, some run out, some are paid.
-- What is left is reckoned beside it: granted is always spent and left.
begin;
set local search_path = tap, public;
select plan(6);
select tests.worker() as staff \gset
select tests.section('Parts', '{1}', 'technique', p_capacity => 100) as section \gset
select tests.family() as family \gset

create temporary table steps (
    number integer, granted bigint, price bigint, left_minor bigint, expected_left bigint,
    spent bigint, expected_spent bigint, total bigint
);
do $$
declare
    v_staff_id constant bigint := (select max(m.account_id) from studio.memberships as m);
    v_family_id constant bigint := (select max(f.id) from identity.families as f);
    v_section_id constant bigint := (select max(s.id) from catalog.sections as s);
    v_step steps;
    v_left bigint := 0;
    v_granted bigint := 0;
    v_student_id bigint;
    v_cart_id bigint;
    v_registration_id bigint;
    v_payment_id bigint;
begin
    for v_number in 1..24
    loop
        v_step.number := v_number;
        -- No common divisor, so that nearly every credit ends in the middle of a price.
        v_step.granted := case v_step.number % 3 when 0 then null else 997 * v_step.number end;
        v_step.price := 1301 * ((v_step.number * 7) % 11);
        if v_step.granted is not null then
            perform tests.as_staff(
                v_staff_id,
                format('api.grant_credit(%s, %s, ''test'')', v_family_id, v_step.granted)
            );
            v_left := v_left + v_step.granted;
        end if;
        v_student_id := tests.student(v_family_id, 'Number ' || v_step.number);
        v_cart_id := tests.cart(v_student_id, v_section_id);
        perform tests.override(v_staff_id, v_student_id, v_section_id, v_step.price);
        -- Once there is a family discount in it. A cart that was given up remembers its choice.
        perform tests.use_credit(v_cart_id, false);
        v_step.price := tests.total(v_cart_id);
        perform tests.use_credit(v_cart_id);
        v_step.expected_spent := least(v_left, v_step.price);
        v_registration_id := tests.held(v_cart_id);
        select coalesce(sum(u.amount_minor), 0) into v_step.spent
        from pricing.credit_uses as u
        where u.registration_id = v_registration_id;
        select r.total_minor into v_step.total
        from enrollment.registrations as r
        where r.id = v_registration_id;
        if v_step.total > 0 and v_step.number % 4 = 1 then
            perform tests.as_family(
                v_family_id, format('api.abandon_checkout(%s)', v_registration_id)
            );
        elsif v_step.total > 0 and v_step.number % 4 = 2 then
            perform tests.lapse(v_registration_id);
            -- The family's next checkout finds it out; what it held counts as left before.
        elsif v_step.total > 0 then
            v_payment_id := tests.payment(v_registration_id);
            perform tests.apply(
                v_payment_id, tests.sale(v_payment_id, 'trx-of-' || v_payment_id)
            );
        end if;
        v_left := v_left - case
            when v_step.total > 0 and v_step.number % 4 in (1, 2) then 0
            else v_step.expected_spent
        end;
        perform tests.run(
            format('delete from enrollment.cart_items where student_id = %s', v_student_id)
        );
        v_step.expected_left := v_left;
        v_step.left_minor := tests.value(
            format('pricing.credit_left(%s, %s, now())', v_family_id, tests.term())
        );
        insert into steps select v_step.*;
    end loop;
end;
$$;
select is_empty(
    'select s.number, s.left_minor, s.expected_left from steps as s
    where s.left_minor is distinct from s.expected_left',
    'what is left is what was reckoned, after every step'
);
select is_empty(
    'select s.number, s.spent, s.expected_spent from steps as s
    where s.spent is distinct from s.expected_spent',
    'each checkout spent all it could, and no more'
);
select ok(
    count(*) filter (where s.total > 0 and s.spent > 0) > 3
    and count(*) filter (where s.total = 0 and s.price > 0) > 3
    and count(*) filter (where s.number % 4 in (1, 2) and s.total > 0 and s.spent > 0) > 1,
    'some prices were covered, some were not, and some were given up'
) from steps as s;
select is(
    tests.as_family(
        :family, '(select sum(c.amount_minor) - sum(c.spent_minor) - sum(c.left_minor)
        from api.credits as c)'
    ),
    '0', 'granted is spent and left'
);
select is(
    tests.error_code(
        format(
            $$select tests.run('update pricing.credits set amount_minor = 1 where family_id = %s')$$,
            :family
        )
    ),
    'append_only', 'a grant never changes'
);
-- And the table keeps to it, whoever writes.
select tests.cart(tests.student(:family), :section) as cart \gset
select tests.held(:cart) as registration \gset
select is(
    tests.error(
        format(
            $$select tests.run(
                'insert into pricing.credit_uses (
                    studio_id, family_id, credit_id, registration_id, amount_minor
                )
                select c.studio_id, c.family_id, c.id, %s, c.amount_minor + 1
                from pricing.credits as c where c.family_id = %s order by c.id desc limit 1'
            )$$, :registration, :family
        )
    ) ->> 'code',
    '23514', 'more than was granted can not be spent'
);
select * from finish();
rollback;
