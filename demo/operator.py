"""What an operator does at the database, beside the API: load a studio, let a hold lapse."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

import psycopg


@contextlib.contextmanager
def session(studio: str | None = None) -> Iterator[psycopg.Connection]:
    """Open a transaction as role `deploy`, committed at the end.

    Arguments:
        studio: slug of the studio to put in scope; None: none.

    Source: the login of DATABASE_URL, which must be able to become `deploy`.
    Errors: psycopg.Error, also when there is no such studio.
    """
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        connection.execute("set session authorization deploy")
        if studio is not None:
            connection.execute(
                "select auth.enter_studio(s.id) from studio.studios as s where s.slug = %s",
                (studio,),
            )
        yield connection
