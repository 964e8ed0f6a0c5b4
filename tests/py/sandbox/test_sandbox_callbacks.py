"""What Twilio and Resend tell of messages afterwards, and texts that come in."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time

import pytest
import requests

from sandbox.callbacks import svix_signature, twilio_signature
from sandbox.config import ConfigError, config_from_environment
from tests.py.sandbox.client import OTHER_SVIX_SECRET, SVIX_SECRET, eventually
from tests.py.sandbox.test_sandbox_messages import mail, text
from tests.py.sandbox.test_sandbox_process import environment


@pytest.fixture
def status_url(hook_server):
    return f"{hook_server[0]}/status?of=text"


def told(sandbox, name):
    """Return one field of everything the hook was told, in the order it came."""
    return [each["body"].get(name) for each in sandbox.hook.received]


# ---------------------------------------------------------------- signatures


def test_twilios_signature_matches_the_published_example():
    """https://www.twilio.com/docs/usage/security#validating-requests"""
    form = {
        "CallSid": "CA1234567890ABCDE",  # pragma: allowlist secret
        "Caller": "+14158675310",
        "Digits": "1234",
        "From": "+14158675310",
        "To": "+18005551212",
    }
    url = "https://example.com/myapp.php?foo=1&bar=2"
    assert twilio_signature("12345", url, form) == "L/OH5YylLD5NRKLltdqwSvS0BnU="


def test_svix_signature_matches_the_published_example():
    """https://docs.svix.com/receiving/verifying-payloads/how-manual"""
    body = b'{"event_type":"ping","data":{"success":true}}'
    assert (
        svix_signature("whsec_plJ3nmyCDGBKInavdOK15jsl", "msg_loFOjxBNrRLzqYUf", "1731705121", body)  # pragma: allowlist secret
        == "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="
    )


# ---------------------------------------------------------------- Twilio's statuses


def test_a_text_that_names_a_callback_is_followed_to_its_end(sandbox, status_url):
    sid = text(sandbox, StatusCallback=status_url).json()["sid"]
    sandbox.deliver()
    assert told(sandbox, "MessageStatus") == ["sent", "delivered"]
    for each in sandbox.hook.received:
        form = each["body"]
        assert (form["MessageSid"], form["SmsSid"], form["AccountSid"]) == (sid, sid, "AC123")
        assert (form["To"], form["From"]) == ("+16175550123", "+16175550100")
        assert each["path"] == "/hook/status?of=text"
        signed = status_url + "".join(name + form[name] for name in sorted(form))
        mac = hmac.new(b"twilio-token", signed.encode(), hashlib.sha1).digest()
        assert each["headers"]["X-Twilio-Signature"] == base64.b64encode(mac).decode()
        assert "ErrorCode" not in form


def test_callbacks_happen_without_being_asked_for(sandbox, status_url):
    text(sandbox, StatusCallback=status_url)
    eventually(lambda: told(sandbox, "MessageStatus") == ["sent", "delivered"])


def test_a_text_without_a_callback_is_told_of_by_the_setting_alone(
    sandbox, serve, merchants, hook_server, tmp_path
):
    text(sandbox)
    sandbox.deliver()
    assert sandbox.hook.received == []
    url, stop = serve(
        tmp_path / "state.sqlite", merchants, twilio_callback_url=f"{hook_server[0]}/service"
    )
    requests.post(
        f"{url}/twilio/2010-04-01/Accounts/AC123/Messages.json",
        data={"To": "+16175550123", "MessagingServiceSid": "MG1", "Body": "Hello"},
        auth=("AC123", "twilio-token"),
        timeout=5,
    )
    eventually(lambda: told(sandbox, "MessageStatus") == ["sent", "delivered"])
    assert sandbox.hook.received[0]["path"] == "/hook/service"
    stop()


@pytest.mark.parametrize(
    ("switches", "expected"),
    [
        ({"outcome": "undelivered"}, [("sent", None), ("undelivered", "30003")]),
        (
            {"outcome": "undelivered", "error_code": 30006},
            [("sent", None), ("undelivered", "30006")],
        ),
        ({"outcome": "failed"}, [("failed", "30008")]),
        ({"outcome": None}, []),
        ({"drop": True}, []),
        ({"reorder": True}, [("delivered", None), ("sent", None)]),
        ({"duplicate": 1}, [("sent", None)] * 2 + [("delivered", None)] * 2),
    ],
)
def test_what_is_told_of_a_text_by_switches(sandbox, status_url, switches, expected):
    sandbox.faults(twilio={"delay_seconds": 60, **switches})
    text(sandbox, StatusCallback=status_url)
    sandbox.deliver()
    assert sandbox.hook.received == []
    sandbox.advance(60)
    found = list(
        zip(told(sandbox, "MessageStatus"), told(sandbox, "ErrorCode"), strict=True)
    )
    assert found == expected


def test_a_status_can_be_told_by_hand_and_again(sandbox, status_url):
    sandbox.faults(twilio={"outcome": None})
    sid = text(sandbox, StatusCallback=status_url).json()["sid"]
    [callback] = sandbox.control(
        "POST", f"/twilio/messages/{sid}/status", {"status": "failed", "error_code": 30007}
    )
    assert callback["state"] == "acknowledged"
    assert [a["status"] for a in callback["attempts"]] == [201]
    again = sandbox.control(
        "POST", f"/callbacks/{callback['id']}/redeliver", {"times": 5, "concurrently": True}
    )
    assert [each["status"] for each in again] == [201] * 5
    assert told(sandbox, "ErrorCode") == ["30007"] * 6
    assert len({each["headers"]["X-Twilio-Signature"] for each in sandbox.hook.received}) == 1


def test_a_refused_status_is_not_told_again_but_a_lost_connection_is(sandbox, status_url):
    sandbox.hook.status = 500
    text(sandbox, StatusCallback=status_url)
    sandbox.advance(86_400)
    assert told(sandbox, "MessageStatus") == ["sent", "delivered"]
    sandbox.control("POST", "/reset")
    text(sandbox, StatusCallback="http://127.0.0.1:1/nobody")
    sandbox.deliver()
    sandbox.advance(1)
    assert [
        (each["state"], [attempt["status"] for attempt in each["attempts"]])
        for each in sandbox.control("GET", "/callbacks")
    ] == [("failed", [None, None])] * 2


def test_a_callback_that_is_no_address_is_refused(sandbox):
    answer = text(sandbox, StatusCallback="ftp://shop.example/status")
    assert (answer.status_code, answer.json()["code"]) == (400, 21609)


# ---------------------------------------------------------------- texts that come in


def inbound(sandbox, body, sender="+16175550123", to="+16175550100"):
    return sandbox.control("POST", "/twilio/inbound", {"from": sender, "to": to, "body": body})


def test_a_text_comes_in_signed(sandbox, hook_server):
    [callback] = inbound(sandbox, "What time is class?")
    assert (callback["kind"], callback["state"]) == ("received", "acknowledged")
    [push] = sandbox.hook.received
    form = push["body"]
    assert (form["From"], form["To"]) == ("+16175550123", "+16175550100")
    assert (form["Body"], form["SmsStatus"]) == ("What time is class?", "received")
    expected = twilio_signature("twilio-token", f"{hook_server[0]}/inbound", form)
    assert push["headers"]["X-Twilio-Signature"] == expected


@pytest.mark.parametrize("word", ["STOP", " stop\n", "Unsubscribe"])
def test_who_texts_stop_gets_nothing_from_that_sender_until_they_text_start(sandbox, word):
    inbound(sandbox, word)
    refused = text(sandbox)
    assert (refused.status_code, refused.json()["code"]) == (400, 21610)
    assert text(sandbox, From="+16175550199").status_code == 201
    assert text(sandbox, To="+16175550124").status_code == 201
    inbound(sandbox, "please stop the noise")
    assert text(sandbox).status_code == 400
    inbound(sandbox, "Start")
    assert text(sandbox).status_code == 201


# ---------------------------------------------------------------- Resend's events


def test_of_an_email_is_told_that_it_was_sent_and_delivered(sandbox):
    message_id = mail(sandbox, key="once").json()["id"]
    mail(sandbox, key="once")
    sandbox.deliver()
    assert told(sandbox, "type") == ["email.sent", "email.delivered"]
    for push in sandbox.hook.received:
        data = push["body"]["data"]
        assert (data["email_id"], data["to"]) == (message_id, ["ana@example.com"])
        assert data["subject"] == "Confirmed" and "html" not in data and "text" not in data
        headers = push["headers"]
        assert headers["svix-id"].startswith("msg_")
        assert abs(time.time() - int(headers["svix-timestamp"])) < 60
        assert headers["svix-signature"].split() == [
            svix_signature(secret, headers["svix-id"], headers["svix-timestamp"], push["raw"])
            for secret in (SVIX_SECRET, OTHER_SVIX_SECRET)
        ]
        assert push["raw"] == json.dumps(push["body"], separators=(",", ":")).encode()
    assert len({push["headers"]["svix-id"] for push in sandbox.hook.received}) == 2


@pytest.mark.parametrize(
    ("fields", "switches", "expected"),
    [
        ({}, {"outcome": "bounced"}, ["email.sent", "email.bounced"]),
        ({}, {"outcome": "complained"}, ["email.sent", "email.delivered", "email.complained"]),
        ({}, {"outcome": "failed"}, ["email.sent", "email.failed"]),
        ({}, {"outcome": None}, []),
        ({"to": "bounced+ana@resend.dev"}, {}, ["email.sent", "email.bounced"]),
        (
            {"to": "complained@resend.dev"},
            {},
            ["email.sent", "email.delivered", "email.complained"],
        ),
        ({"to": "delivered@resend.dev"}, {"outcome": "failed"}, ["email.sent", "email.delivered"]),
        ({}, {"drop": True}, []),
        ({}, {"reorder": True, "delay_seconds": 5}, ["email.delivered", "email.sent"]),
    ],
)
def test_what_is_told_of_an_email_by_switches_and_address(sandbox, fields, switches, expected):
    sandbox.faults(resend=switches)
    mail(sandbox, **fields)
    sandbox.advance(5)
    assert told(sandbox, "type") == expected


@pytest.mark.parametrize("bounce_type", ["Permanent", "Transient"])
def test_a_bounce_says_whether_it_is_for_good(sandbox, bounce_type):
    sandbox.faults(resend={"outcome": "bounced", "bounce_type": bounce_type})
    mail(sandbox)
    sandbox.deliver()
    assert sandbox.hook.received[-1]["body"]["data"]["bounce"]["type"] == bounce_type


def test_copies_and_retries_of_one_event_carry_one_key(sandbox):
    sandbox.faults(resend={"outcome": None})
    message_id = mail(sandbox).json()["id"]
    sandbox.faults(resend={"duplicate": 1})
    sandbox.hook.status = 503
    sandbox.control("POST", f"/resend/emails/{message_id}/events", {"type": "email.complained"})
    for wait in (5, 300, 1800, 7200, 18_000, 36_000, 36_000):
        assert {each["state"] for each in sandbox.control("GET", "/callbacks")} == {"waiting"}
        sandbox.advance(wait)
    assert {each["state"] for each in sandbox.control("GET", "/callbacks")} == {"failed"}
    assert told(sandbox, "type") == ["email.complained"] * 16
    assert len({push["headers"]["svix-id"] for push in sandbox.hook.received}) == 1


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/twilio/messages/none/status", {"status": "sent"}, 404),
        ("/twilio/messages/none/status", {"status": "lost"}, 400),
        ("/twilio/inbound", {"from": "+16175550123", "to": "+16175550100"}, 400),
        ("/resend/emails/none/events", {"type": "email.opened"}, 404),
        ("/resend/emails/none/events", {"type": "email.eaten"}, 400),
        ("/callbacks/0/redeliver", {}, 404),
        ("/callbacks/0/redeliver", {"times": 0}, 400),
    ],
)
def test_bad_control_calls_about_messages(sandbox, path, body, status):
    response = requests.post(f"{sandbox.url}/control{path}", json=body, timeout=5)
    assert response.status_code == status and response.json()["error"]


def test_without_addresses_nothing_is_told(serve, merchants, tmp_path):
    url, stop = serve(tmp_path / "state.sqlite", merchants)
    message = requests.post(
        f"{url}/resend/emails",
        json={"from": "a@example.com", "to": ["b@example.com"], "subject": "c", "text": "d"},
        headers={"Authorization": "Bearer re_key"},
        timeout=5,
    ).json()
    sms = requests.post(
        f"{url}/twilio/2010-04-01/Accounts/AC123/Messages.json",
        data={"To": "+16175550123", "From": "+16175550100", "Body": "d"},
        auth=("AC123", "twilio-token"),
        timeout=5,
    ).json()
    assert requests.get(f"{url}/control/callbacks", timeout=5).json() == []
    for path, body in (
        (f"resend/emails/{message['id']}/events", {"type": "email.bounced"}),
        (f"twilio/messages/{sms['sid']}/status", {"status": "sent"}),
        ("twilio/inbound", {"from": "+16175550123", "to": "+16175550100", "body": "STOP"}),
    ):
        response = requests.post(f"{url}/control/{path}", json=body, timeout=5)
        assert response.status_code == 409
    stop()


@pytest.mark.parametrize("secret", ["", "whsec_not base64", "whsec_*"])
def test_a_webhook_of_resends_needs_its_secret(tmp_path, secret):
    settings = environment(
        tmp_path, RESEND_WEBHOOK_URL="http://127.0.0.1:1/", RESEND_WEBHOOK_SECRET=secret
    )
    with pytest.raises(ConfigError, match="RESEND_WEBHOOK_SECRET"):
        config_from_environment(settings)
