begin;
set local search_path = tap, public;
\ir table.psql
-- A refund by staff of a sale in a state: of all of it, or of half.
create function pg_temp.refund(p_state text, p_part integer default 1) returns bigint
language plpgsql as $$
declare
    v_payment_id constant bigint := pg_temp.at_a_page();
begin
    perform tests.apply(
        v_payment_id,
        pg_temp.in_state(tests.sale(v_payment_id, 'sale' || v_payment_id), p_state)
    );
    perform pg_temp.as_desk(
        format(
            'api.refund_payment(reason => ''it goes back'', payment_id => %s, amount_minor => %s)',
            p.id, p.amount_minor / p_part
        )
    )
    from payment.payments as p where p.id = v_payment_id;
    return (
        select f.id from payment.refunds as f
        where f.registration_id = tests.registration_of(v_payment_id)
    );
end;
$$;
create function pg_temp.offline_refund() returns bigint language plpgsql as $$
declare
    v_registration_id constant bigint := tests.held(
        tests.cart(tests.student(tests.family()), pg_temp.section('States'))
    );
begin
    perform pg_temp.as_desk(
        format('api.record_payment(%s, ''cash'', %s)', r.id, r.total_minor)
    )
    from enrollment.registrations as r where r.id = v_registration_id;
    perform pg_temp.as_desk(
        format('api.refund_payment(%s, reason => ''it goes back'')', v_registration_id)
    );
    return (select f.id from payment.refunds as f where f.registration_id = v_registration_id);
end;
$$;
create function pg_temp.payment_of(p_refund_id bigint) returns bigint language sql as $$
    select t.payment_id
    from payment.refunds as f
    inner join payment.transactions as t on f.transaction_id = t.id
    where f.id = p_refund_id
$$;
-- What waits of its calls is sent; what was sent is answered; null: it is not.
create function pg_temp.sent(p_refund_id bigint) returns bigint language plpgsql as $$
begin
    if pg_temp.payment_of(p_refund_id) is not null then
        perform tests.claim(pg_temp.payment_of(p_refund_id));
    end if;
    return p_refund_id;
end;
$$;
create function pg_temp.answered(p_refund_id bigint, p_status integer, p_answer jsonb default '{}')
returns bigint language plpgsql as $$
begin
    perform pg_temp.sent(p_refund_id);
    perform tests.answer(
        jsonb_build_object(
            'studio_id', c.studio_id, 'call_id', c.id, 'lease_token', c.lease_token
        ),
        p_status, p_answer
    )
    from payment.gateway_calls as c
    where c.refund_id = p_refund_id and c.status = 'claimed';
    return p_refund_id;
end;
$$;
create function pg_temp.refused(p_refund_id bigint, p_code text) returns bigint language sql as $$
    select pg_temp.answered(
        p_refund_id, 400, jsonb_build_object(
            'failures', jsonb_build_array(jsonb_build_object('code', p_code))
        )
    )
$$;
-- What the gateway gave back for it.
create function pg_temp.back_of(p_refund_id bigint, p_state text default 'authorized')
returns jsonb language sql as $$
    select pg_temp.in_state(
        tests.return_of(p.id, f.kind, 'back' || p.id), p_state
    )
    from payment.refunds as f
    cross join pg_temp.payment_of(f.id) as p (id)
    where f.id = p_refund_id
$$;
create function pg_temp.returned(p_refund_id bigint, p_state text default 'authorized')
returns bigint language sql as $$
    select tests.apply(p.id, pg_temp.back_of(p_refund_id, p_state))
    from pg_temp.payment_of(p_refund_id) as p (id) where p.id is not null;
    select p_refund_id
$$;
create function pg_temp.sale_becomes(p_refund_id bigint, p_state text) returns void
language sql as $$
    select tests.apply(
        p.id, pg_temp.in_state(tests.sale(p.id, 'sale' || p.id), p_state)
    )
    from pg_temp.payment_of(p_refund_id) as p (id) where p.id is not null
$$;
create function pg_temp.found(p_refund_id bigint) returns void language sql as $$
    select pg_temp.answered(
        p_refund_id, 200,
        jsonb_build_object('items', jsonb_build_array(pg_temp.back_of(p_refund_id)))
    )
$$;
-- Given back at the gateway by somebody else, without our reference.
create function pg_temp.otherwise(p_refund_id bigint) returns void language sql as $$
    select tests.apply(
        p.id,
        tests.sale(p.id, 'other' || p.id)
        || jsonb_build_object(
            'type', 'refund', 'state', 'authorized', 'parentTransaction', 'sale' || p.id,
            'customReference', null
        )
    )
    from pg_temp.payment_of(p_refund_id) as p (id) where p.id is not null
$$;
-- A refund of ours that came to be is voided at the gateway.
create function pg_temp.taken_back(p_refund_id bigint) returns void language sql as $$
    select tests.apply(
        p.id,
        tests.sale(p.id, 'undo' || p.id)
        || jsonb_build_object(
            'type', 'void', 'state', 'authorized', 'parentTransaction', 'back' || p.id,
            'customReference', null
        )
    )
    from pg_temp.payment_of(p_refund_id) as p (id) where p.id is not null
$$;
-- The job looks after what had no news for long.
create function pg_temp.job(p_refund_id bigint) returns void language plpgsql as $$
begin
    update payment.gateway_calls as c
    set
        created_at = now() - interval '1 day',
        answered_at = case when c.answered_at is not null then now() - interval '1 day' end
    where c.refund_id = p_refund_id or c.payment_id = pg_temp.payment_of(p_refund_id);
    perform tests.value('payment.retry_refunds()');
end;
$$;
create function pg_temp.again(p_refund_id bigint) returns void language sql as $$
    select pg_temp.as_desk(
        format('api.refund_payment(%s, reason => ''it goes back'')', f.registration_id)
    )
    from payment.refunds as f where f.id = p_refund_id
$$;
insert into states (state, make, acts) values
('pending, void not sent', $$pg_temp.refund('captured')$$, null),
('pending, void sent', $$pg_temp.refund('captured')$$, 'select pg_temp.sent({id})'),
('pending, void looked for', $$pg_temp.refund('captured')$$, 'select pg_temp.answered({id}, null)'),
('pending, waits to settle', $$pg_temp.refund('captured', 2)$$, null),
('pending, refund sent', $$pg_temp.refund('settled', 2)$$, 'select pg_temp.sent({id})'),
(
    'pending, undecided', $$pg_temp.refund('settled', 2)$$,
    $$select pg_temp.answered({id}, 201, pg_temp.back_of({id}, 'authorizationPending'))$$
),
('done, void', $$pg_temp.refund('captured')$$, 'select pg_temp.returned({id})'),
('done, refund', $$pg_temp.refund('settled')$$, 'select pg_temp.returned({id})'),
('done, in hand', 'pg_temp.offline_refund()', null),
(
    'failed, void', $$pg_temp.refund('captured')$$,
    $$select pg_temp.refused({id}, 'parentNotVoidable')$$
),
(
    'failed, refund', $$pg_temp.refund('settled', 2)$$,
    $$select pg_temp.returned({id}); select pg_temp.returned({id}, 'declined')$$
);
insert into events (event, act) values
('authorized', $$select pg_temp.returned({id})$$),
('settled', $$select pg_temp.returned({id}, 'settled')$$),
('declined', $$select pg_temp.returned({id}, 'declined')$$),
('answered', $$select pg_temp.answered({id}, 201, pg_temp.back_of({id}))$$),
('too late to void', $$select pg_temp.refused({id}, 'voidParentAlreadySettled')$$),
('not refundable yet', $$select pg_temp.refused({id}, 'parentNotRefundable')$$),
('done already, it says', $$select pg_temp.refused({id}, 'voidAlreadyProcessed')$$),
('more than is left', $$select pg_temp.refused({id}, 'refundAmountOverflow')$$),
('refused', $$select pg_temp.refused({id}, 'parentNotVoidable')$$),
('no answer', $$select pg_temp.answered({id}, null)$$),
('found', 'select pg_temp.found({id})'),
('not found', $$select pg_temp.answered({id}, 200, '{"items": []}')$$),
('nothing there', $$select pg_temp.answered({id}, 404, '{"failures": []}')$$),
('sale settles', $$select pg_temp.sale_becomes({id}, 'settled')$$),
('sale is voided', $$select pg_temp.sale_becomes({id}, 'voided')$$),
('bank takes sale back', $$select pg_temp.sale_becomes({id}, 'rejected')$$),
('given back by others', $$select pg_temp.otherwise({id})$$),
('taken back', $$select pg_temp.taken_back({id})$$),
('no news for a day', $$select pg_temp.job({id})$$),
('rest given back', $$select pg_temp.again({id})$$);
-- The refund, its payment and registration, what is asked or sent, and other refunds.
create function pg_temp.shown(p_refund_id bigint) returns text language sql as $$
    select concat_ws(
        ' / ',
        concat_ws(
            ' ', f.kind, f.status, f.failure_code,
            case when f.waits_for_settlement then 'waits' end
        ),
        p.status,
        r.status,
        (
            select 'asks ' || string_agg(c.purpose, ', ' order by c.id)
            from payment.gateway_calls as c where c.payment_id = p.id and c.status = 'queued'
        ),
        (
            select 'also ' || string_agg(concat_ws(' ', o.cause, o.kind, o.status), ', ')
            from payment.refunds as o where o.registration_id = r.id and o.id <> f.id
        )
    )
    from payment.refunds as f
    inner join enrollment.registrations as r on f.registration_id = r.id
    left join payment.payments as p on p.id = pg_temp.payment_of(f.id)
    where f.id = p_refund_id
$$;
select pg_temp.read($table$
pending, void not sent
    authorized             void done / voided / refunded
    settled                void done / voided / refunded
    declined               void failed declined / authorized / confirmed
    answered               void done / voided / refunded
    too late to void       refund pending / authorized / confirmed / asks refund_transaction
    not refundable yet     void failed parentNotRefundable / authorized / confirmed
    done already, it says  void pending / authorized / confirmed / asks find_returns
    more than is left      void pending / authorized / confirmed / asks find_returns
    refused                void failed parentNotVoidable / authorized / confirmed
    no answer              void pending / authorized / confirmed / asks find_returns
    found                  void pending / authorized / confirmed / asks find_returns
    not found              void pending / authorized / confirmed / asks find_returns
    nothing there          void failed status_404 / authorized / confirmed
    sale settles           void pending / authorized / confirmed / asks void_transaction
    sale is voided         void done / voided / refunded
    bank takes sale back   void failed rejected / authorized / confirmed
    given back by others   void failed refunded_otherwise / refunded / confirmed / also gateway refund done
    taken back             void pending / authorized / confirmed / asks void_transaction
    no news for a day      void pending / authorized / confirmed / asks void_transaction
    rest given back        refused: nothing_to_refund
pending, void sent
    authorized             void done / voided / refunded
    settled                void done / voided / refunded
    declined               void failed declined / authorized / confirmed
    answered               void done / voided / refunded
    too late to void       refund pending / authorized / confirmed / asks refund_transaction
    not refundable yet     void failed parentNotRefundable / authorized / confirmed
    done already, it says  void pending / authorized / confirmed / asks find_returns
    more than is left      void pending / authorized / confirmed / asks find_returns
    refused                void failed parentNotVoidable / authorized / confirmed
    no answer              void pending / authorized / confirmed / asks find_returns
    found                  void pending / authorized / confirmed / asks find_returns
    not found              void pending / authorized / confirmed / asks find_returns
    nothing there          void failed status_404 / authorized / confirmed
    sale settles           void pending / authorized / confirmed
    sale is voided         void done / voided / refunded
    bank takes sale back   void failed rejected / authorized / confirmed
    given back by others   void failed refunded_otherwise / refunded / confirmed / also gateway refund done
    taken back             void pending / authorized / confirmed
    no news for a day      void pending / authorized / confirmed
    rest given back        refused: nothing_to_refund
pending, void looked for
    authorized             void done / voided / refunded / asks find_returns
    settled                void done / voided / refunded / asks find_returns
    declined               void failed declined / authorized / confirmed / asks find_returns
    answered               void pending / authorized / confirmed / asks find_returns
    too late to void       void pending / authorized / confirmed / asks find_returns
    not refundable yet     void pending / authorized / confirmed / asks find_returns
    done already, it says  void pending / authorized / confirmed / asks find_returns
    more than is left      void pending / authorized / confirmed / asks find_returns
    refused                void pending / authorized / confirmed / asks find_returns
    no answer              void pending / authorized / confirmed / asks find_returns
    found                  void done / voided / refunded
    not found              void pending / authorized / confirmed / asks void_transaction
    nothing there          void pending / authorized / confirmed
    sale settles           void pending / authorized / confirmed / asks find_returns
    sale is voided         void done / voided / refunded / asks find_returns
    bank takes sale back   void failed rejected / authorized / confirmed / asks find_returns
    given back by others   void failed refunded_otherwise / refunded / confirmed / asks find_returns / also gateway refund done
    taken back             void pending / authorized / confirmed / asks find_returns
    no news for a day      void pending / authorized / confirmed / asks find_returns
    rest given back        refused: nothing_to_refund
pending, waits to settle
    authorized             refund done / authorized / confirmed
    settled                refund done / authorized / confirmed
    declined               refund failed declined / authorized / confirmed
    answered               refund pending waits / authorized / confirmed
    too late to void       refund pending waits / authorized / confirmed
    not refundable yet     refund pending waits / authorized / confirmed
    done already, it says  refund pending waits / authorized / confirmed
    more than is left      refund pending waits / authorized / confirmed
    refused                refund pending waits / authorized / confirmed
    no answer              refund pending waits / authorized / confirmed
    found                  refund pending waits / authorized / confirmed
    not found              refund pending waits / authorized / confirmed
    nothing there          refund pending waits / authorized / confirmed
    sale settles           refund pending waits / authorized / confirmed / asks refund_transaction
    sale is voided         refund failed voided / voided / confirmed / also gateway void done
    bank takes sale back   refund failed rejected / authorized / confirmed
    given back by others   refund failed refunded_otherwise / refunded / confirmed / also gateway refund done
    taken back             refund pending waits / authorized / confirmed
    no news for a day      refund pending waits / authorized / confirmed / asks fetch_transaction
    rest given back        refund pending waits / authorized / confirmed / also staff refund pending
pending, refund sent
    authorized             refund done / authorized / confirmed
    settled                refund done / authorized / confirmed
    declined               refund failed declined / authorized / confirmed
    answered               refund done / authorized / confirmed
    too late to void       refund failed voidParentAlreadySettled / authorized / confirmed
    not refundable yet     refund failed parentNotRefundable / authorized / confirmed
    done already, it says  refund pending / authorized / confirmed / asks find_returns
    more than is left      refund pending / authorized / confirmed / asks find_returns
    refused                refund failed parentNotVoidable / authorized / confirmed
    no answer              refund pending / authorized / confirmed / asks find_returns
    found                  refund pending / authorized / confirmed / asks find_returns
    not found              refund pending / authorized / confirmed / asks find_returns
    nothing there          refund failed status_404 / authorized / confirmed
    sale settles           refund pending / authorized / confirmed
    sale is voided         refund failed voided / voided / confirmed / also gateway void done
    bank takes sale back   refund failed rejected / authorized / confirmed
    given back by others   refund failed refunded_otherwise / refunded / confirmed / also gateway refund done
    taken back             refund pending / authorized / confirmed
    no news for a day      refund pending / authorized / confirmed
    rest given back        refund pending / authorized / confirmed / asks refund_transaction / also staff refund pending
pending, undecided
    authorized             refund done / authorized / confirmed
    settled                refund done / authorized / confirmed
    declined               refund failed declined / authorized / confirmed
    answered               refund pending / authorized / confirmed
    too late to void       refund pending / authorized / confirmed
    not refundable yet     refund pending / authorized / confirmed
    done already, it says  refund pending / authorized / confirmed
    more than is left      refund pending / authorized / confirmed
    refused                refund pending / authorized / confirmed
    no answer              refund pending / authorized / confirmed
    found                  refund pending / authorized / confirmed
    not found              refund pending / authorized / confirmed
    nothing there          refund pending / authorized / confirmed
    sale settles           refund pending / authorized / confirmed
    sale is voided         refund failed voided / voided / confirmed / also gateway void done
    bank takes sale back   refund failed rejected / authorized / confirmed
    given back by others   refund failed refunded_otherwise / refunded / confirmed / also gateway refund done
    taken back             refund pending / authorized / confirmed
    no news for a day      refund pending / authorized / confirmed / asks find_returns
    rest given back        refund pending / authorized / confirmed / also staff refund pending
done, void
    authorized             void done / voided / refunded
    settled                void done / voided / refunded
    declined               void failed declined / voided / refunded
    answered               void done / voided / refunded
    too late to void       void done / voided / refunded
    not refundable yet     void done / voided / refunded
    done already, it says  void done / voided / refunded
    more than is left      void done / voided / refunded
    refused                void done / voided / refunded
    no answer              void done / voided / refunded
    found                  void done / voided / refunded
    not found              void done / voided / refunded
    nothing there          void done / voided / refunded
    sale settles           void done / voided / refunded
    sale is voided         void done / voided / refunded
    bank takes sale back   void done / voided / refunded
    given back by others   refused by transactions_refunded_range
    taken back             void done / voided / refunded
    no news for a day      void done / voided / refunded
    rest given back        refused: nothing_to_refund
done, refund
    authorized             refund done / refunded / refunded
    settled                refund done / refunded / refunded
    declined               refund failed declined / authorized / refunded
    answered               refund done / refunded / refunded
    too late to void       refund done / refunded / refunded
    not refundable yet     refund done / refunded / refunded
    done already, it says  refund done / refunded / refunded
    more than is left      refund done / refunded / refunded
    refused                refund done / refunded / refunded
    no answer              refund done / refunded / refunded
    found                  refund done / refunded / refunded
    not found              refund done / refunded / refunded
    nothing there          refund done / refunded / refunded
    sale settles           refund done / refunded / refunded
    sale is voided         refused: status_not_allowed
    bank takes sale back   refund done / refunded / refunded
    given back by others   refused by transactions_refunded_range
    taken back             refund failed voided / authorized / refunded
    no news for a day      refund done / refunded / refunded
    rest given back        refused: nothing_to_refund
done, in hand
    authorized             offline done / refunded
    settled                offline done / refunded
    declined               offline done / refunded
    answered               offline done / refunded
    too late to void       offline done / refunded
    not refundable yet     offline done / refunded
    done already, it says  offline done / refunded
    more than is left      offline done / refunded
    refused                offline done / refunded
    no answer              offline done / refunded
    found                  offline done / refunded
    not found              offline done / refunded
    nothing there          offline done / refunded
    sale settles           offline done / refunded
    sale is voided         offline done / refunded
    bank takes sale back   offline done / refunded
    given back by others   offline done / refunded
    taken back             offline done / refunded
    no news for a day      offline done / refunded
    rest given back        refused: nothing_to_refund
failed, void
    authorized             void done / voided / refunded
    settled                void done / voided / refunded
    declined               void failed parentNotVoidable / authorized / confirmed
    answered               void failed parentNotVoidable / authorized / confirmed
    too late to void       void failed parentNotVoidable / authorized / confirmed
    not refundable yet     void failed parentNotVoidable / authorized / confirmed
    done already, it says  void failed parentNotVoidable / authorized / confirmed
    more than is left      void failed parentNotVoidable / authorized / confirmed
    refused                void failed parentNotVoidable / authorized / confirmed
    no answer              void failed parentNotVoidable / authorized / confirmed
    found                  void failed parentNotVoidable / authorized / confirmed
    not found              void failed parentNotVoidable / authorized / confirmed
    nothing there          void failed parentNotVoidable / authorized / confirmed
    sale settles           void failed parentNotVoidable / authorized / confirmed
    sale is voided         void failed parentNotVoidable / voided / confirmed / also gateway void done
    bank takes sale back   void failed parentNotVoidable / authorized / confirmed
    given back by others   void failed parentNotVoidable / refunded / confirmed / also gateway refund done
    taken back             void failed parentNotVoidable / authorized / confirmed
    no news for a day      void failed parentNotVoidable / authorized / confirmed
    rest given back        void failed parentNotVoidable / authorized / confirmed / asks void_transaction / also staff void pending
failed, refund
    authorized             refund failed declined / authorized / confirmed
    settled                refund failed declined / authorized / confirmed
    declined               refund failed declined / authorized / confirmed
    answered               refund failed declined / authorized / confirmed
    too late to void       refund failed declined / authorized / confirmed
    not refundable yet     refund failed declined / authorized / confirmed
    done already, it says  refund failed declined / authorized / confirmed
    more than is left      refund failed declined / authorized / confirmed
    refused                refund failed declined / authorized / confirmed
    no answer              refund failed declined / authorized / confirmed
    found                  refund failed declined / authorized / confirmed
    not found              refund failed declined / authorized / confirmed
    nothing there          refund failed declined / authorized / confirmed
    sale settles           refund failed declined / authorized / confirmed
    sale is voided         refund failed declined / voided / confirmed / also gateway void done
    bank takes sale back   refund failed declined / authorized / confirmed
    given back by others   refund failed declined / refunded / confirmed / also gateway refund done
    taken back             refund failed declined / authorized / confirmed
    no news for a day      refund failed declined / authorized / confirmed
    rest given back        refund failed declined / authorized / confirmed / asks refund_transaction / also staff refund pending
$table$);
select plan((select count(*) + 1 from cells)::integer);
select set_eq(
    'select distinct split_part(s.state, '','', 1) from states as s',
    'select s from pg_temp.statuses(''refunds_status_known'') as s',
    'every status of a refund'
);
select pg_temp.run_cells();
select * from finish();
rollback;
