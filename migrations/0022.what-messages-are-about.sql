-- Messages about a place say which class, which student, until when.
-- depends: 0021.rules
set local lock_timeout = '3s';
set local statement_timeout = '60s';

alter table messaging.messages add column details jsonb not null default '{}';
comment on column messaging.messages.details is
'what its words are about beside a registration: section_id, student_id, held_on, until';
comment on table messaging.templates is
$$The studio's words for a kind of message.

Variables: {studio}, {guardian}, {receipt}, {total}, {term}; {class}, {student} and {until} where the
message is about a place.
The receipt is a block made by the database; editors place it but can't change what it says.$$;
