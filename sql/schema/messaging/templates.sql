create table messaging.templates (
    studio_id integer not null,
    id bigint generated always as identity,
    code text not null,
    channel text not null,
    subject text,
    body text not null,
    constraint templates_pkey primary key (studio_id, id),
    constraint templates_studio_fkey
    foreign key (studio_id) references studio.studios (id) on delete restrict,
    constraint templates_code_key unique (studio_id, code, channel),
    constraint templates_code_form check (code ~ '^[a-z][a-z0-9_]*$'),
    constraint templates_channel_known check (channel in ('email', 'sms')),
    constraint templates_subject_by_channel check ((channel = 'email') = (subject is not null)),
    constraint templates_body_given check (btrim(body) <> '')
);
alter table messaging.templates owner to messaging;
alter table messaging.templates enable row level security;
alter table messaging.templates force row level security;
comment on table messaging.templates is
$$The studio's words for a kind of message.

Variables: {studio}, {guardian}, {family}, {receipt}, {total}, {term}; {class}, {student} and {until}
where the message is about a place; {from}, {other_class} and {amount} where an enrollment was
changed; {was} and {when} where it is about a meeting that was cancelled or moved; {amount} where it
is about money that came or went back, {due_on} where a rest is due on a day; {part}, {open}, {due}
and {next_try} where it is about an installment; {charges} in what the office is told of charges,
{incidents} of what about money needs it, {template} of one that is missing. Of a code that begins
with staff_, {guardian} is who works in the office.
The receipt, the charges and the incidents are blocks made by the database; editors place them but
can't change what they say. messaging.default_templates() has words for what a studio need not
write.$$;
