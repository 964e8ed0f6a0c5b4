-- What providers tell of messages afterwards; who wants no messages; who agreed to texts, and when.
-- depends: 0029.ledger
-- squawk-ignore-file constraint-missing-not-valid, ban-drop-constraint
-- squawk-ignore-file require-concurrent-index-creation
set local lock_timeout = '3s';
set local statement_timeout = '60s';

alter table identity.guardians
add column sms_consent_at timestamptz,
add column sms_consent_phone text;
-- Whoever wants texts by now said so when they opened their account, with the number it has:
-- neither could be changed since.
update identity.guardians as g
set sms_consent_at = g.created_at, sms_consent_phone = a.phone
from identity.accounts as a
where g.account_id = a.id and g.sms_opt_in;
alter table identity.guardians
add constraint guardians_sms_consent check (
    sms_opt_in = (sms_consent_at is not null)
    and (sms_opt_in or sms_consent_phone is null)
);
comment on column identity.guardians.sms_consent_at is
'when that was said; kept by a trigger, with the number it was said for';
comment on column identity.guardians.sms_consent_phone is
'the number, E.164; another one that the account has since gets no messages until they agree again';

alter table messaging.messages
drop constraint messages_status_known,
add constraint messages_status_known check (
    status in (
        'queued', 'sending', 'sent', 'delivered', 'bounced', 'complained', 'failed',
        'suppressed'
    )
),
drop constraint messages_sent,
add constraint messages_sent check (
    case
        when status in ('queued', 'sending', 'suppressed') then sent_at is null
        -- By us before it was sent, or by the provider afterwards.
        when status = 'failed' then true
        else sent_at is not null
    end
);
create index messages_provider_id_idx
on messaging.messages (studio_id, provider_id) where provider_id is not null;
comment on table messaging.messages is
$$A message to be sent, queued in the transaction of the change it announces, once by dedupe_key.

Words and addresses are made when it is sent. sent: the provider has taken it; delivered, bounced,
complained, failed: what the provider told afterwards. failed without sent_at: given up.
suppressed: not sent, as its recipient does not want or can't get messages. Kept for staff to
see.$$;
comment on column messaging.messages.last_error is
'a class of error or a code of the provider''s; why it was suppressed; no content';
comment on column messaging.messages.provider_id is 'by which the provider tells of it afterwards';

create table messaging.receipts (
    id bigint generated always as identity,
    provider text not null,
    event_key text not null,
    kind text not null,
    code text,
    provider_id text,
    studio_id integer,
    message_id bigint,
    created_at timestamptz not null default now(),
    constraint receipts_pkey primary key (id),
    constraint receipts_message_fkey
    foreign key (studio_id, message_id) references messaging.messages (studio_id, id)
    on delete restrict,
    constraint receipts_event_key_key unique (provider, event_key),
    constraint receipts_provider_known check (provider in ('twilio', 'resend')),
    constraint receipts_kind_known check (
        kind in (
            'sent', 'delivered', 'bounced', 'complained', 'failed', 'stopped', 'started', 'other'
        )
    ),
    constraint receipts_code_form check (code ~ '^[A-Za-z0-9_.-]{1,64}$'),
    constraint receipts_message_complete check ((studio_id is null) = (message_id is null))
);
create index receipts_message_idx on messaging.receipts (studio_id, message_id);
create index receipts_provider_id_idx
on messaging.receipts (provider_id) where message_id is null and provider_id is not null;
alter table messaging.receipts owner to messaging;
alter table messaging.receipts enable row level security;
alter table messaging.receipts force row level security;
comment on table messaging.receipts is
$$What a provider told afterwards: of a message, or that somebody answered STOP or START.

Platform table: it is recorded before it is known whose it is. Once by the provider's own key,
however often it is delivered. No address and no words of anybody's are kept.$$;
comment on column messaging.receipts.event_key is 'by which the provider knows what it tells';
comment on column messaging.receipts.code is 'the provider''s code of an error, or kind of event';
comment on column messaging.receipts.provider_id is
'the message it is about; one that comes before we know that id waits for it';

create table messaging.suppressions (
    id bigint generated always as identity,
    channel text not null,
    address_hash bytea not null,
    reason text not null,
    created_at timestamptz not null default now(),
    lifted_at timestamptz,
    constraint suppressions_pkey primary key (id),
    constraint suppressions_channel_known check (channel in ('email', 'sms')),
    constraint suppressions_address_hash_form check (length(address_hash) = 32),
    constraint suppressions_reason_known check (reason in ('stopped', 'bounced', 'complained')),
    constraint suppressions_reason_by_channel check ((channel = 'sms') = (reason = 'stopped'))
);
create unique index suppressions_address_key
on messaging.suppressions (channel, address_hash) where lifted_at is null;
alter table messaging.suppressions owner to messaging;
alter table messaging.suppressions enable row level security;
alter table messaging.suppressions force row level security;
comment on table messaging.suppressions is
$$An address that no message goes to any more, until that is lifted.

Platform table: all studios send from one number and one domain, so STOP, a hard bounce or a
complaint is about all of them. The address is kept as a digest: whoever has it can look it up, and
an account that is erased leaves no address here.$$;
comment on column messaging.suppressions.reason is
'stopped: answered STOP to a text; bounced: there is no such mailbox; complained: said it is spam';

insert into ops.status_transitions (entity, from_status, to_status) values
('messaging.messages', 'queued', 'suppressed'),
('messaging.messages', 'sending', 'suppressed'),
('messaging.messages', 'queued', 'sent'),
('messaging.messages', 'queued', 'failed'),
('messaging.messages', 'queued', 'delivered'),
('messaging.messages', 'queued', 'bounced'),
('messaging.messages', 'queued', 'complained'),
('messaging.messages', 'sent', 'delivered'),
('messaging.messages', 'sent', 'bounced'),
('messaging.messages', 'sent', 'complained'),
('messaging.messages', 'sent', 'failed'),
('messaging.messages', 'delivered', 'bounced'),
('messaging.messages', 'delivered', 'complained'),
('messaging.messages', 'failed', 'sent'),
('messaging.messages', 'failed', 'delivered'),
('messaging.messages', 'failed', 'bounced'),
('messaging.messages', 'failed', 'complained'),
('messaging.messages', 'bounced', 'complained');
