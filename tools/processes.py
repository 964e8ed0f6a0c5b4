"""Background processes and ports, as the cluster and the services need them.

A process is known by its id together with the moment it started, read from /proc, so that an id
the kernel has given to somebody else in the meantime is never mistaken for ours.
"""

from __future__ import annotations

import contextlib
import os
import random
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

Found = TypeVar("Found")

# Below the range from which Linux serves outgoing connections, above the well-known ports.
_UNCLAIMED_PORTS = range(20000, 32768)
_POLL_SECONDS = 0.02
_PATIENCE_SECONDS = 10


class StackError(Exception):
    """Something that a person has to read: the message is the whole explanation."""


@dataclass(frozen=True)
class ProcessId:
    """A process: its id and its start time in clock ticks since the machine came up."""

    pid: int
    started: int

    @classmethod
    def of(cls, pid: int) -> ProcessId | None:
        """Return the process that has this id now, or None if none lives."""
        stat = _stat(pid)
        return None if stat is None or stat[0] == "Z" else cls(pid, stat[1])

    def is_alive(self) -> bool:
        """Return whether this very process still runs; collects it if it was our child."""
        _collect(self.pid)
        return ProcessId.of(self.pid) == self


def _stat(pid: int) -> tuple[str, int] | None:
    """Return a process's state letter and start time, None when there is no such process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The second field is the program's name in brackets and may itself hold blanks.
    fields = text.rpartition(")")[2].split()
    return fields[0], int(fields[19])


def start(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    cwd: Path,
    log: Path,
    as_user: str | None = None,
    death_signal: str | None = None,
) -> ProcessId:
    """Start a command in the background, in a session and process group of its own.

    Arguments:
        command: the program and its arguments.
        env: its whole environment.
        cwd: the folder it starts in.
        log: the file its output is appended to.
        as_user: the operating system's user it runs as; needs root.
        death_signal: the signal (`TERM`, `INT` ...) that the kernel sends it when this process is
            gone, however it went; without one it lives on.

    Errors: StackError when the program cannot be started.
    """
    argv = [*_setpriv(as_user, death_signal), *map(str, command)]
    try:
        with log.open("ab") as output:
            child = subprocess.Popen(
                argv,
                env=dict(env),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
    except OSError as error:
        raise StackError(f"{argv[0]} cannot be started: {error.strerror}") from error
    # Nobody waits through this object: is_alive() collects the child, or init does.
    child.returncode = 0
    process = ProcessId.of(child.pid)
    if process is None:
        raise StackError(f"{argv[0]} ended at once\n{tail(log)}")
    return process


def _setpriv(as_user: str | None, death_signal: str | None) -> list[str]:
    """Return the prefix with which a command runs as that user and hears of its parent's end."""
    options = []
    if as_user is not None:
        options += [f"--reuid={as_user}", f"--regid={as_user}", "--init-groups"]
    if death_signal is not None:
        options += ["--pdeathsig", death_signal]
    return ["setpriv", *options, "--"] if options else []


def run(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    cwd: Path,
    as_user: str | None = None,
    stdin: str = "",
) -> str:
    """Run a command to its end and return what it wrote.

    Arguments: as for start(); `stdin` is the text it reads.
    Errors: StackError with its output when it fails.
    """
    argv = [*_setpriv(as_user, None), *map(str, command)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with _child(argv, env=dict(env), cwd=cwd, text=True, **pipes) as child:
        output, _ = child.communicate(stdin)
    if child.returncode != 0:
        raise StackError(f"{shlex.join(argv)} failed:\n{output}")
    return output


def run_in_foreground(command: Sequence[str], *, env: Mapping[str, str]) -> int:
    """Run a command on this terminal and leave nothing of its process group behind.

    Returns its exit code as a shell counts it: 128 and the signal's number when one ended it.
    """
    with (
        _child([*_setpriv(None, "TERM"), *command], env=dict(env)) as child,
        _terminal_given_to(child.pid),
    ):
        child.wait()
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


@contextlib.contextmanager
def _child(command: Sequence[str], **options: Any) -> Iterator[subprocess.Popen]:
    """Start a command in a process group of its own; after the block nothing of it is left."""
    child = None
    try:
        with signals_held():
            child = subprocess.Popen(command, process_group=0, **options)
        yield child
    finally:
        if child is not None:
            _signal_group(child.pid, signal.SIGTERM)
            # A shell is gone at once; what it has started may have something to put in order.
            wait_for(
                lambda: child.poll() is not None and not _signal_group(child.pid, 0),
                _PATIENCE_SECONDS,
            )
            kill_group(child.pid)


@contextlib.contextmanager
def _terminal_given_to(group: int) -> Iterator[None]:
    """Let a process group read the terminal and hear its Ctrl-C, if this process could."""
    terminal = sys.__stdin__.fileno() if sys.__stdin__ is not None else -1
    ours = os.getpgrp()
    if not os.isatty(terminal) or os.tcgetpgrp(terminal) != ours:
        yield
        return
    # Who is not in the foreground is stopped when it takes the terminal back, but for this.
    before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    os.tcsetpgrp(terminal, group)
    try:
        yield
    finally:
        os.tcsetpgrp(terminal, ours)
        signal.signal(signal.SIGTTOU, before)


def stop_group(process: ProcessId) -> None:
    """End a process started by start() and everything it started: asked first, then killed."""
    was_alive = process.is_alive()
    if was_alive:
        _signal_group(process.pid, signal.SIGTERM)
        wait_for(lambda: not process.is_alive(), _PATIENCE_SECONDS)
    if was_alive or _stat(process.pid) is None:
        # A leader that is gone may have left children; while they live, the id is not reused.
        kill_group(process.pid)


def kill_group(group: int) -> None:
    """End every process of a group without asking, and wait until they are gone."""
    wait_for(lambda: not _signal_group(group, signal.SIGKILL), _PATIENCE_SECONDS)


@contextlib.contextmanager
def signals_held() -> Iterator[None]:
    """Put off Ctrl-C and its like to the end of the block: a start is recorded, or did not happen.

    The handlers are exchanged, not the signal mask, which a started process would inherit.
    """
    arrived: list[int] = []
    before = {
        number: signal.signal(number, lambda number, _frame: arrived.append(number))
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for late in arrived:
            signal.raise_signal(late)


def _signal_group(group: int, number: int) -> bool:
    """Signal a process group and return whether there was any process in it."""
    _collect(group)
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    return True


def _collect(pid: int) -> None:
    """Take note of a child's end, if it is one of ours that ended; else it stays as a zombie."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def wait_for(condition: Callable[[], Found], seconds: float) -> Found:
    """Ask until the answer is true or the time is over; return the last answer."""
    deadline = time.monotonic() + seconds
    while not (answer := condition()) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    return answer


def tail(log: Path, *, since: int = 0, lines: int = 25) -> str:
    """Return the last lines of a log, from byte `since` on, marked as quoted."""
    try:
        with log.open("rb") as file:
            file.seek(since)
            text = file.read().decode(errors="replace")
    except FileNotFoundError:
        text = ""
    quoted = [f"  | {line}" for line in text.splitlines()[-lines:]]
    return "\n".join([f"{log}:", *(quoted or ["  | (empty)"])])


def size(log: Path) -> int:
    """Return a log's length in bytes, 0 when there is none yet."""
    return log.stat().st_size if log.exists() else 0


def port_is_free(port: int) -> bool:
    """Return whether a server could listen on this port of 127.0.0.1."""
    with socket.socket() as probe:
        # As servers do: connections that are being forgotten do not keep a port taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def choose_port(preferred: int | None, taken: Iterable[int], successors: int = 20) -> int:
    """Return a free port outside `taken`: the preferred or one after it, else any.

    Arguments:
        preferred: the first port to try; None for any port, chosen by chance, so that several
            stacks starting at once do not choose the same.
        taken: ports that have been promised already.
        successors: how many ports after the preferred one to try.
    """
    first = [] if preferred is None else range(preferred, preferred + successors + 1)
    chance = random.sample(_UNCLAIMED_PORTS, len(_UNCLAIMED_PORTS))
    promised = set(taken)
    for port in (*first, *chance):
        if port not in promised and port_is_free(port):
            return port
    raise StackError("no free port on 127.0.0.1")
