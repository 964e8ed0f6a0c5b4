"""The process itself: settings, start, restart, the control door."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import requests

from sandbox.config import ConfigError, config_from_environment
from tests.py.sandbox.client import Sandbox, eventually

ROOT = Path(__file__).resolve().parents[3]
MERCHANT = {
    "alias": "studio-one",
    "secret_key": "sk_one",
    "public_key": "pk_one",
    "merchant_id": "mch1",
    "currency": "USD",
}


def environment(tmp_path, **changes):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    return {
        "CALLBOARD_ENV": "development",
        "SANDBOX_PORT": str(port),
        "SANDBOX_STATE": str(tmp_path / "state.sqlite"),
        "SANDBOX_EPG_MERCHANTS": json.dumps([MERCHANT]),
        "TWILIO_ACCOUNT_SID": "AC123",
        "TWILIO_AUTH_TOKEN": "token",
        "RESEND_API_KEY": "re_key",
        **changes,
    }


@pytest.mark.parametrize("value", ["production", "", "test"])
def test_it_refuses_to_start_outside_development(tmp_path, value):
    done = subprocess.run(
        [sys.executable, "-m", "sandbox"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment(tmp_path, CALLBOARD_ENV=value)},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 2
    assert "CALLBOARD_ENV" in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "state.sqlite").exists()


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"SANDBOX_PORT": ""}, "SANDBOX_PORT"),
        ({"SANDBOX_PORT": "many"}, "SANDBOX_PORT"),
        ({"SANDBOX_STATE": ""}, "SANDBOX_STATE"),
        ({"RESEND_API_KEY": ""}, "RESEND_API_KEY"),
        ({"SANDBOX_EPG_MERCHANTS": "["}, "SANDBOX_EPG_MERCHANTS"),
        ({"SANDBOX_EPG_MERCHANTS": json.dumps([{**MERCHANT, "hook": "x"}])}, "'hook'"),
        ({"SANDBOX_EPG_MERCHANTS": json.dumps([{**MERCHANT, "alias": ""}])}, "'alias'"),
        ({"SANDBOX_EPG_MERCHANTS": json.dumps([MERCHANT, MERCHANT])}, "alias"),
        (
            {"SANDBOX_EPG_MERCHANTS": json.dumps([{**MERCHANT, "signers": [{"id": "s"}]}])},
            "signer",
        ),
    ],
)
def test_a_bad_setting_is_named_without_its_value(tmp_path, changes, named):
    with pytest.raises(ConfigError) as caught:
        config_from_environment(environment(tmp_path, **changes))
    assert named in str(caught.value)
    assert "sk_one" not in str(caught.value)


def test_it_starts_on_loopback_and_stops_on_a_signal(tmp_path):
    settings = environment(tmp_path)
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None
        url = f"http://127.0.0.1:{settings['SANDBOX_PORT']}"
        assert process.stdout.readline() == f"sandbox: listening on {url}\n"
        assert requests.get(f"{url}/healthz", timeout=5).status_code == 200
        assert "/inbox" in requests.get(f"{url}/", timeout=5).text
        listening = [
            line.split()[1]
            for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
            if line.split()[1].endswith(f":{int(settings['SANDBOX_PORT']):04X}")
            and line.split()[3] == "0A"
        ]
        assert [each.split(":")[0] for each in listening] == ["0100007F"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    finally:
        process.kill()
        process.communicate()


def test_the_state_survives_a_restart(serve, merchants, hook_server, tmp_path):
    state = tmp_path / "state.sqlite"
    url, stop = serve(state, merchants)
    sandbox = Sandbox(url, hook_server[1], state)
    sandbox.faults(notifications={"delay_seconds": 600})
    sandbox.advance(3600)
    sandbox.hook.reset()
    sale = sandbox.sale()
    clock = sandbox.control("GET", "/clock")["now"]
    stop()
    with pytest.raises(requests.ConnectionError):
        sandbox.control("GET", "/clock")
    again, stop = serve(state, merchants)
    sandbox = Sandbox(again, hook_server[1], state)
    assert sandbox.read(f"/transactions/{sale['id']}")["customReference"] is None
    assert sandbox.control("GET", "/clock")["now"] >= clock
    assert sandbox.control("GET", "/faults")["notifications"]["delay_seconds"] == 600
    same = sandbox.sale()["card"]["panFingerprint"]
    assert same == sale["card"]["panFingerprint"]
    sandbox.advance(600)
    eventually(lambda: len(sandbox.hook.received) == 2)
    stop()


def test_reset_forgets_everything(sandbox):
    sandbox.faults(epg={"slow_seconds": 0.01})
    sandbox.sale()
    sandbox.advance(3600)
    before = sandbox.control("GET", "/clock")["now"]
    sandbox.control("POST", "/reset")
    assert sandbox.control("GET", "/faults")["epg"]["slow_seconds"] == 0
    assert sandbox.control("GET", "/clock")["now"] < before
    assert sandbox.read("/transactions")["size"] == 0
    assert sandbox.control("GET", "/deliveries") == []


def test_time_can_pass_without_moving_the_clock(sandbox):
    sandbox.faults(notifications={"delay_seconds": 86_400})
    session = sandbox.session()
    sale = sandbox.sale()
    before = sandbox.control("GET", "/clock")["now"]
    sandbox.control("POST", "/age", {"seconds": 86_300})
    assert sandbox.hook.received == []
    moment = datetime.fromisoformat(sandbox.control("GET", "/clock")["now"])
    assert moment - datetime.fromisoformat(before) < timedelta(seconds=60)
    older = sandbox.read(f"/transactions/{sale['id']}")
    past = datetime.fromisoformat(sale["createdAt"]) - datetime.fromisoformat(older["createdAt"])
    assert past == timedelta(seconds=86_300)
    assert older["state"] == "captured"
    assert [each["state"] for each in older["history"]] == ["authorized"]
    assert sandbox.pay(session).status_code == 410
    sandbox.control("POST", "/age", {"seconds": 101})
    assert ("transaction", "saleAuthorized") in sandbox.hook.events()
    new = sandbox.session(expiresAt=(moment + timedelta(minutes=10)).isoformat())
    assert sandbox.pay(new).status_code == 303


def test_put_replaces_all_switches_and_patch_keeps_the_others(sandbox):
    sandbox.control("PUT", "/faults", {"epg": {"slow_seconds": 1}})
    sandbox.control("PATCH", "/faults", {"notifications": {"drop": True}})
    faults = sandbox.control("GET", "/faults")
    assert faults["epg"]["slow_seconds"] == 1 and faults["notifications"]["drop"] is True
    faults = sandbox.control("PUT", "/faults", {"notifications": {"duplicate": 1}})
    assert faults["epg"]["slow_seconds"] == 0
    assert faults["notifications"] == {
        "duplicate": 1,
        "delay_seconds": 0,
        "reorder": False,
        "drop": False,
        "only": None,
    }


@pytest.mark.parametrize(
    "switches",
    [
        [],
        {"epq": {}},
        {"epg": {"status": 418}},
        {"epg": {"slow": 1}},
        {"epg": {"times": "2"}},
        {"epg": {"times": True}},
        {"epg": {"slow_seconds": -1}},
        {"epg": {"result_in": "nowhere"}},
    ],
)
def test_switches_that_do_not_exist_are_refused(sandbox, switches):
    sandbox.faults(epg={"slow_seconds": 0.01})
    response = requests.put(f"{sandbox.url}/control/faults", json=switches, timeout=5)
    assert response.status_code == 400 and response.json()["error"]
    assert sandbox.control("GET", "/faults")["epg"]["slow_seconds"] == 0.01


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/advance", {}, 400),
        ("/advance", {"seconds": -1}, 400),
        ("/advance", {"second": 1}, 400),
        ("/age", {"seconds": -1}, 400),
        ("/notifications/none/redeliver", {}, 404),
        ("/notifications/none/redeliver", {"times": 0}, 400),
    ],
)
def test_bad_control_calls(sandbox, path, body, status):
    response = requests.post(f"{sandbox.url}/control{path}", json=body, timeout=5)
    assert response.status_code == status and response.json()["error"]
