create or replace function messaging.tell_of_missing_template(p_message messaging.messages)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform messaging.queue_staff_message(
        null::bigint,
        'staff_template_missing',
        format(
            'template_missing:%s:%s:%s',
            p_message.template_code, p_message.channel, studio.local_date(now())
        ),
        p_details => jsonb_build_object(
            'template', format('%s (%s)', p_message.template_code, p_message.channel)
        )
    );
end;
$$;
alter function messaging.tell_of_missing_template(messaging.messages) owner to messaging;
comment on function messaging.tell_of_missing_template(messaging.messages) is
$$Tell the office that a message has no words, once a day for each template that is missing.$$;
