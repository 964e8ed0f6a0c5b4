begin;
set local search_path = tap, public;
\ir branches.psql
select plan(3);

create function payment.planted(p_number integer) returns text
language plpgsql volatile as $$
declare
    v_text text := 'none';
begin
    if p_number = 1 then
        v_text := 'one';
    elsif p_number = 2 then
        v_text := 'two';
    end if;
    if p_number < 10 then
        v_text := v_text || '!';
    else
        v_text := v_text || '?';
    end if;
    for v_count in 1..p_number loop
        exit when v_count = 3;
        continue when v_count = 5;
        v_text := v_text || v_count;
    end loop;
    case
        when p_number = 1 then v_text := v_text || '.';
        when p_number = 4 then v_text := v_text || ';';
        else v_text := v_text || ',';
    end case;
    begin
        v_text := v_text || 6 / (p_number - 3);
    exception
        when division_by_zero then v_text := v_text || ' divided';
        when numeric_value_out_of_range then v_text := v_text || ' too much';
    end;
    if p_number < 0 then
        raise exception 'negative';
        v_text := 'not reached';
    end if;
    if 1 / p_number > 7 then
        v_text := 'not so much';
    end if;
    return v_text;
end;
$$;
create function payment.planted_in_sql() returns text language sql set search_path = '' as $$
    select 'nobody asks'
$$;
create function payment.planted_trigger() returns trigger language plpgsql as $$
begin
    return new;
end;
$$;
create function payment.planted_out_of_sight() returns text language sql as $$
    select 'part of its callers'
$$;
alter function payment.planted(integer) owner to payment;
alter function payment.planted_in_sql() owner to payment;
alter function payment.planted_trigger() owner to payment;
alter function payment.planted_out_of_sight() owner to payment;
create view pg_temp.not_taken as
select b.function, b.source, b.branch from tests.payment_branches as b
where b.function like 'payment.planted%' and coalesce(b.taken, 0) <= 0;

select results_eq(
    'select n.function from pg_temp.not_taken as n where n.branch = ''called'' order by 1',
    $$
        values
        ('payment.planted(integer)'), ('payment.planted_in_sql()'), ('payment.planted_trigger()')
    $$,
    'what nobody calls is found, but for what Postgres writes into its callers'
);
-- Neither what fails nor what is rolled back is lost.
select tests.error_code('select payment.planted(-1)') as code \gset
select tests.error_code('select payment.planted(0)') as code \gset
select payment.planted(2) as text \gset
select payment.planted(4) as text \gset
select set_eq(
    'select n.source, n.branch from pg_temp.not_taken as n
    where n.function = ''payment.planted(integer)''',
    $$
        values
        ('v_text := ''one'';', 'then body'),
        ('v_text := v_text || ''?'';', 'else body'),
        ('continue when v_count = 5;', 'left'),
        ('when p_number = 1 then v_text := v_text || ''.'';', 'case when 1'),
        ('when division_by_zero then v_text := v_text || '' divided'';', 'exception 1'),
        ('when numeric_value_out_of_range then v_text := v_text || '' too much'';', 'exception 2'),
        ('v_text := ''not reached'';', 'reached'),
        ('v_text := ''not so much'';', 'then body')
    $$,
    'every body, way past and way out that was not taken is found, and no other'
);
select payment.planted(1) as text \gset
select payment.planted(3) as text \gset
select payment.planted(12) as text \gset
select set_eq(
    'select n.source, n.branch from pg_temp.not_taken as n
    where n.function = ''payment.planted(integer)''',
    $$
        values
        ('continue when v_count = 5;', 'left'),
        ('when numeric_value_out_of_range then v_text := v_text || '' too much'';', 'exception 2'),
        ('v_text := ''not reached'';', 'reached'),
        ('v_text := ''not so much'';', 'then body')
    $$,
    'and no more once it is'
);
select * from finish();
rollback;
