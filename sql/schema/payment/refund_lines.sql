create table payment.refund_lines (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    refund_id bigint not null,
    line_number smallint,
    enrollment_id bigint,
    amount_minor bigint not null,
    constraint refund_lines_pkey primary key (studio_id, id),
    constraint refund_lines_refund_fkey
    foreign key (studio_id, family_id, refund_id)
    references payment.refunds (studio_id, family_id, id) on delete restrict,
    constraint refund_lines_enrollment_fkey
    foreign key (studio_id, enrollment_id)
    references enrollment.enrollments (studio_id, id) on delete restrict,
    constraint refund_lines_of_something
    check (num_nonnulls(line_number, enrollment_id) > 0),
    constraint refund_lines_amount_positive check (amount_minor > 0)
);
create index refund_lines_refund_idx on payment.refund_lines (studio_id, family_id, refund_id);
create index refund_lines_enrollment_idx on payment.refund_lines (studio_id, enrollment_id);
alter table payment.refund_lines owner to payment;
alter table payment.refund_lines enable row level security;
alter table payment.refund_lines force row level security;
comment on table payment.refund_lines is
$$What a refund is for, where staff have said: lines of the registration's quote, or enrollments.

Together no more than the refund. Append-only.$$;
comment on column payment.refund_lines.line_number is
'of the registration''s quote; null: of no single line';
comment on column payment.refund_lines.enrollment_id is
'the enrollment whose price it lowers: ending it gives back so much less';
comment on column payment.refund_lines.amount_minor is 'minor units';
