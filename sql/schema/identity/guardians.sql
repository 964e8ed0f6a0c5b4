create table identity.guardians (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    account_id bigint not null,
    is_primary boolean not null default false,
    sms_opt_in boolean not null default false,
    created_at timestamptz not null default now(),
    sms_consent_at timestamptz,
    sms_consent_phone text,
    constraint guardians_pkey primary key (studio_id, id),
    constraint guardians_family_fkey
    foreign key (studio_id, family_id) references identity.families (
        studio_id, id
    ) on delete restrict,
    constraint guardians_account_fkey
    foreign key (account_id) references identity.accounts (id) on delete restrict,
    constraint guardians_family_account_key unique (studio_id, family_id, account_id),
    constraint guardians_sms_consent check (
        sms_opt_in = (sms_consent_at is not null)
        and (sms_opt_in or sms_consent_phone is null)
    )
);
create index guardians_account_idx on identity.guardians (account_id, studio_id);
create unique index guardians_primary_key
on identity.guardians (studio_id, family_id) where is_primary;
alter table identity.guardians owner to identity;
alter table identity.guardians enable row level security;
alter table identity.guardians force row level security;
comment on table identity.guardians is
$$An account that may act for a family.

Exactly one at most is the primary one, who gets its messages.
Read afresh at every request.$$;
comment on column identity.guardians.sms_opt_in is
'wants messages by SMS as well, to the account''s phone';
comment on column identity.guardians.sms_consent_at is
'when that was said; kept by a trigger, with the number it was said for';
comment on column identity.guardians.sms_consent_phone is
'the number, E.164; another one that the account has since gets no messages until they agree again';
