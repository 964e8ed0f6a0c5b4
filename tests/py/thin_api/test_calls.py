"""Calls and doors with the real database behind them: whatever comes of a call is stored, once."""

from __future__ import annotations

import io
import json
import logging
import os
import secrets
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from flask import Flask
from psycopg.rows import dict_row

from tests.py.payments.support import paused, pid_of
from tests.py.support import Studio, login_url
from tests.py.thin_api.conftest import ENVIRON, Peer
from thin_api import allowed, logs
from thin_api.app import create_app
from thin_api.calls import Calls
from thin_api.credentials import svix_signature
from thin_api.database import Database, DatabaseAway
from thin_api.gateway import Gateway
from thin_api.messages import Messages
from thin_api.senders import Senders
from thin_api.settings import GatewaySettings, courier_settings, shim_settings

TIMEOUTS = (5.0, 5.0)
KEYS = {"elmst": "sk_elmst"}


@pytest.fixture
def books() -> Iterator[psycopg.Connection[dict[str, Any]]]:
    """The superuser's connection."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, row_factory=dict_row) as own:
        yield own


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What is logged."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logs.start()
    written = io.StringIO()
    root.handlers[0].stream = written  # type: ignore[attr-defined]
    yield written
    root.handlers[:], root.level = handlers, level


@pytest.fixture
def event(books: psycopg.Connection[dict[str, Any]], elmst: Studio) -> Iterator[int]:
    """A notice that waits for the answer to one call, which the courier does not come to."""
    with books.transaction():
        event_id = books.execute(
            "insert into payment.gateway_events"
            " (merchant_account_id, gateway_id, event_type, resource_type, resource_id, body)"
            " select m.id, %(id)s, 'saleAuthorized', 'transaction', %(id)s, '{}'"
            " from payment.merchant_accounts as m where m.code = 'elmst' returning id",
            {"id": f"none{secrets.token_hex(6)}"},
        ).fetchone()["id"]
        books.execute(
            "insert into payment.gateway_calls (studio_id, merchant_account_id, purpose, event_id,"
            " method, path, next_attempt_at)"
            " select %s, e.merchant_account_id, 'fetch_transaction', e.id, 'GET',"
            " '/transactions/' || e.resource_id, now() + interval '1 day'"
            " from payment.gateway_events as e where e.id = %s",
            (elmst.id, event_id),
        )
    yield event_id
    # Nobody goes on with it.
    books.execute(
        "update payment.gateway_calls set status = 'claimed', lease_token = gen_random_uuid(),"
        " leased_until = now() where event_id = %s and status = 'queued'",
        (event_id,),
    )
    books.execute(
        "update payment.gateway_calls set status = 'failed', lease_token = null,"
        " leased_until = null where event_id = %s and status = 'claimed'",
        (event_id,),
    )
    books.execute(
        "update payment.gateway_events set status = 'ignored', settled_at = now()"
        " where id = %s and status = 'received'",
        (event_id,),
    )


def calls(read_settings: Callable[[], GatewaySettings]) -> Calls:
    return Calls(Database(login_url("thin_api"), "callboard test"), Gateway(read_settings, TIMEOUTS))


def at(url: str) -> Callable[[], GatewaySettings]:
    return lambda: GatewaySettings({"sandbox": url}, KEYS)


def call_of(books: psycopg.Connection[dict[str, Any]], event_id: int) -> dict[str, Any]:
    return books.execute(
        "select c.* from payment.gateway_calls as c where c.event_id = %s", (event_id,)
    ).fetchone()


def take_over(books: psycopg.Connection[dict[str, Any]], event_id: int) -> None:
    books.execute(
        "update payment.gateway_calls set lease_token = gen_random_uuid() where event_id = %s",
        (event_id,),
    )


def test_a_merchant_without_a_key_is_not_called_for(
    books: Any, event: int, elmst: Studio, peer: Peer
) -> None:
    assert calls(lambda: GatewaySettings({"sandbox": peer.url}, {})).run_event(elmst.id, event) == 1
    call = call_of(books, event)
    assert (call["status"], call["attempts"], call["last_error"]) == ("queued", 1, "not configured")
    assert peer.received == []


def test_what_the_shim_does_not_know_it_may_call_is_not_called(
    books: Any, event: int, elmst: Studio, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a shim of before would do with a call that came later."""
    monkeypatch.setattr(allowed, "ALLOWED", frozenset((("POST", "^/orders$"),)))
    assert calls(at(peer.url)).run_event(elmst.id, event) == 1
    assert call_of(books, event)["last_error"] == "not allowed"
    assert peer.received == []


def test_a_call_that_was_taken_over_is_left_to_whoever_did(
    books: Any, event: int, elmst: Studio, peer: Peer, lines: io.StringIO
) -> None:
    def meanwhile(url: str) -> Callable[[], GatewaySettings]:
        def read() -> GatewaySettings:
            take_over(books, event)
            return GatewaySettings({"sandbox": url}, KEYS)

        return read

    peer.status, peer.body = 404, b'{"status": 404, "failures": [{"code": "notFound"}]}'
    assert calls(meanwhile(peer.url)).run_event(elmst.id, event) == 1
    assert call_of(books, event)["status"] == "claimed"
    books.execute(
        "update payment.gateway_calls set status = 'queued', attempts = 0, lease_token = null,"
        " leased_until = null where event_id = %s",
        (event,),
    )
    # Nor is it said that there was no answer.
    assert calls(meanwhile("http://127.0.0.1:1")).run_event(elmst.id, event) == 1
    assert call_of(books, event)["status"] == "claimed"
    assert lines.getvalue().count("taken over by somebody else") == 2


def test_an_answer_that_postgres_can_not_hold_is_none(
    books: Any, event: int, elmst: Studio, peer: Peer
) -> None:
    resource_id = call_of(books, event)["path"].rpartition("/")[2]
    peer.body = json.dumps({"id": resource_id, "description": "a\0b"}).encode()
    assert calls(at(peer.url)).run_event(elmst.id, event) == 1
    call = call_of(books, event)
    assert (call["status"], call["last_error"]) == ("queued", "answer not applied: 22P05")


def test_an_answer_that_the_database_refuses_is_none(
    books: Any, event: int, elmst: Studio, peer: Peer
) -> None:
    peer.status, peer.body = 404, b'{"status": 404, "failures": [{"code": "notFound"}]}'
    books.execute(
        f"""
        create function public.refuse_answer() returns trigger language plpgsql as
        $$begin perform ops.fail('internal_error'); return null; end$$;
        grant execute on function public.refuse_answer() to payment;
        create trigger _000_refuse before update on payment.gateway_calls for each row
        when (new.event_id = {event} and new.status = 'answered')
        execute function public.refuse_answer()
        """
    )
    try:
        assert calls(at(peer.url)).run_event(elmst.id, event) == 1
    finally:
        books.execute(
            "drop trigger _000_refuse on payment.gateway_calls; drop function public.refuse_answer"
        )
    call = call_of(books, event)
    assert (call["status"], call["last_error"]) == ("queued", "answer not applied: internal_error")


def test_a_message_that_was_taken_over_is_left_to_whoever_did(
    books: Any, elmst: Studio, lines: io.StringIO
) -> None:
    """The courier of the stack stands still meanwhile: there is one message, and it is ours."""
    family = elmst.family()
    key = f"test:{secrets.token_hex(6)}"

    class Slow(Senders):
        """Sends nothing, and so slowly that its lease runs out."""

        def send(self, message: Any) -> Any:
            books.execute(
                "update messaging.messages set lease_token = gen_random_uuid() where id = %s",
                (message.message_id,),
            )
            return super().send(message)

    senders = courier_settings({**ENVIRON, "RESEND_BASE_URL": "http://127.0.0.1:1"}).senders
    messages = Messages(Database(login_url("thin_api"), "callboard test"), Slow(senders, TIMEOUTS))
    with paused(pid_of("courier")):
        books.execute(
            "insert into messaging.messages (studio_id, family_id, account_id, channel,"
            " template_code, dedupe_key, details)"
            " select g.studio_id, g.family_id, g.account_id, 'email', 'waitlist_joined', %s, '{}'"
            " from identity.guardians as g where g.studio_id = %s and g.family_id = %s",
            (key, elmst.id, family.id),
        )
        while "taken over by somebody else" not in lines.getvalue():
            assert messages.run_due() == 1
    books.execute(
        "update messaging.messages set status = 'failed', lease_token = null, leased_until = null"
        " where dedupe_key = %s",
        (key,),
    )


# ---------------------------------------------------------------- doors


@pytest.fixture
def connected(stack: None) -> Flask:
    """The shim with the real database and PostgREST."""
    return create_app(
        shim_settings(
            {
                **ENVIRON,
                "THIN_API_DATABASE_URL": login_url("thin_api"),
                "POSTGREST_URL": os.environ["POSTGREST_URL"],
            }
        )
    )


def test_ready_says_what_is_missing(app: Flask, connected: Flask) -> None:
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json["missing"]) == (503, ["database", "postgrest"])
    answer = connected.test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


@pytest.mark.parametrize("body", [b"\xff", b"a\0b", b"{", b'"\\ud800"', b'{"type": "\\u0000"}'])
def test_what_resend_can_not_have_said_is_refused(connected: Flask, body: bytes) -> None:
    when = str(int(time.time()))
    answer = connected.test_client().post(
        "/webhooks/resend",
        data=body,
        headers={
            "svix-id": "msg_1",
            "svix-timestamp": when,
            "svix-signature": svix_signature(
                b"resend-signing-key", f"msg_1.{when}.".encode() + body
            ),
        },
    )
    assert (answer.status_code, answer.json["code"]) == (400, "notice_malformed")


def test_a_header_that_is_not_ascii_is_not_passed_on(app: Flask) -> None:
    answer = app.test_client().post(
        "/payments/sessions", data=b"{}", headers={"Authorization": "Bearer \xe9"}
    )
    assert (answer.status_code, answer.json["code"]) == (400, "request_malformed")


def test_a_step_is_tried_again_as_long_as_there_is_patience() -> None:
    begun = time.monotonic()
    with pytest.raises(DatabaseAway):
        Database("postgresql://nobody@127.0.0.1:1/none", "test").value("select 1", patience=1)
    assert time.monotonic() - begun >= 0.5
