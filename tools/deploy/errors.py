"""The one error a deployment ends with, and how it names a place in a file."""

import psycopg


class DeployError(Exception):
    """The deployment was refused or failed; the text says where and why."""


def in_file(path: str, text: str, error: psycopg.Error) -> DeployError:
    """Say in which line of a file the server found its error.

    path: the file's name as the reader knows it.
    text: the file's content, as it was sent (positions of the server count its characters).
    error: what the driver raised.
    """
    place = path
    position = error.diag.statement_position
    if position is not None:
        line = text.count("\n", 0, int(position) - 1) + 1
        place = f"{path}:{line}"
    return DeployError(f"{place}: {describe(error)}")


def describe(error: psycopg.Error) -> str:
    """The server's message with its detail, hint and context, one a line."""
    diag = error.diag
    lines = [diag.message_primary or str(error).strip()]
    for word, value in (
        ("detail", diag.message_detail),
        ("hint", diag.message_hint),
        ("context", diag.context),
    ):
        if value:
            lines.append(f"  {word}: {value}")
    return "\n".join(lines)
