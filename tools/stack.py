"""The whole stack on one machine: `python -m tools.stack --help`.

A run directory (`.local`, or CALLBOARD_RUN_DIR) holds everything that is generated: secrets, the
cluster or its address, ports, logs, records of processes, and `env`, which names what runs.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import fcntl
import json
import os
import secrets
import shlex
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NoReturn

import psycopg
from psycopg import sql

from tools import deploy, processes, services
from tools.cluster import SUPERUSER, Cluster
from tools.processes import StackError
from tools.services import ROOT, Service, Services

# Logins of the cluster beside the superuser; sql/schema/cluster.sql makes them.
LOGINS = ("deploy", "authenticator", "scheduler", "thin_api")

# The demo studios' codes, each with name and currency of its merchant account at the gateway.
MERCHANTS = {"AYDT": ("Academy of Young Dancers", "USD"), "ELMST": ("Elm Street Studio", "USD")}

# Where the logs of a throwaway stack are kept when its command fails.
FAILED_RUN = ROOT / ".local" / "failed-run"

_PREFERRED_PORTS = {"postgrest": 3000, "postgrest_admin": 3100, "thin_api": 5000, "sandbox": 5800}
_POSTGRES_PORT = 5432
_GENERATED_FILES = ("secrets.json", "jwks.json", "ports.json", "env", "sandbox.sqlite")
_GENERATED_FOLDERS = ("run", "log")

# The counts of all sessions are kept together only where the library is there from the start, and
# behind the language's own.
_PROFILED = MappingProxyType({"shared_preload_libraries": "pg_cron, plpgsql, plpgsql_check"})

_TEST_EXTENSIONS = """
    create schema if not exists tap;
    create extension if not exists pgtap with schema tap;
    create extension if not exists plpgsql_check with schema tap;
    grant usage on schema tap to public;
    grant select on all tables in schema tap to public;
    grant execute on all functions in schema tap to public;
"""


class Stack:
    """One stack: a cluster, its database deployed, and the services beside it.

    Arguments:
        run_dir: where everything generated lies; made when missing.
        throwaway: for one command: any ports, and nothing outlives the process that starts it.
        with_services: whether the services run too, or the database alone.
        db_pool: how many connections PostgREST may open.
        profiled: whether Postgres can count what runs of each function, for whoever asks it to
            (`plpgsql_check.profiler`); not where anything is measured.
    """

    def __init__(
        self,
        run_dir: Path,
        *,
        throwaway: bool = False,
        with_services: bool = True,
        db_pool: int = 10,
        profiled: bool = False,
    ) -> None:
        self.run_dir = run_dir.resolve()
        self.cluster = Cluster(self.run_dir, settings=_PROFILED if profiled else None)
        self.services = Services(self.run_dir, die_with_parent=throwaway)
        self._throwaway = throwaway
        self._with_services = with_services
        self._db_pool = db_pool

    # ------------------------------------------------------------ what people call

    def up(self) -> None:
        """Bring everything up: create what is missing, deploy, start what does not run.

        Repeating it repairs. When it fails, what this call started is stopped again.
        Errors: StackError, and those of the deployment.
        """
        with self._alone():
            cluster_ran = self.cluster.is_running()
            try:
                self._up_database()
                if self._with_services:
                    self._up_services()
                self._write_env()
            except BaseException:
                if not cluster_ran:
                    self._down()
                raise

    def down(self) -> None:
        """Stop everything; the data stays."""
        with self._alone():
            self._down()

    def destroy(self) -> None:
        """Stop everything and delete all that was generated, with all data."""
        with self._alone():
            self._stop_services()
            self.cluster.destroy()
            for name in _GENERATED_FILES:
                (self.run_dir / name).unlink(missing_ok=True)
            for name in _GENERATED_FOLDERS:
                shutil.rmtree(self.run_dir / name, ignore_errors=True)

    def status(self) -> list[tuple[str, str, str, Path]]:
        """Return name, state, address and log of every part, of Postgres first."""
        running = self.cluster.is_running()
        address = f"127.0.0.1:{self.cluster.port}" if running else ""
        rows = [("postgres", "running" if running else "stopped", address, self.cluster.log)]
        if not self.cluster.exists or not self._file("ports.json").exists():
            return rows
        for service in self._wanted():
            if self.services.is_ready(service):
                state = "running"
            else:
                state = "unwell" if self.services.process(service.name) else "stopped"
            log = self.services.log(service.name)
            rows.append((service.name, state, service.address or "", log))
        return rows

    def database_url(self, login: str = SUPERUSER) -> str:
        """Return the database's address for a login, with its password."""
        return self.cluster.url(login, self.secrets()["logins"][login])

    def secrets(self) -> dict:
        """Return everything secret of this run directory but the signing keys."""
        file = self._file("secrets.json")
        if not file.exists():
            raise StackError(
                f"there is no {file}, and without it the cluster cannot be opened;"
                " `make reset` deletes the cluster with its data"
            )
        known = json.loads(file.read_text())
        if "webhook_secret" not in known["resend"]:
            # A run directory from before there was one.
            known["resend"]["webhook_secret"] = _new_webhook_secret()
            self._write_json("secrets.json", known)
        return known

    def environment(self) -> dict[str, str]:
        """Return the variables that name what runs, for people, tests and tools."""
        merchants = self.secrets()["merchants"]
        return {
            "CALLBOARD_ENV": "development",
            # Not CALLBOARD_RUN_DIR, which would lead every later command of that shell here.
            "CALLBOARD_STACK_DIR": str(self.run_dir),
            "CALLBOARD_LOG_DIR": str(self.cluster.log.parent),
            "DATABASE_URL": self.database_url(),
            "PGDATA": str(self.cluster.data_dir),
            "POSTGREST_DB_POOL": str(self._db_pool),
            **(self._urls() if self._with_services else {}),
            **{f"EPG_ALIAS_{code}": m["alias"] for code, m in merchants.items()},
            **{f"EPG_MERCHANT_REF_{code}": m["merchant_id"] for code, m in merchants.items()},
        }

    def prepare_tests(self) -> None:
        """Add pgTAP and plpgsql_check to the database: tests need them, nothing else may."""
        with psycopg.connect(self.database_url(), autocommit=True) as connection:
            connection.execute(_TEST_EXTENSIONS)

    # ------------------------------------------------------------ the database

    def _up_database(self) -> None:
        if not self.cluster.exists and not self._file("secrets.json").exists():
            self._write_json("secrets.json", _new_secrets())
        if not self._file("jwks.json").exists():
            self._write_json("jwks.json", {"keys": [_new_signing_key()]})
        if not self.cluster.exists:
            self.cluster.create(self.secrets()["logins"][SUPERUSER], throwaway=self._throwaway)
            _say("postgres created")
        if not self.cluster.is_running():
            self.cluster.start(
                preferred_port=None if self._throwaway else _POSTGRES_PORT,
                die_with_parent=self._throwaway,
            )
            _say(f"postgres started on 127.0.0.1:{self.cluster.port}")
        deploy.run(self.database_url())
        self._install_secrets()

    def _install_secrets(self) -> None:
        """Give the logins their passwords and the database the keys that sign its tokens."""
        logins = self.secrets()["logins"]
        with psycopg.connect(self.database_url()) as connection:
            for login in LOGINS:
                # Hashed here, so that no log of a statement ever holds a password.
                verifier = connection.pgconn.encrypt_password(
                    logins[login].encode(), login.encode(), b"scram-sha-256"
                )
                connection.execute(
                    sql.SQL("alter role {} login password {}").format(
                        sql.Identifier(login), sql.Literal(verifier.decode())
                    )
                )
            for key in json.loads(self._file("jwks.json").read_text())["keys"]:
                connection.execute(
                    "select identity.install_signing_key(%s, %s)",
                    (key["kid"], _base64url_decode(key["k"])),
                )

    # ------------------------------------------------------------ the services

    def _up_services(self) -> None:
        self._choose_ports()
        for name in self.services.bring_up(self._wanted()):
            _say(f"{name} started")

    def _stop_services(self) -> None:
        for name in self.services.stop_all():
            if not self._throwaway:
                _say(f"{name} stopped")

    def _choose_ports(self) -> None:
        """Keep the ports of the last time where they are free or still ours; choose the others."""
        file = self._file("ports.json")
        ports: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
        for name, preferred in _PREFERRED_PORTS.items():
            owner = {"postgrest_admin": "postgrest", "thin_api": "shim"}.get(name, name)
            if name in ports and (
                self.services.process(owner) or processes.port_is_free(ports[name])
            ):
                continue
            others = {port for other, port in ports.items() if other != name}
            ports[name] = processes.choose_port(
                None if self._throwaway else preferred, {*others, self.cluster.port}
            )
        self._write_json("ports.json", ports)

    def _ports(self) -> dict[str, int]:
        return json.loads(self._file("ports.json").read_text())

    def _urls(self) -> dict[str, str]:
        ports = self._ports()
        return {
            "POSTGREST_URL": f"http://127.0.0.1:{ports['postgrest']}",
            "THIN_API_URL": f"http://127.0.0.1:{ports['thin_api']}",
            "SANDBOX_URL": f"http://127.0.0.1:{ports['sandbox']}",
        }

    def _wanted(self) -> list[Service]:
        """Return the services in the order in which they start."""
        ports, urls, known = self._ports(), self._urls(), self.secrets()
        development = {"CALLBOARD_ENV": "development"}
        senders = {
            "TWILIO_ACCOUNT_SID": known["twilio"]["account_sid"],
            "TWILIO_AUTH_TOKEN": known["twilio"]["auth_token"],
            "RESEND_API_KEY": known["resend"]["api_key"],
        }
        callbacks = {
            "TWILIO_CALLBACK_URL": f"{urls['THIN_API_URL']}/webhooks/twilio/status",
            "TWILIO_INBOUND_URL": f"{urls['THIN_API_URL']}/webhooks/twilio/inbound",
            "RESEND_WEBHOOK_SECRET": known["resend"]["webhook_secret"],
        }
        thin_api = {
            **development,
            **urls,
            "THIN_API_DATABASE_URL": self.database_url("thin_api"),
            "EPG_BASE_URL_SANDBOX": f"{urls['SANDBOX_URL']}/epg",
            **_gateway_keys(known["merchants"]),
        }
        return [
            services.sandbox(
                env={
                    **development,
                    **senders,
                    "SANDBOX_URL": urls["SANDBOX_URL"],
                    "TWILIO_INBOUND_URL": callbacks["TWILIO_INBOUND_URL"],
                    "RESEND_WEBHOOK_URL": f"{urls['THIN_API_URL']}/webhooks/resend",
                    "RESEND_WEBHOOK_SECRET": callbacks["RESEND_WEBHOOK_SECRET"],
                    "SANDBOX_STATE": str(self._file("sandbox.sqlite")),
                    "SANDBOX_EPG_MERCHANTS": json.dumps(
                        _gateway_accounts(known["merchants"], urls["THIN_API_URL"])
                    ),
                },
                url=urls["SANDBOX_URL"],
                port=ports["sandbox"],
            ),
            services.postgrest(
                database_url=self.database_url("authenticator"),
                jwks=self._file("jwks.json"),
                port=ports["postgrest"],
                admin_port=ports["postgrest_admin"],
                db_pool=self._db_pool,
            ),
            services.shim(
                env={
                    **thin_api,
                    **_gateway_credentials(known["merchants"]),
                    **callbacks,
                    "TWILIO_AUTH_TOKEN": known["twilio"]["auth_token"],
                },
                url=urls["THIN_API_URL"],
                port=ports["thin_api"],
            ),
            services.courier(
                env={
                    **thin_api,
                    **senders,
                    "TWILIO_BASE_URL": f"{urls['SANDBOX_URL']}/twilio",
                    "TWILIO_FROM": "+15005550006",
                    "TWILIO_CALLBACK_URL": callbacks["TWILIO_CALLBACK_URL"],
                    "RESEND_BASE_URL": f"{urls['SANDBOX_URL']}/resend",
                    "RESEND_FROM": "Callboard <studio@callboard.example>",
                }
            ),
        ]

    # ------------------------------------------------------------ files

    def _down(self) -> None:
        self._file("env").unlink(missing_ok=True)
        self._stop_services()
        if self.cluster.is_running():
            self.cluster.stop()
            _say("postgres stopped")

    def _write_env(self) -> None:
        lines = [f"{name}={shlex.quote(value)}\n" for name, value in self.environment().items()]
        self._write("env", "# What runs: `set -a; . .local/env`. Made anew at each start.\n"
                    + "".join(lines))

    def _file(self, name: str) -> Path:
        return self.run_dir / name

    def _write_json(self, name: str, content: object) -> None:
        self._write(name, json.dumps(content, indent=4) + "\n")

    def _write(self, name: str, text: str) -> None:
        """Write a file that only its owner can read; a reader sees it whole or not at all."""
        new = self._file(f"{name}.new")
        new.touch(mode=0o600)
        new.write_text(text)
        new.replace(self._file(name))

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Let one process at a time change this run directory; the next one waits."""
        self.run_dir.mkdir(parents=True, exist_ok=True)
        with self._file("stack.lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                _say(f"waiting for another process to finish with {self.run_dir}")
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield


# ---------------------------------------------------------------- secrets


def _new_secrets() -> dict:
    return {
        "logins": {login: secrets.token_hex(24) for login in (SUPERUSER, *LOGINS)},
        "merchants": {code: _new_merchant(code, *known) for code, known in MERCHANTS.items()},
        "twilio": {
            "account_sid": f"AC{secrets.token_hex(16)}",
            "auth_token": secrets.token_hex(16),
        },
        "resend": {
            "api_key": f"re_{secrets.token_hex(16)}",
            "webhook_secret": _new_webhook_secret(),
        },
    }


def _new_webhook_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}"


def _new_merchant(code: str, name: str, currency: str) -> dict[str, str]:
    return {
        "name": name,
        "alias": secrets.token_hex(16),
        "merchant_id": f"mch{secrets.token_hex(8)}",
        "currency": currency,
        "secret_key": f"sk_{secrets.token_hex(20)}",
        "public_key": f"pk_{secrets.token_hex(20)}",
        "webhook_user": f"gateway-{code.lower()}",
        "webhook_password": secrets.token_hex(20),
    }


def _new_signing_key() -> dict[str, str]:
    secret = base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()
    return {"kty": "oct", "kid": secrets.token_hex(8), "alg": "HS256", "k": secret}


def _base64url_decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _gateway_keys(merchants: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return what authenticates us at the gateway."""
    return {f"EPG_SECRET_KEY_{code}": m["secret_key"] for code, m in merchants.items()}


def _gateway_credentials(merchants: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return what authenticates the gateway at our webhook."""
    return {
        **{f"EPG_WEBHOOK_USER_{code}": m["webhook_user"] for code, m in merchants.items()},
        **{f"EPG_WEBHOOK_PASSWORD_{code}": m["webhook_password"] for code, m in merchants.items()},
    }


def _gateway_accounts(
    merchants: Mapping[str, Mapping[str, str]], thin_api_url: str
) -> list[dict[str, str]]:
    """Return the merchants as the stand-in for the gateway knows them."""
    return [{**m, "webhook_url": f"{thin_api_url}/webhooks/epg"} for m in merchants.values()]


# ---------------------------------------------------------------- a stack for one command


def run_throwaway(
    command: Sequence[str],
    *,
    with_services: bool,
    db_pool: int,
    name: str = "",
    profiled: bool = False,
) -> int:
    """Run a command against a fresh stack of its own and return the command's exit code.

    The stack is gone afterwards, however the command or this process ended. When the command
    fails, the stack's logs are kept in `.local/failed-run`, or in the folder `name` there.
    """
    run_dir = Path(tempfile.mkdtemp(prefix="callboard-"))
    stack = Stack(
        run_dir,
        throwaway=True,
        with_services=with_services,
        db_pool=db_pool,
        profiled=profiled,
    )
    code = 1
    try:
        stack.up()
        stack.prepare_tests()
        code = processes.run_in_foreground(command, env={**os.environ, **stack.environment()})
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        kept = None
        if code != 0 and (run_dir / "log").is_dir():
            kept = FAILED_RUN / name
            shutil.rmtree(kept, ignore_errors=True)
            shutil.copytree(run_dir / "log", kept)
        stack.destroy()
        shutil.rmtree(run_dir)
        # Last, as there may be nobody left to be told.
        if kept is not None:
            _say(f"the logs are in {kept}")
    return code


# ---------------------------------------------------------------- command line


def _say(text: str) -> None:
    print(f"stack: {text}", flush=True)


def _print_status(stack: Stack) -> int:
    rows = stack.status()
    for name, state, address, log in rows:
        print(f"{name:<10} {state:<8} {address:<24} {log}")
    return 0 if len(rows) > 1 and all(state == "running" for _, state, _, _ in rows) else 1


def _reset(stack: Stack, *, confirmed: bool) -> int:
    if not confirmed:
        question = f"Delete the database in {stack.run_dir} with all its data? Type yes: "
        if not sys.stdin.isatty() or input(question).strip() != "yes":
            _say("nothing was deleted; --yes deletes without asking")
            return 1
    stack.destroy()
    _say("everything generated is deleted")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.stack",
        description="Callboard's whole stack on this machine.",
        epilog="The run directory is CALLBOARD_RUN_DIR, else .local.",
    )
    commands = parser.add_subparsers(dest="command", required=True)

    def add(name: str, help: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=help, description=help)

    up = add("up", "create what is missing, deploy, start what does not run")
    throwaway = add("throwaway", "run a command against a fresh stack that is gone afterwards")
    for command in (up, throwaway):
        command.add_argument(
            "--db-pool", type=int, default=10, help="connections PostgREST may open (10)"
        )
    throwaway.add_argument(
        "--name", default="", help="of the folder for its logs, where others run beside it"
    )
    throwaway.add_argument("--no-services", action="store_true", help="the database alone")
    throwaway.add_argument(
        "--profiled", action="store_true", help="its Postgres can count what runs of each function"
    )
    throwaway.add_argument("argv", nargs="+", metavar="CMD", help="the command, after --")
    add("down", "stop everything; the data stays")
    add("status", "say what runs; exit 0 when all of it does")
    reset = add("reset", "stop everything and delete all data")
    reset.add_argument("--yes", action="store_true", help="without asking")
    add("postgres-crash", "stop Postgres as a crash would")
    add("postgres-start", "start Postgres again")
    return parser


def _stop_on(number: int, _frame: object) -> NoReturn:
    raise SystemExit(128 + number)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command of the command line and return its exit code."""
    arguments = _parser().parse_args(argv)
    # So that being told to end leaves as little behind as Ctrl-C does.
    signal.signal(signal.SIGTERM, _stop_on)
    signal.signal(signal.SIGHUP, _stop_on)
    run_dir = Path(os.environ.get("CALLBOARD_RUN_DIR") or ROOT / ".local")
    try:
        match arguments.command:
            case "throwaway":
                return run_throwaway(
                    arguments.argv,
                    with_services=not arguments.no_services,
                    db_pool=arguments.db_pool,
                    name=arguments.name,
                    profiled=arguments.profiled,
                )
            case "up":
                stack = Stack(run_dir, db_pool=arguments.db_pool)
                stack.up()
                return _print_status(stack)
            case "down":
                Stack(run_dir).down()
            case "status":
                return _print_status(Stack(run_dir))
            case "reset":
                return _reset(Stack(run_dir), confirmed=arguments.yes)
            case "postgres-crash":
                Stack(run_dir).cluster.stop("immediate")
            case "postgres-start":
                Stack(run_dir).cluster.start()
    except (StackError, deploy.DeployError) as error:
        print(f"stack: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return 0


if __name__ == "__main__":
    sys.exit(main())
