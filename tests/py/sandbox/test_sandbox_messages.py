"""The SMS provider, the e-mail provider and the inbox."""

from __future__ import annotations

import pytest
import requests

SMS = {"To": "+16175550123", "From": "+16175550100", "Body": "Seats are waiting"}
MAIL = {
    "from": "Studio <studio@example.com>",
    "to": ["ana@example.com"],
    "subject": "Confirmed",
    "html": "<p>See you <script>alert(1)</script></p>",
    "text": "See you",
}


def text(sandbox, auth=("AC123", "twilio-token"), sid="AC123", **fields):
    url = f"{sandbox.url}/twilio/2010-04-01/Accounts/{sid}/Messages.json"
    return requests.post(url, data={**SMS, **fields}, auth=auth, timeout=5)


def mail(sandbox, key=None, bearer="re_key", **fields):
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    if key is not None:
        headers["Idempotency-Key"] = key
    body = {**MAIL, **fields}
    return requests.post(f"{sandbox.url}/resend/emails", json=body, headers=headers, timeout=5)


def inbox(sandbox, path="", **params):
    return requests.get(
        f"{sandbox.url}/inbox{path}",
        params=params,
        headers={"Accept": "application/json"},
        timeout=5,
    )


def test_a_text_message_is_accepted_and_arrives(sandbox):
    response = text(sandbox)
    sent = response.json()
    assert response.status_code == 201
    assert sent["sid"].startswith("SM") and len(sent["sid"]) == 34
    assert (sent["status"], sent["direction"]) == ("queued", "outbound-api")
    assert (sent["num_segments"], sent["error_code"]) == ("1", None)
    assert sent["uri"] == f"/2010-04-01/Accounts/AC123/Messages/{sent['sid']}.json"
    [message] = inbox(sandbox).json()
    assert message["kind"] == "sms" and message["to"] == ["+16175550123"]
    assert message["text"] == "Seats are waiting" and message["id"] == sent["sid"]


def test_a_messaging_service_may_stand_for_the_sender(sandbox):
    sent = text(sandbox, From="", MessagingServiceSid="MG1").json()
    assert (sent["from"], sent["messaging_service_sid"]) == (None, "MG1")
    assert sent["status"] == "accepted"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"To": "617-555"}, 21211),
        ({"To": "+15005550001"}, 21211),
        ({"To": ""}, 21604),
        ({"From": ""}, 21603),
        ({"Body": ""}, 21602),
        ({"Body": "x" * 1601}, 21617),
    ],
)
def test_bad_text_messages(sandbox, fields, code):
    response = text(sandbox, **fields)
    assert (response.status_code, response.json()["code"]) == (400, code)
    assert response.json()["status"] == 400 and str(code) in response.json()["more_info"]
    assert inbox(sandbox).json() == []


@pytest.mark.parametrize("auth", [None, ("AC123", "wrong"), ("AC999", "twilio-token")])
def test_text_messages_need_credentials(sandbox, auth):
    response = text(sandbox, auth=auth)
    assert (response.status_code, response.json()["code"]) == (401, 20003)
    assert inbox(sandbox).json() == []


def test_text_message_faults(sandbox):
    sandbox.faults(twilio={"status": 429, "times": 1})
    assert (text(sandbox).status_code, text(sandbox).status_code) == (429, 201)
    sandbox.faults(twilio={"status": 503, "times": 1})
    assert text(sandbox).json()["code"] == 20500


def test_an_email_is_accepted_and_arrives(sandbox):
    response = mail(sandbox)
    assert response.status_code == 200 and set(response.json()) == {"id"}
    [message] = inbox(sandbox).json()
    assert message["kind"] == "email" and message["subject"] == "Confirmed"
    assert message["html"] == MAIL["html"]


def test_an_idempotency_key_sends_once_for_a_day(sandbox):
    first = mail(sandbox, key="k1").json()["id"]
    assert mail(sandbox, key="k1").json()["id"] == first
    changed = mail(sandbox, key="k1", subject="Other")
    assert changed.status_code == 409
    assert changed.json()["name"] == "invalid_idempotent_request"
    assert len(inbox(sandbox).json()) == 1
    assert mail(sandbox, key="k2").json()["id"] != first
    sandbox.advance(86_400)
    assert mail(sandbox, key="k1").json()["id"] != first
    assert len(inbox(sandbox).json()) == 3


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"to": ["nobody"]}, "validation_error"),
        ({"from": "nobody"}, "validation_error"),
        ({"subject": None}, "missing_required_field"),
        ({"to": []}, "missing_required_field"),
        ({"html": None, "text": None}, "missing_required_field"),
    ],
)
def test_bad_emails(sandbox, fields, name):
    response = mail(sandbox, **fields)
    assert response.status_code == 422
    assert (response.json()["statusCode"], response.json()["name"]) == (422, name)
    assert inbox(sandbox).json() == []


def test_emails_need_a_key(sandbox):
    assert mail(sandbox, bearer="wrong").status_code == 401
    assert mail(sandbox, bearer=None).json()["name"] == "missing_api_key"
    assert inbox(sandbox).json() == []


def test_email_faults(sandbox):
    sandbox.faults(resend={"status": 429, "times": 1})
    limited = mail(sandbox)
    assert (limited.status_code, limited.json()["name"]) == (429, "rate_limit_exceeded")
    assert mail(sandbox).status_code == 200


def test_the_inbox_is_sorted_filtered_and_emptied(sandbox):
    mail(sandbox)
    text(sandbox)
    mail(sandbox, to="Bea <bea@example.com>")
    assert [each["to"][0] for each in inbox(sandbox).json()] == [
        "Bea <bea@example.com>",
        "+16175550123",
        "ana@example.com",
    ]
    assert len(inbox(sandbox, to="ana@example.com").json()) == 1
    assert len(inbox(sandbox, to="+16175550123").json()) == 1
    assert requests.delete(f"{sandbox.url}/inbox", timeout=5).status_code == 204
    assert inbox(sandbox).json() == []


def test_html_is_shown_where_it_can_do_nothing(sandbox):
    message_id = mail(sandbox).json()["id"]
    assert inbox(sandbox, f"/{message_id}").json()["id"] == message_id
    page = requests.get(f"{sandbox.url}/inbox/{message_id}", timeout=5)
    assert page.headers["Content-Type"].startswith("text/html")
    assert '<iframe sandbox=""' in page.text
    assert "<script>alert" not in page.text and "&lt;script&gt;alert" in page.text
    assert "Confirmed" in requests.get(f"{sandbox.url}/inbox", timeout=5).text
    assert inbox(sandbox, "/nothing").status_code == 404
