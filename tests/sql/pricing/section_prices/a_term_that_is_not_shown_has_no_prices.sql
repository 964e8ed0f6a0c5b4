-- A term of another studio, one that is not published, and none.
begin;
set local search_path = tap, public;
select plan(4);
create function pg_temp.refusal(term text) returns text language plpgsql as $$
begin
    perform tests.as_anybody(
        format('(select jsonb_agg(to_jsonb(p)) from api.section_prices(%s) as p)', term), 'aydt'
    );
    return 'none';
exception
    when sqlstate 'PGRST' then return sqlerrm::jsonb ->> 'code';
end;
$$;
select is(
    pg_temp.refusal(tests.term('elmst')::text), 'term_not_found', 'that of another studio'
);
select is(pg_temp.refusal('null'), 'term_not_found', 'null');
select is(pg_temp.refusal('9223372036854775807'), 'term_not_found', 'a number nobody has');
select is(
    tests.what_if(
        format($$update catalog.terms set status = 'draft' where id = %s$$, tests.term()),
        format('pg_temp.refusal(%L)', tests.term())
    ),
    '"term_not_found"', 'a draft'
);
select * from finish();
rollback;
