"""What the shim's doors work with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import current_app

from thin_api.calls import Calls
from thin_api.credentials import CallbackCredentials, WebhookCredentials
from thin_api.database import Database
from thin_api.family_api import FamilyApi
from thin_api.gateway import Gateway
from thin_api.settings import ShimSettings


@dataclass
class Parts:
    """Database, gateway calls, PostgREST and the senders of notices."""

    database: Database
    calls: Calls
    family_api: FamilyApi
    callback_credentials: CallbackCredentials
    settings: ShimSettings

    def webhook_credentials(self) -> WebhookCredentials:
        """Return how the gateway is known, by the environment as it is now."""
        return WebhookCredentials(self.settings.gateway().webhooks)


def build_parts(settings: ShimSettings) -> Parts:
    """Return the parts for these settings; nothing is connected to yet."""
    database = Database(settings.database_url, "callboard shim")
    return Parts(
        database=database,
        calls=Calls(database, Gateway(settings.gateway, settings.timeouts)),
        family_api=FamilyApi(settings.postgrest_url),
        callback_credentials=CallbackCredentials(settings.callbacks),
        settings=settings,
    )


def parts() -> Parts:
    """Return the parts of the app that serves this request."""
    return cast(Parts, current_app.extensions["thin_api"])
