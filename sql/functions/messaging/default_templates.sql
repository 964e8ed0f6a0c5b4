create or replace function messaging.default_templates()
returns table (code text, channel text, subject text, body text)
language sql
immutable
parallel safe
set search_path = ''
set timezone = 'UTC'
as $$
    values
    (
        'staff_incidents', 'email', '{studio}: something about money needs you now',
        E'This can''t wait:\n\n{incidents}\n\nThe work list says more. What is settled leaves it by itself.\n'
    ),
    (
        'staff_escalation', 'email', '{studio}: something about money fails again and again',
        E'This has failed several times within a short time:\n\n{incidents}\n\nThe work list says more. What is settled leaves it by itself.\n'
    ),
    (
        'staff_template_missing', 'email', '{studio}: a message has no words',
        E'There is no template {template}, so its messages can''t be sent. They are tried again for a while: please write it.\n'
    )
$$;
alter function messaging.default_templates() owner to messaging;
comment on function messaging.default_templates() is
$$The words that a studio need not have written: what tells its office that something is wrong.

A template of its own with the same code and channel replaces them.$$;
