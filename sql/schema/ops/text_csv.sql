create domain ops."text/csv" as text;
alter domain ops."text/csv" owner to ops;
comment on domain ops."text/csv" is
'A table as comma-separated values (RFC 4180); PostgREST answers it as a body of this media type.';
