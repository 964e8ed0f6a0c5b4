"""Error reports to Sentry: only with SENTRY_DSN, and without anything about a person.

A report is built anew from what is known to be harmless, rather than cleaned of what is known to
be personal: what a later version of the library adds stays out until it is listed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sentry_sdk
from sentry_sdk.transport import Transport

from thin_api.database import sqlstate_of
from thin_api.settings import Settings

_EVENT = ("event_id", "timestamp", "level", "platform", "logger", "environment", "release", "sdk")
_FRAME = (
    "filename", "function", "module", "lineno", "in_app", "pre_context", "context_line",
    "post_context",
)
_BREADCRUMB = ("type", "category", "level", "timestamp")
_BREADCRUMB_DATA = ("method", "http.method", "status_code", "http.response.status_code")

_OFF = {"mode": "off"}
# The successor of send_default_pii, which is deprecated. What it does not name is collected.
_COLLECTED: Any = {
    "user_info": False,
    "cookies": _OFF,
    "http_headers": {"request": _OFF},
    "http_bodies": [],
    "url_query_params": _OFF,
    "graphql": {"document": False, "variables": False},
    "gen_ai": {"inputs": False, "outputs": False},
    "database_query_data": False,
    "queues": False,
    "stack_frame_variables": False,
}


def start(
    settings: Settings, part: str, transport: type[Transport] | Transport | None = None
) -> bool:
    """Begin to report errors, if the settings say where to; return whether they do.

    Arguments:
        part: `shim` or `courier`.
        transport: carries the reports; None for the library's own.
    """
    if settings.sentry_dsn is None:
        return False
    sentry_sdk.init(
        dsn=settings.sentry_dsn,
        environment=settings.environment,
        transport=transport,
        data_collection=_COLLECTED,
        max_request_body_size="never",
        include_local_variables=False,
        before_send=before_send,
        before_breadcrumb=before_breadcrumb,
        # Neither statistics of visits nor headers on our calls to others.
        auto_session_tracking=False,
        trace_propagation_targets=[],
    )
    # On every thread, whoever started it.
    sentry_sdk.get_global_scope().set_tag("part", part)
    return True


def before_send(event: Mapping[str, Any], hint: Mapping[str, Any]) -> Any:
    """Return a new report of an error: where it happened, of which class, in which part.

    Dropped: the texts of exceptions and logs, requests but for their method and route, users,
    local variables, headers, arguments and whatever else is not listed.
    """
    kept = {key: event[key] for key in _EVENT if key in event}
    kept["tags"] = {
        key: value for key, value in (event.get("tags") or {}).items() if key == "part"
    }
    exc_info = hint.get("exc_info")
    state = sqlstate_of(exc_info[1]) if exc_info else None
    if state is not None:
        kept["tags"]["sqlstate"] = state
    if (event.get("transaction_info") or {}).get("source") in ("route", "component"):
        kept["transaction"] = event["transaction"]
    method = (event.get("request") or {}).get("method")
    if method is not None:
        kept["request"] = {"method": method}
    template = (event.get("logentry") or {}).get("message")
    # Our own loggers' templates are constants; what other libraries log may be a finished text.
    if template is not None and str(event.get("logger", "")).startswith("thin_api"):
        kept["logentry"] = {"message": template}
    values = (event.get("exception") or {}).get("values") or []
    if values:
        kept["exception"] = {"values": [_exception(value) for value in values]}
    crumbs = (event.get("breadcrumbs") or {}).get("values") or []
    if crumbs:
        kept["breadcrumbs"] = {"values": [before_breadcrumb(crumb, {}) for crumb in crumbs]}
    return kept


def before_breadcrumb(crumb: Mapping[str, Any], hint: Mapping[str, Any]) -> dict[str, Any]:
    """Return a step before an error without its words: of an HTTP call, method and status."""
    kept = {key: crumb[key] for key in _BREADCRUMB if key in crumb}
    data = {k: v for k, v in (crumb.get("data") or {}).items() if k in _BREADCRUMB_DATA}
    if data:
        kept["data"] = data
    return kept


def _exception(value: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value[key] for key in ("type", "module") if key in value}
    mechanism = value.get("mechanism") or {}
    kept["mechanism"] = {key: mechanism[key] for key in ("type", "handled") if key in mechanism}
    frames = (value.get("stacktrace") or {}).get("frames") or []
    kept["stacktrace"] = {
        "frames": [{key: frame[key] for key in _FRAME if key in frame} for frame in frames]
    }
    return kept
