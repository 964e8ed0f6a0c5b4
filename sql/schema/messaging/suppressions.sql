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
