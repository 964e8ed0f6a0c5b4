"""The doors through which Twilio and Resend tell what became of messages, and what people answer.

Each is signed, and without a secret of ours nobody is believed. What it means the database says.
"""

from __future__ import annotations

from flask import Blueprint, Response, request

from thin_api.database import error_response
from thin_api.errors import refusal
from thin_api.parts import parts

blueprint = Blueprint("callbacks", __name__)

_TEXT_STATUS = "select messaging.receive_text_status(%s, %s, %s, %s, %s)"
_TEXT = "select messaging.receive_text(%s, %s, %s, %s)"
_MAIL_EVENT = "select messaging.receive_mail_event(%s, %s)"


@blueprint.post("/webhooks/twilio/status")
def text_status() -> Response:
    """Hand on what Twilio tells of a text of ours; 204.

    Errors: webhook_unauthorized, notice_malformed, request_too_large, service_unavailable.
    """
    form = _signed_form(parts().settings.callbacks.twilio_callback_url)
    _hand_on(
        _TEXT_STATUS,
        *(form.get(name) for name in ("MessageSid", "MessageStatus", "ErrorCode", "To")),
        request.args.get("key"),
    )
    return Response(status=204)


@blueprint.post("/webhooks/twilio/inbound")
def text() -> Response:
    """Hand on a text that somebody sent us; the answer tells Twilio to send nothing back.

    Errors: webhook_unauthorized, notice_malformed, request_too_large, service_unavailable.
    """
    form = _signed_form(parts().settings.callbacks.twilio_inbound_url)
    _hand_on(
        _TEXT, *(form.get(name) for name in ("MessageSid", "From", "Body", "OptOutType"))
    )
    return Response("<Response/>", 200, content_type="text/xml")


@blueprint.post("/webhooks/resend")
def mail_event() -> Response:
    """Hand on what Resend tells of an e-mail of ours; 204.

    Errors: webhook_unauthorized, notice_malformed, request_too_large, service_unavailable.
    """
    raw = request.get_data(cache=False)
    message_id = request.headers.get("svix-id", "")
    if not parts().callback_credentials.is_resend(
        message_id,
        request.headers.get("svix-timestamp", ""),
        request.headers.get("svix-signature", ""),
        raw,
    ):
        raise refusal("webhook_unauthorized")
    try:
        body = raw.decode()
    except UnicodeDecodeError:
        body = "\0"
    _hand_on(_MAIL_EVENT, message_id, body)
    return Response(status=204)


def _signed_form(url: str | None) -> dict[str, str]:
    """Return the fields of a form that Twilio has signed for one of our doors."""
    if not parts().callback_credentials.is_twilio(
        request.headers.get("X-Twilio-Signature", ""),
        url,
        request.query_string.decode("latin-1"),
        dict(request.form.lists()),
    ):
        raise refusal("webhook_unauthorized")
    return request.form.to_dict()


def _hand_on(statement: str, *values: str | None) -> None:
    if any("\0" in value for value in values if value is not None):
        # No text of Postgres's.
        raise error_response(parts().database, "notice_malformed")
    parts().database.value(statement, values)
