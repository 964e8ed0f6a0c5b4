"""Run shell lines at the same time, each against a throwaway stack of its own:

    python -m tools.side_by_side --then 'LAST LINE' --covered NAME --profiled NAME \
        NAME 'LINE' NAME 'LINE' ...

Each runs to its end, whatever becomes of the others. What they write is passed on line by line,
behind their names. When one fails, the logs of its stack are kept in `.local/failed-run/NAME`.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Collection, Mapping, Sequence

from tools import processes
from tools.services import COVERAGE_FILE
from tools.stack import FAILED_RUN

# Names the folder that the lines share; it is gone afterwards.
SHARED_DIR = "CALLBOARD_SHARED_DIR"

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Side:
    """One of the lines, running: its process, and what it writes.

    Arguments:
        name: of its output and its logs.
        line: for the shell, run in its stack's environment.
        env: the environment it is started in.
        profiled: whether its stack's Postgres can count what runs of each function.
    """

    def __init__(
        self, name: str, line: str, env: Mapping[str, str], *, profiled: bool = False
    ) -> None:
        self._name = name
        self._begun = time.monotonic()
        # In a process group of its own and without the terminal, which only one could have:
        # Ctrl-C comes by this process. Is that gone, however it went, the line is told to end.
        self.process = subprocess.Popen(
            [
                *("setpriv", "--pdeathsig", "TERM", "--"),
                *(sys.executable, "-m", "tools.stack", "throwaway", "--name", name),
                *(["--profiled"] if profiled else []),
                *("--", "sh", "-c", line),
            ],
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
        )

    def pass_on(self) -> None:
        """Pass on what it writes until it ends, and say how it did."""
        for line in self.process.stdout:
            self._say(line)
        code = self.process.wait()
        outcome = "passed" if code == 0 else f"failed ({code})"
        self._say(f"{outcome} after {time.monotonic() - self._begun:.0f} s\n".encode())

    def _say(self, line: bytes) -> None:
        # Whether or not somebody still listens, it must be able to go on writing.
        with contextlib.suppress(BrokenPipeError):
            sys.stdout.buffer.write(b"%-6s| %s" % (self._name.encode(), line))
            sys.stdout.buffer.flush()


def run(
    lines: Mapping[str, str],
    last_line: str | None,
    covered: Collection[str] = (),
    profiled: Collection[str] = (),
) -> int:
    """Run the lines, then the last one when all have succeeded; return the exit code of it all.

    Arguments:
        lines: by name.
        last_line: runs without a stack; None for none.
        covered: names of the lines at whose stacks it is noted what of shim and courier runs, which
            makes both slower.
        profiled: names of the lines at whose stacks Postgres can count what runs of each function.
    """
    running: list[subprocess.Popen] = []
    stopped_by: list[int] = []

    def stop(number: int, _frame: object) -> None:
        # Told twice, a stack could not be taken away in peace.
        if not stopped_by:
            for process in running:
                process.terminate()
        stopped_by.append(number)

    for number in _STOP_SIGNALS:
        signal.signal(number, stop)
    # What is kept there afterwards is of this run.
    shutil.rmtree(FAILED_RUN, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="callboard-") as shared_dir:
        plain = {**os.environ, SHARED_DIR: shared_dir}
        env = {**plain, COVERAGE_FILE: os.path.join(shared_dir, "coverage")}
        readers = []
        with processes.signals_held():
            for name, line in lines.items():
                side = Side(
                    name, line, env if name in covered else plain, profiled=name in profiled
                )
                running.append(side.process)
                readers.append(threading.Thread(target=side.pass_on))
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
        failed = any(process.returncode != 0 for process in running)
        if last_line is not None and not failed and not stopped_by:
            with processes.signals_held():
                running = [subprocess.Popen(["sh", "-c", last_line], env=env, process_group=0)]
            failed = running[0].wait() != 0
    return 128 + stopped_by[0] if stopped_by else int(failed)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.side_by_side",
        description="Run shell lines at the same time, each against a throwaway stack of its own.",
    )
    parser.add_argument("--then", metavar="LINE", help="run when all have succeeded")
    parser.add_argument(
        "--covered", metavar="NAME", action="append", default=[], help="note what its shim runs"
    )
    parser.add_argument(
        "--profiled",
        metavar="NAME",
        action="append",
        default=[],
        help="its Postgres can count what runs of each function",
    )
    parser.add_argument("lines", nargs="+", metavar="NAME LINE", help="the lines, by name")
    arguments = parser.parse_args(argv)
    if len(arguments.lines) % 2:
        parser.error("each line needs a name")
    lines = dict(zip(arguments.lines[::2], arguments.lines[1::2], strict=True))
    return run(lines, arguments.then, arguments.covered, arguments.profiled)


if __name__ == "__main__":
    sys.exit(main())
