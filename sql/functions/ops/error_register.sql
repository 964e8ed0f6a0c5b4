create or replace function ops.error_register()
returns table (code text, status integer, message text)
language sql
immutable
parallel safe
set search_path = ''
set timezone = 'UTC'
as $$
    values
    -- who is asking
    ('studio_required', 400, 'Say which studio you mean, in the header X-Studio.'),
    ('studio_unknown', 404, 'There is no studio by that name.'),
    ('studio_mismatch', 403, 'You are signed in at another studio.'),
    ('sign_in_required', 401, 'Please sign in first.'),
    ('token_revoked', 401, 'You have been signed out. Please sign in again.'),
    ('role_lost', 403, 'You no longer have this role at the studio.'),
    ('not_allowed', 403, 'You may not do this.'),
    ('family_required', 400, 'Say which family you mean, in the header X-Family.'),
    ('family_unknown', 404, 'There is no such family.'),
    -- accounts
    ('sign_in_failed', 401, 'The e-mail address or the password is not right.'),
    ('too_many_attempts', 429, 'Too many attempts. Please wait a few minutes and try again.'),
    ('invalid_email', 400, 'Please enter a valid e-mail address.'),
    (
        'invalid_phone', 400,
        'Please enter the phone number with its country code, as in +12125550123.'
    ),
    ('phone_required', 400, 'Messages by SMS need a phone number.'),
    ('sms_choice_required', 400, 'Please say whether you want messages by SMS.'),
    (
        'sms_stopped', 409,
        'This number has answered STOP to our texts. Please text START to where they came from.'
    ),
    ('guardian_not_found', 404, 'There is no such guardian.'),
    ('mail_not_suppressed', 409, 'E-mail to this guardian is not stopped.'),
    ('mail_complained', 409, 'This guardian has marked our e-mail as spam. Please call them.'),
    ('name_required', 400, 'Please enter a name of at most 100 characters.'),
    ('password_too_short', 400, 'The password needs at least {min_length} characters.'),
    ('password_too_long', 400, 'The password may have at most 72 bytes.'),
    ('invalid_birth_date', 400, 'Please enter a birth date in the past.'),
    ('invalid_grade', 400, 'Please enter a grade from -3 (nursery) to 12; 0 is kindergarten.'),
    ('invalid_gender', 400, 'Please choose female, male or other.'),
    ('student_not_found', 404, 'There is no such student in your family.'),
    -- catalogue and cart
    ('term_not_found', 404, 'There is no such term.'),
    ('term_not_open', 409, 'Registration for this term is not open.'),
    ('section_not_found', 404, 'There is no such class.'),
    ('section_not_open', 409, '{title} is not open for registration.'),
    ('tier_required', 409, 'Please pick one of the variants of {title}.'),
    ('tier_unknown', 404, '{title} has no such variant.'),
    ('tier_not_offered', 400, '{title} is not sold in variants.'),
    ('dates_required', 409, 'Please pick the dates of {title} that you want.'),
    ('dates_invalid', 400, 'Each date can be picked once.'),
    ('dates_not_offered', 400, '{title} is not sold by date.'),
    ('weekdays_not_offered', 400, '{title} is not sold by weekday.'),
    (
        'weekdays_by_rate_only', 409,
        'Only classes that are priced by the rate table can be sold by weekday. {title} is not.'
    ),
    ('weekdays_sold', 409, 'Students have only some weekdays of {title}, or wait for them.'),
    ('sale_invalid', 400, 'Please say whether some weekdays can be had without the others.'),
    ('weekdays_invalid', 400, 'Please pick weekdays, each once, and no single dates with them.'),
    ('weekday_unknown', 404, '{title} is not held on that weekday.'),
    ('date_unknown', 404, '{title} is not held on {date}.'),
    ('date_past', 409, '{title} on {date} has begun already.'),
    ('cart_not_found', 404, 'There is no such cart.'),
    ('cart_closed', 409, 'This cart has been checked out already.'),
    ('cart_empty', 409, 'The cart is empty.'),
    ('cart_item_not_found', 404, 'There is no such item in your cart.'),
    ('already_in_cart', 409, 'This student has {title} in the cart already.'),
    ('already_enrolled', 409, 'This student is enrolled in {title} already.'),
    -- price
    ('preview_too_large', 400, 'At most {most} classes can be priced at once.'),
    ('preview_invalid', 400, 'Item {item}: {problem}.'),
    ('terms_mixed', 409, 'Only classes of the same term can be priced together.'),
    ('plan_unknown', 400, 'There is no such payment plan for this term.'),
    ('plan_not_available', 409, 'This payment plan can''t be chosen yet. Please pay in full.'),
    ('plan_not_offered', 409, '{plan} is not offered for these classes. Please pay in full.'),
    ('schedule_invalid', 409, 'The payment schedule does not hold: {problem}.'),
    ('coupon_not_found', 404, 'There is no such coupon.'),
    ('coupon_inactive', 409, 'This coupon can''t be used at the moment.'),
    ('coupon_not_yet_valid', 409, 'This coupon can''t be used yet.'),
    ('coupon_expired', 409, 'This coupon has expired.'),
    ('coupon_used_up', 409, 'This coupon has been used up.'),
    ('coupon_used_by_family', 409, 'Your family has used this coupon already.'),
    ('coupon_not_applicable', 409, 'This coupon does not apply to anything in your cart.'),
    ('coupon_not_stackable', 409, 'This coupon can''t be combined with a discount in your cart.'),
    (
        'rate_missing', 409,
        'The studio has no price for {weekly_count} {counted} a week in {division}. Please call us.'
    ),
    ('price_missing', 409, 'The studio has no price for {title} yet. Please call us.'),
    ('division_mixed', 409, 'Classes of {division} can''t be combined with other divisions.'),
    ('add_on_unknown', 409, 'There is no "{code}" to be had with {title}.'),
    ('add_on_required', 409, '{name} belongs to {title} and can''t be left out.'),
    ('rule_invalid', 400, 'Row {row}: {problem}.'),
    (
        'class_sold', 409,
        'Students are enrolled in {title}, so its price can''t be changed any more.'
    ),
    (
        'version_stale', 409,
        'Somebody else has changed this table since you opened it. Please load it again.'
    ),
    ('rule_is_versioned', 409, 'A row of {entity} is superseded, never edited or deleted.'),
    (
        'term_locked', 409,
        'Families have registered for this term, so this table can''t be changed any more.'
    ),
    ('quote_not_found', 404, 'There is no such quote for this cart.'),
    ('quote_changed', 409, 'The price has changed. Please look at the new one before you go on.'),
    -- seats
    ('seat_unavailable', 409, '{title} has no place left.'),
    ('reason_required', 400, 'Please give a reason of at most 500 characters.'),
    ('waitlist_only', 409, '{waiting_words} for a place of {title}. {waitlist_words}.'),
    ('waitlist_not_offered', 409, 'There is no waitlist for {title}.'),
    (
        'waitlist_wish_invalid', 400,
        'Please name items of a cart and at most one date of theirs, or else a class with its students.'
    ),
    ('waitlist_date_required', 400, 'Each date is waited for by itself. Please pick one of them.'),
    (
        'group_differs', 409,
        'Students who want in together wait for one class that is picked alike for all of them.'
    ),
    ('group_too_large', 409, '{title} has fewer places than that.'),
    ('seats_available', 409, '{title} has places left. You can enroll right away.'),
    ('already_waiting', 409, 'This student waits for {title} already.'),
    ('waitlist_entry_not_found', 404, 'There is no such entry on the waitlist.'),
    ('not_waiting', 409, 'This student does not wait for a place any more.'),
    ('not_offered', 409, 'No place is offered to this student at the moment.'),
    ('offer_expired', 409, 'The time to accept this offer has run out.'),
    ('offer_hours_invalid', 400, 'An offer can last from 1 to 720 hours.'),
    ('cart_is_waiting', 409, 'What is waited for can''t be changed. Leave the waitlist instead.'),
    ('place_not_found', 404, 'There is no such place that is kept for staff.'),
    ('queue_waits', 409, 'Somebody waits for a place of {title}. Offer it to them first.'),
    (
        'reservation_tiered', 409,
        '{title} is sold in variants. A place of it can only be reserved for nobody.'
    ),
    ('seat_taken_already', 409, 'This student has a place of {title} already.'),
    ('enrollment_not_found', 404, 'There is no such enrollment.'),
    ('enrollment_not_live', 409, '{title}: this enrollment is not confirmed, or has ended.'),
    ('effective_on_invalid', 400, 'Please choose a day from {first} to {last}.'),
    ('price_change_invalid', 400, 'The price can''t be changed by that.'),
    ('schedule_conflict', 409, '{title} and {other_title} are at the same time.'),
    -- rules
    ('prerequisite_missing', 409, '{title} asks for an earlier term of {needed}.'),
    ('corequisite_missing', 409, '{title} can only be taken together with {needed}.'),
    ('approval_required', 409, '{title} asks for a teacher''s approval.'),
    ('audition_required', 409, '{title} asks for a passed audition.'),
    ('age_not_met', 409, '{title} is for {needed}.'),
    ('gender_not_met', 409, '{title} is for {needed} only.'),
    (
        'parent_present_required', 409,
        'An adult has to be with each child in {title}. Please say that you will be there.'
    ),
    ('division_not_met', 409, '{title} is for students of {needed}.'),
    ('balance_owed', 409, 'Please pay what is still due for earlier classes before {title}.'),
    (
        'warning_not_acknowledged', 409,
        'Please read what the studio says about these classes, and acknowledge it.'
    ),
    ('requirement_kind_unknown', 400, 'Row {row}: there is no such kind of rule.'),
    ('requirements_contradict', 409, 'Row {row} contradicts row {other_row}: {problem}.'),
    ('class_not_found', 404, 'There is no such class.'),
    ('approval_kind_unknown', 400, 'A class can ask for a teacher''s approval or an audition.'),
    ('approval_not_asked', 409, '{title} does not ask for that.'),
    ('approval_exists', 409, 'This was asked for or approved already.'),
    ('approval_not_found', 404, 'There is no such request.'),
    ('approval_closed', 409, 'This request has been decided or withdrawn already.'),
    ('decision_invalid', 400, 'Please say yes or no, and why in at most 500 characters.'),
    ('waiver_kind_unknown', 400, 'There is no such kind of rule.'),
    ('waiver_reason_required', 400, 'A waiver needs a reason of at most 500 characters.'),
    ('waiver_scope_invalid', 400, 'A clash is waived for two classes, any other rule for one.'),
    ('waiver_expired', 400, 'A waiver must last until today or longer.'),
    ('waiver_not_allowed', 409, 'This rule of {title} can''t be waived.'),
    ('waiver_not_found', 404, 'There is no such waiver.'),
    ('waiver_closed', 409, 'This waiver has been withdrawn already.'),
    (
        'overrides_invalid', 400,
        'An override names a finding by its code, once, and at most its student and its class.'
    ),
    ('override_unused', 409, 'There is nothing of that kind to override here.'),
    (
        'override_ambiguous', 409,
        'Please say once for which student and which class it is overridden.'
    ),
    ('override_not_allowed', 409, 'Nobody can override that.'),
    ('finding_not_found', 404, 'There is no such finding.'),
    ('finding_reviewed', 409, 'Somebody has reviewed this already.'),
    ('review_note_required', 400, 'A review needs a note of at most 500 characters.'),
    ('division_unknown', 404, 'There is no such division.'),
    ('checkout_open', 409, 'You have a checkout that is not paid yet. Pay it or abandon it first.'),
    ('idempotency_key_required', 400, 'The idempotency key must have 8 to 200 characters.'),
    (
        'acknowledged_invalid', 400,
        'At most 50 warnings can be acknowledged, by codes of at most 64 characters.'
    ),
    ('idempotency_key_reused', 409, 'This idempotency key was used for another checkout.'),
    ('registration_not_found', 404, 'There is no such registration.'),
    ('registration_expired', 409, 'The time to pay has run out. Please check out again.'),
    ('registration_closed', 409, 'This registration has ended. Please check out again.'),
    (
        'registration_changed', 409,
        'Some of what you checked out has been cancelled. Please give it up and check out again.'
    ),
    ('registration_confirmed', 409, 'This registration is paid already.'),
    (
        'section_has_seats', 409,
        'Students have seats in this class that can''t follow this change.'
    ),
    ('capacity_below_taken', 409, 'More than {capacity} places of this class are taken.'),
    (
        'capacity_invalid', 400,
        'A class holds from 1 to 100,000 students, or any number if nothing is said.'
    ),
    (
        'date_capacity_invalid', 400,
        'On one date {title} can hold from 0 to {capacity} students, as many as it always has.'
    ),
    ('capacity_unlimited', 409, '{title} has no limit, so a date of it can''t have a lower one.'),
    -- meetings
    ('section_cancelled', 409, '{title} has been cancelled already.'),
    ('meeting_not_found', 404, 'There is no such meeting.'),
    ('meeting_cancelled', 409, 'This meeting of {title} has been cancelled already.'),
    ('meeting_exists', 409, '{title} has a meeting at that time already.'),
    ('meeting_times_invalid', 400, 'A meeting begins and ends on one day, and ends later.'),
    (
        'meeting_outside_term', 409,
        'The term runs from {starts_on} to {ends_on}; a meeting has to be within it.'
    ),
    ('hour_skipped', 409, 'The clocks go forward on that day, so there is no {hour}.'),
    (
        'meeting_clashes', 409,
        'Students of {title} would be in two classes at once: {students}.'
    ),
    ('meeting_has_no_room', 409, '{title} has too few places for all whose date that would be.'),
    -- money
    (
        'override_invalid', 400,
        'A price must be from 0 to 999,999,999.99, with a reason of at most 500 characters.'
    ),
    (
        'credit_invalid', 400,
        'A credit must be from 0.01 to 999,999,999.99, with a reason of at most 500 characters.'
    ),
    (
        'adjustment_invalid', 400,
        'An adjustment needs its kind, a label of at most 100 characters, an amount other than 0 '
        || 'and a reason of at most 500 characters.'
    ),
    ('line_unknown', 404, 'A price of this term has no such line.'),
    ('adjustment_not_found', 404, 'There is no such adjustment.'),
    ('adjustment_closed', 409, 'This adjustment has been used or withdrawn already.'),
    ('payment_not_found', 404, 'There is no such payment.'),
    (
        'payment_under_way', 409,
        'A payment for this registration is under way. Please finish it or wait until it ends.'
    ),
    (
        'payment_invalid', 400,
        'Please say how it was paid (cash, check, ach, transfer), how much, and a check''s number.'
    ),
    (
        'received_on_invalid', 400,
        'Please enter the day on which the money came, within a year until today.'
    ),
    ('payment_exceeds_due', 409, 'That is more than what is due.'),
    ('payment_below_due', 409, 'That is less than what is due.'),
    ('partial_not_allowed', 403, 'Only owners may let a rest be paid later.'),
    (
        'balance_due_on_invalid', 400,
        'A day for the rest must be within a year, for a part of what is due at first.'
    ),
    ('payment_not_returnable', 409, 'This is no check, or it has come back already.'),
    ('payment_refunded', 409, 'Something of this payment was given back.'),
    (
        'returned_on_invalid', 400,
        'Please enter the day on which it came back, after the day on which it was received.'
    ),
    ('payment_in_review', 409, 'The studio is looking for your payment. Please wait for its answer.'),
    (
        'review_invalid', 400,
        'Please say how it was paid and by which reference of at most 100 characters.'
    ),
    ('review_amount_differs', 409, 'Another amount is due than was paid. Please call us.'),
    (
        'review_decision_invalid', 400,
        'Please approve it, or reject it with a reason of at most 500 characters.'
    ),
    ('review_not_found', 404, 'There is no such review.'),
    ('review_decided', 409, 'This review has been decided already.'),
    (
        'refund_target_required', 400,
        'Please say which registration or payment is refunded, one of them.'
    ),
    (
        'refund_reason_required', 400,
        'A refund needs a reason of {min_length} to 500 characters.'
    ),
    ('refund_window_closed', 409, 'Refunds are possible within {days} days.'),
    (
        'refund_lines_invalid', 400,
        'Please name lines or enrollments of this registration, each once, and what is left of them.'
    ),
    ('nothing_to_refund', 409, 'There is nothing left to refund.'),
    ('refund_exceeds_paid', 409, 'That is more than what is left to refund.'),
    (
        'incident_status_unknown', 400,
        'Please say whether it is acknowledged, actioned, or nobody will mend it.'
    ),
    ('incident_not_found', 404, 'There is no such entry on the work list. It may be settled.'),
    ('incident_changed', 409, 'It has failed again meanwhile. Please look at it once more.'),
    ('incident_status_passed', 409, 'It is further than that already.'),
    ('payment_not_set_up', 409, 'The studio can''t take card payments yet. Please call us.'),
    (
        'amount_changed', 409,
        'What is due is {amount_minor} by now. Please look at it again before you pay.'
    ),
    ('installment_not_found', 404, 'There is no such installment.'),
    ('installment_closed', 409, 'This installment has been paid or waived already.'),
    (
        'installment_processing', 409,
        'The card is being charged for this installment. Please wait until that is known.'
    ),
    ('card_needed', 409, 'There is no stored card that could be charged.'),
    ('stored_method_not_found', 404, 'There is no such stored card.'),
    (
        'stored_method_in_use', 409,
        'This card pays an installment plan. Pay an installment with another card first.'
    ),
    (
        'closure_invalid', 400,
        'A closure needs its first and last day, at most 366 together, and a label.'
    ),
    ('closure_not_found', 404, 'There is no such closure.'),
    ('invalid_return_url', 400, 'The addresses to return to must begin with http:// or https://.'),
    ('month_invalid', 400, 'Please say which month by its first day, as in 2027-01-01.'),
    ('month_not_over', 409, 'This month is not over yet.'),
    ('month_closed', 409, 'This month of the ledger is closed.'),
    (
        'ledger_incomplete', 409,
        'Not everything has been posted to the ledger yet. Please try again in an hour.'
    ),
    ('ledger_busy', 409, 'Payments are coming in at this moment. Please try again in a minute.'),
    ('webhook_unauthorized', 401, 'The sender of the notice is not known.'),
    ('request_malformed', 400, 'The request can''t be read.'),
    ('notice_malformed', 400, 'The notice can''t be read.'),
    ('notice_of_another_merchant', 403, 'The notice is of another merchant than its sender.'),
    ('gateway_call_not_yours', 409, 'This gateway call has been taken over by somebody else.'),
    ('payment_refused', 502, 'The card gateway does not take this payment. Please call us.'),
    ('gateway_unavailable', 503, 'The card gateway does not answer. Please try again in a minute.'),
    ('message_not_yours', 409, 'This message has been taken over by somebody else.'),
    -- the system itself
    ('door_not_found', 404, 'There is nothing at this address.'),
    ('method_not_allowed', 405, 'This address does not take this kind of request.'),
    ('request_too_large', 413, 'The request is too large.'),
    ('internal_error', 500, 'Something went wrong on our side. Please try again.'),
    ('service_unavailable', 503, 'The service is not available. Please try again in a minute.'),
    ('status_not_allowed', 409, '{entity} can''t go from {from_status} to {to_status}.'),
    ('append_only', 409, '{entity} can only be added to.'),
    ('unexpected_row_count', 500, 'Something went wrong on our side. Nothing was changed.'),
    -- PostgREST's own refusals come in its words; these are the sentences to show for them
    ('PGRST301', 401, 'Your sign-in has run out or can''t be verified. Please sign in again.'),
    ('42501', 403, 'You may not do this, or not before you have signed in.'),
    ('22P02', 400, 'A value is not of the kind that is asked for.'),
    ('PGRST000', 503, 'The service is not available. Please try again in a minute.'),
    ('PGRST001', 503, 'The service is not available. Please try again in a minute.'),
    ('PGRST002', 503, 'The service is not available. Please try again in a minute.'),
    ('PGRST003', 504, 'Too many people are asking at once. Please try again in a minute.')
$$;
alter function ops.error_register() owner to ops;
grant execute on function ops.error_register() to anon;
grant execute on function ops.error_register() to customer;
grant execute on function ops.error_register() to instructor;
grant execute on function ops.error_register() to domain;
grant execute on function ops.error_register() to thin_api;
grant execute on function ops.error_register() to scheduler;
comment on function ops.error_register() is
$$Every error code with its HTTP status and sentence; also PostgREST's own that people may meet.

What PostgREST refuses by itself, it answers with its own code and words, before any function is
asked; the sentence to show is the one here. 42501 is 401 for whoever has not signed in. {names} in
a sentence are filled from the error's details. Exposed as api.error_codes.$$;
