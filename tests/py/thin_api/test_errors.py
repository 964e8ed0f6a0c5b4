"""Errors are of one shape, and of one register."""

from __future__ import annotations

import json
import re
from pathlib import Path

import psycopg
import pytest
from psycopg import errors as pg

from thin_api.database import DatabaseAway, sqlstate_of, translated
from thin_api.errors import WITHOUT_DATABASE, Refusal, refusal

REGISTER = Path(__file__).parents[3] / "sql/functions/ops/error_register.sql"


def test_what_is_said_without_the_database_is_in_the_register_word_for_word() -> None:
    lines = re.findall(r"\('(\w+)', (\d+), '((?:[^']|'')*)'\)", REGISTER.read_text())
    register = {code: (int(status), text.replace("''", "'")) for code, status, text in lines}
    assert {code: register.get(code) for code in WITHOUT_DATABASE} == WITHOUT_DATABASE


@pytest.mark.parametrize("code", WITHOUT_DATABASE)
def test_an_error_has_the_one_shape(code: str) -> None:
    error = refusal(code)
    document = json.loads(error.body)
    assert list(document) == ["code", "message", "details", "hint"]
    assert error.code == document["code"] == code
    assert error.status == WITHOUT_DATABASE[code][0]


@pytest.mark.parametrize("body", ["", "<html>", "[]", "null"])
def test_a_body_without_a_code_has_none(body: str) -> None:
    assert Refusal(502, body).code is None


def _raised(
    base: type[psycopg.Error], state: str | None, message: str = "", detail: str = ""
) -> psycopg.Error:
    class Diagnostic:
        message_primary = message
        message_detail = detail

    class Raised(base):  # type: ignore[misc, valid-type]
        diag = Diagnostic()

    error = Raised()
    error.sqlstate = state
    return error


def test_an_error_of_the_register_keeps_status_and_body() -> None:
    body = '{"code": "notice_malformed", "message": "é", "details": null, "hint": null}'
    error = translated(_raised(psycopg.DatabaseError, "PGRST", body, '{"status": 400}'))
    assert isinstance(error, Refusal)
    assert (error.status, error.body, error.code) == (400, body, "notice_malformed")


@pytest.mark.parametrize(
    ("base", "state"),
    [
        (psycopg.OperationalError, None),
        (psycopg.InterfaceError, None),
        (pg.AdminShutdown, "57P01"),
        (pg.CrashShutdown, "57P02"),
        (pg.CannotConnectNow, "57P03"),
        (pg.TooManyConnections, "53300"),
        (pg.ConnectionFailure, "08006"),
    ],
)
def test_a_database_that_goes_away_is_recognised(
    base: type[psycopg.Error], state: str | None
) -> None:
    assert isinstance(translated(_raised(base, state)), DatabaseAway)


@pytest.mark.parametrize(
    ("base", "state"),
    [
        (pg.QueryCanceled, "57014"),
        (pg.DeadlockDetected, "40P01"),
        (pg.LockNotAvailable, "55P03"),
        (pg.CheckViolation, "23514"),
    ],
)
def test_other_errors_of_the_database_stay_what_they_are(
    base: type[psycopg.Error], state: str
) -> None:
    error = _raised(base, state)
    assert translated(error) is error
    assert sqlstate_of(error) == state
