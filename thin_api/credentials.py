"""Who sends a notice: credentials and signatures, compared in constant time.

Sources: Elavon, notifications pushed with HTTP Basic, a signature, or both; Twilio,
https://www.twilio.com/docs/usage/webhooks/webhooks-security; Svix, which sends for Resend,
https://docs.svix.com/receiving/verifying-payloads/how-manual.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Iterable, Mapping

from thin_api.settings import CallbackSettings, WebhookSettings

# Of a header that names the signer of a notice; what follows is the signer.
SIGNATURE_HEADER = "signature-"
# Seconds by which the clock of whoever signs may differ from ours; later it is a copy.
TOLERANCE_SECONDS = 300
# One for each secret in use, and nobody has more of those.
_MOST_SIGNATURES = 10


class Comparison:
    """Compares what was given with what is known.

    What is compared are digests of one length, under a key of this process: how long a comparison
    takes says nothing about the credentials.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def same(self, given: str | bytes, known: str | bytes) -> bool:
        """Return whether both are the same."""
        return hmac.compare_digest(self._digest(given), self._digest(known))

    def any_same(self, given: Iterable[str | bytes], known: Iterable[str | bytes]) -> bool:
        """Return whether one of those given is one of those known; each is compared with each."""
        all_known = tuple(known)
        found = False
        for each in given:
            for one in all_known:
                found |= self.same(each, one)
        return found

    def _digest(self, text: str | bytes) -> bytes:
        # What a header holds need not be text.
        raw = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
        return hmac.digest(self._key, raw, "sha256")


class WebhookCredentials:
    """What the gateway shows us of each merchant account, by merchant code.

    User name and password, a signature, or both, as the merchant's settings say; of each there may
    be several, while one replaces another.
    """

    def __init__(self, webhooks: Mapping[str, WebhookSettings]) -> None:
        self._webhooks = webhooks
        self._comparison = Comparison()

    def merchant_of(
        self, user: str, password: str, signatures: Mapping[str, str], body: bytes
    ) -> str | None:
        """Return the code of the merchant that a notice is of; None when there is none.

        Arguments:
            signatures: by signer, as the headers of the request have them.
            body: the bytes that came.

        Everything is compared with all that is known, whichever of it is right. None as well where
        it is of two merchants: one's user name with the other's signature.
        """
        known, accepted = [], []
        for code, webhook in self._webhooks.items():
            by_password, by_signature = False, False
            for known_user, known_password in webhook.logins:
                by_password |= self._comparison.same(user, known_user) & self._comparison.same(
                    password, known_password
                )
            for signer, secret in webhook.signers:
                by_signature |= self._comparison.same(
                    signatures.get(signer.lower(), ""), notice_signature(secret, body)
                )
            if by_password | by_signature:
                known.append(code)
            if webhook.check == "either":
                is_enough = by_password | by_signature
            else:
                # All that is configured.
                is_enough = (by_password | (not webhook.logins)) & (
                    by_signature | (not webhook.signers)
                )
            if is_enough:
                accepted.append(code)
        return known[0] if len(known) == 1 and known[0] in accepted else None


def notice_signature(secret: bytes, body: bytes) -> str:
    """Return a signer's signature of a notice, as the gateway makes it."""
    return base64.b64encode(hashlib.sha512(secret + body).digest()).decode()


class CallbackCredentials:
    """What Twilio and Resend sign their callbacks with. Without a secret nobody is believed."""

    def __init__(self, settings: CallbackSettings) -> None:
        self._settings = settings
        self._comparison = Comparison()

    def is_twilio(
        self, given: str, url: str | None, query: str, form: Mapping[str, list[str]]
    ) -> bool:
        """Return whether a form was signed by Twilio.

        Arguments:
            given: the signature.
            url: the address of the door as Twilio knows it; None: it is not configured.
            query: what follows the address, without the question mark.
            form: the fields with their values.
        """
        if url is None:
            return False
        signed = url + (f"?{query}" if query else "") + "".join(
            name + value for name in sorted(form) for value in sorted(set(form[name]))
        )
        return self._comparison.any_same(
            [given],
            [twilio_signature(token, signed) for token in self._settings.twilio_auth_tokens],
        )

    def is_resend(self, message_id: str, seconds: str, given: str, body: bytes) -> bool:
        """Return whether a document was signed for Resend, and just now.

        Arguments:
            message_id, seconds, given: the headers svix-id, svix-timestamp and svix-signature.
            body: the bytes that came.
        """
        if not (seconds.isascii() and seconds.isdecimal() and len(seconds) < 16):
            return False
        if abs(time.time() - int(seconds)) > TOLERANCE_SECONDS:
            return False
        signed = f"{message_id}.{seconds}.".encode("utf-8", "surrogateescape") + body
        return self._comparison.any_same(
            given.split(" ")[:_MOST_SIGNATURES],
            [svix_signature(secret, signed) for secret in self._settings.resend_secrets],
        )


def twilio_signature(token: str, signed: str) -> str:
    """Return Twilio's signature: of the address with the fields of the form behind it."""
    digest = hmac.digest(token.encode(), signed.encode("utf-8", "surrogateescape"), "sha1")
    return base64.b64encode(digest).decode()


def svix_signature(secret: bytes, signed: bytes) -> str:
    """Return one signature of a message of Svix: of its id, its time and its body."""
    return f"v1,{base64.b64encode(hmac.digest(secret, signed, 'sha256')).decode()}"
