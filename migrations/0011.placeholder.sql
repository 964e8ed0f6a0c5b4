-- Placeholder.
-- depends: 0010.placeholder
select 1;
