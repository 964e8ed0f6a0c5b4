"""Callboard's own Postgres 15 cluster: made, started, stopped and destroyed here, and never
anybody else's. Databases outside development are run by their operators; nothing here touches them.

Postgres refuses to run as root, and its user cannot enter a folder that is root's alone. So as root
the server runs as the user `postgres` and its files lie under that user's home; as anybody else it
runs as that person, inside the run directory.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from tools import processes
from tools.processes import ProcessId, StackError

DATABASE = "callboard"
SUPERUSER = "postgres"

_BIN = Path("/usr/lib/postgresql/15/bin")
_OS_USER = "postgres"
# The length of sockaddr_un.sun_path, less its final zero byte.
_SOCKET_PATH_BYTES = 107
_START_SECONDS = 120
_STOP_SECONDS = 60
_STOP_SIGNALS = MappingProxyType({"fast": signal.SIGINT, "immediate": signal.SIGQUIT})

_MEGABYTES = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20

_SETTINGS = MappingProxyType({
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "max_worker_processes": "24",
    "password_encryption": "scram-sha-256",  # pragma: allowlist secret
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    # The details of an error may quote what a family has sent.
    "log_error_verbosity": "terse",
    "shared_preload_libraries": "pg_cron",
    "cron.database_name": DATABASE,
    # Otherwise jobs connect over the network, where every login needs a password.
    "cron.use_background_workers": "on",
    # An eighth of the memory: with 128 MB, as Postgres has it, a studio of a hundred thousand
    # enrollments is read in anew for each checkout.
    "shared_buffers": f"{min(max(_MEGABYTES // 8, 128), 1024)}MB",
    # After a checkpoint a checkout logs whole pages of some thirty indexes.
    "wal_compression": "lz4",
})

# A session keeps tens of megabytes of plans: in huge pages, where the kernel has them, a quote takes
# a sixth less time.
_MEMORY = MappingProxyType({"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"})


class Cluster:
    """One Postgres cluster, described by `cluster.json` in its run directory.

    Arguments:
        run_dir: the run directory; must exist.
        settings: more server settings, or others, by name.
    """

    def __init__(self, run_dir: Path, *, settings: Mapping[str, str] | None = None) -> None:
        self.run_dir = run_dir.resolve()
        self.log = self.run_dir / "log" / "postgres.log"
        self._settings = {**_SETTINGS, **(settings or {})}
        self._record_file = self.run_dir / "cluster.json"
        self._os_user = _OS_USER if os.geteuid() == 0 else None

    # ------------------------------------------------------------ what is there

    @property
    def exists(self) -> bool:
        """Whether the cluster has been created and not been destroyed."""
        return self._record_file.exists()

    @property
    def home(self) -> Path:
        """The folder with everything of the cluster: its data and its socket."""
        return Path(self._record()["home"])

    @property
    def data_dir(self) -> Path:
        """The data directory (PGDATA)."""
        return self.home / "data"

    @property
    def socket_dir(self) -> Path:
        """The folder of the Unix socket."""
        return Path(self._record()["socket_dir"])

    @property
    def port(self) -> int:
        """The port on 127.0.0.1, and the number of the socket."""
        return self._record()["port"]

    def url(self, login: str, password: str) -> str:
        """Return the address of database `callboard` for a login (its password URL-safe)."""
        return f"postgresql://{login}:{password}@127.0.0.1:{self.port}/{DATABASE}"

    def process(self) -> ProcessId | None:
        """Return the running server's main process, None when it does not run."""
        try:
            pid = int(self._pid_file_lines()[0])
            # After a crash the file stays, and somebody else may have the number by now.
            if not Path(f"/proc/{pid}/cwd").samefile(self.data_dir):
                return None
        except (FileNotFoundError, ProcessLookupError, PermissionError, IndexError, ValueError):
            return None
        return ProcessId.of(pid)

    def is_running(self) -> bool:
        """Return whether the server runs."""
        return self.exists and self.process() is not None

    # ------------------------------------------------------------ life and death

    def create(self, password: str, *, throwaway: bool = False) -> None:
        """Create the cluster, and in it the empty database; does not start it.

        Arguments:
            password: of the superuser `postgres`.
            throwaway: do not flush the new files to disk first. A running server is as durable
                as any other, so that it can be killed in the middle of its work.

        Errors: StackError when Postgres is not installed or refuses.
        """
        if self.exists:
            raise StackError(f"there is a cluster in {self.run_dir} already")
        if not (_BIN / "initdb").exists():
            raise StackError("Postgres 15 is not installed; `make setup` installs it")
        self.log.parent.mkdir(mode=0o700, exist_ok=True)
        home = None
        try:
            with processes.signals_held():
                home = self._new_home()
            socket_dir = home / "socket"
            self._initdb(home / "data", password, sync=not throwaway)
            if len(os.fsencode(socket_dir / ".s.PGSQL.65535")) > _SOCKET_PATH_BYTES:
                socket_dir = Path(tempfile.mkdtemp(prefix="callboard-socket-"))
            self._own(socket_dir)
            # The port is chosen when the server is about to start.
            self._write_record(home=str(home), socket_dir=str(socket_dir), port=None)
        except BaseException:
            if home is not None:
                shutil.rmtree(home)
            raise

    def start(
        self,
        *,
        preferred_port: int | None = None,
        taken: Iterable[int] = (),
        die_with_parent: bool = False,
    ) -> None:
        """Start the server and wait until it answers; does nothing when it runs.

        The port it had last is used again if it is still free.

        Arguments:
            preferred_port: the port to try first when it needs another; None for any.
            taken: ports promised to somebody else.
            die_with_parent: shut it down when this process is gone, however it went.

        Errors: StackError with the end of the log when the server does not come up.
        """
        if self.is_running():
            return
        if not self.data_dir.is_dir():
            raise StackError(f"the cluster's {self.data_dir} is gone; `make reset` forgets it")
        if self.port is None or self.port in taken or not processes.port_is_free(self.port):
            self._write_record(port=processes.choose_port(preferred_port, taken))
        self._write_settings()
        since = processes.size(self.log)
        process = None
        try:
            with processes.signals_held():
                process = processes.start(
                    [_BIN / "postgres", "-D", self.data_dir],
                    env={**self._environment(), **_MEMORY},
                    cwd=self.home,
                    log=self.log,
                    as_user=self._os_user,
                    death_signal="INT" if die_with_parent else None,
                )
            processes.wait_for(lambda: self._is_ready() or not process.is_alive(), _START_SECONDS)
            if not (process.is_alive() and self._is_ready()):
                raise StackError(
                    f"Postgres did not start\n{processes.tail(self.log, since=since)}"
                )
        except BaseException:
            if process is not None and process.is_alive():
                self._signal(process, "immediate")
            raise

    def stop(self, mode: str = "fast") -> None:
        """Stop the server and wait until it is gone; does nothing when it does not run.

        Arguments:
            mode: `fast` breaks off what is open and closes tidily (after a minute: immediately);
                `immediate` is as a crash, which the next start recovers from.

        Errors: StackError when it does not stop.
        """
        process = self.process() if self.exists else None
        if process is None:
            return
        if not self._signal(process, mode) and not self._signal(process, "immediate"):
            raise StackError(f"Postgres (process {process.pid}) does not stop\n"
                             f"{processes.tail(self.log)}")

    def destroy(self) -> None:
        """Stop the server and delete the cluster with all its data."""
        if not self.exists:
            return
        home, socket_dir = self.home, self.socket_dir
        if home.is_dir():
            self.stop("immediate")
            shutil.rmtree(home)
        if socket_dir.is_dir():
            shutil.rmtree(socket_dir)
        self._record_file.unlink()

    # ------------------------------------------------------------ how

    def _new_home(self) -> Path:
        """Create and return an empty folder, for the server's user alone."""
        if self._os_user is None:
            home = self.run_dir / "postgres"
            # Remains of a creation that was killed half-way: no record names it.
            shutil.rmtree(home, ignore_errors=True)
            home.mkdir(mode=0o700)
        else:
            parent = pwd.getpwnam(self._os_user).pw_dir
            home = Path(tempfile.mkdtemp(prefix="callboard-", dir=parent))
            self._own(home)
        return home

    def _own(self, folder: Path) -> None:
        """Make sure a folder exists and is the server's user's alone."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if self._os_user is not None:
            shutil.chown(folder, self._os_user, self._os_user)

    def _initdb(self, data_dir: Path, password: str, *, sync: bool) -> None:
        password_file = data_dir.parent / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(password)
        if self._os_user is not None:
            shutil.chown(password_file, self._os_user, self._os_user)
        self._run(
            [
                _BIN / "initdb",
                f"--pgdata={data_dir}",
                f"--username={SUPERUSER}",
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--data-checksums",
                *([] if sync else ["--no-sync"]),
            ],
            cwd=data_dir.parent,
        )
        password_file.unlink()
        with (data_dir / "postgresql.conf").open("a") as file:
            file.write("\ninclude_if_exists = 'callboard.conf'\n")
        # pg_cron looks for its database from the first moment of the server's life.
        said = self._run(
            [_BIN / "postgres", "--single", "-D", data_dir, "postgres"],
            cwd=data_dir.parent,
            stdin=f"create database {DATABASE};\n",
        )
        if "ERROR" in said or "FATAL" in said:
            raise StackError(f"database {DATABASE} could not be created:\n{said}")

    def _run(self, command: Sequence[str | Path], *, cwd: Path, stdin: str = "") -> str:
        return processes.run(
            command, env=self._environment(), cwd=cwd, as_user=self._os_user, stdin=stdin
        )

    def _write_settings(self) -> None:
        settings = {
            **self._settings,
            "port": str(self.port),
            "unix_socket_directories": str(self.socket_dir),
        }
        lines = [f"{name} = {_quoted(value)}\n" for name, value in settings.items()]
        file = self.data_dir / "callboard.conf"
        file.write_text("# Written at each start.\n" + "".join(lines))
        if self._os_user is not None:
            shutil.chown(file, self._os_user, self._os_user)

    def _environment(self) -> dict[str, str]:
        # Without the caller's PG* and LC_* variables, which Postgres would follow.
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    def _signal(self, process: ProcessId, mode: str) -> bool:
        """Tell the server to stop and return whether it did in time."""
        os.kill(process.pid, _STOP_SIGNALS[mode])
        return processes.wait_for(lambda: not process.is_alive(), _STOP_SECONDS)

    def _is_ready(self) -> bool:
        # The server writes its state into the eighth line, as pg_ctl reads it too.
        lines = self._pid_file_lines()
        return len(lines) >= 8 and lines[7].strip() == "ready" and self.process() is not None

    def _pid_file_lines(self) -> list[str]:
        try:
            return (self.data_dir / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _record(self) -> dict:
        if not self.exists:
            raise StackError(f"there is no cluster in {self.run_dir}; `make run` creates it")
        return json.loads(self._record_file.read_text())

    def _write_record(self, **changes: object) -> None:
        record = {**(self._record() if self.exists else {}), **changes}
        new = self._record_file.with_suffix(".new")
        new.write_text(json.dumps(record, indent=4) + "\n")
        new.replace(self._record_file)


def _quoted(value: str) -> str:
    """Return a value as postgresql.conf wants it."""
    doubled = value.replace("'", "''")
    return f"'{doubled}'"
