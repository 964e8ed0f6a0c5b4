-- Asked once for what a section asks of each student, whenever its dates were bought.
begin;
set local search_path = tap, public;
select plan(1);
select tests.section('Twice', '{1}', p_mode => 'drop_in') as section \gset
select tests.date_price(:section, 2500) \g /dev/null
select tests.add_on(:section, 'mat', 1000, true) \g /dev/null
select tests.family() as family \gset
select tests.student(:family) as student \gset
select (tests.dates(:section, 3))[1] as d1, (tests.dates(:section, 3))[2] as d2,
    (tests.dates(:section, 3))[3] as d3 \gset
select tests.as_family(:family, format('api.open_cart(%s)', tests.term())) as cart \gset
select tests.put(:cart, :student, :section, format('dates => ''{%s}''', :'d1')) as item \gset
select tests.confirmed(:cart) as first \gset
select tests.as_family(:family, format('api.open_cart(%s)', tests.term())) as cart \gset
select tests.put(:cart, :student, :section, format('dates => ''{%s,%s}''', :'d2', :'d3')) as item \gset
select tests.confirmed(:cart) as second \gset
select tests.worker('manager') as manager \gset
create function pg_temp.ask(p_account bigint, p_family bigint, p_term bigint) returns text
language plpgsql as $$
declare
    v_row text;
begin
    perform tests.act_as('manager', tests.claims(p_account, 'manager'));
    select concat_ws(' ', w.sold_minor, w.old_minor, w.new_minor) into v_row
    from api.price_what_if(p_term, p_term) as w
    where w.family_id = p_family;
    perform tests.act_as_operator();
    return v_row;
end;
$$;
-- 25.00 and the mat at 10.00; then twice 25.00.
select is(
    pg_temp.ask(:manager, :family, tests.term()), '8500 8500 8500', 'three dates, and the add-on of the first'
);
select * from finish();
rollback;
