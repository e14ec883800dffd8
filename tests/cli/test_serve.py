"""`hub serve` as an operator meets it: ready, in use, stopped."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

HUB = [sys.executable, "-m", "hub"]
STOP_SECONDS_MAX = 30  # beyond what `hub serve` allows itself


@pytest.fixture
def server(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [*HUB, "serve", "--data", str(tmp_path), "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        yield running
        if running.poll() is None:
            running.kill()


def _address(server: subprocess.Popen[str]) -> str:
    """Return where the hub is; the line comes only once it answers."""
    assert server.stdout is not None
    line = server.stdout.readline()
    assert line, server.stderr.read() if server.stderr else ""
    url: str = json.loads(line)["url"]
    return url


def test_it_says_where_it_is_once_it_is_ready_and_stops_clean(server: subprocess.Popen[str]) -> None:
    url = _address(server)
    with urllib.request.urlopen(f"{url}/readyz", timeout=10) as answer:
        assert answer.status == 200
    server.send_signal(signal.SIGTERM)
    assert server.wait(STOP_SECONDS_MAX) == 0


def test_commands_work_beside_it(server: subprocess.Popen[str], tmp_path: Path) -> None:
    _address(server)
    command = [*HUB, "user", "add", "ada", "--name", "Ada", "--role", "viewer", "--data", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    listed = subprocess.run(
        [*HUB, "user", "list", "--data", str(tmp_path), "--json"], check=True, capture_output=True, text=True
    )
    assert [person["login"] for person in json.loads(listed.stdout)["items"]] == ["ada"]


def test_on_postgresql_it_starts_on_its_own_revision_and_on_no_other(
    tmp_path: Path, empty_postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_DATABASE_URL", empty_postgresql)
    monkeypatch.setenv("HUB_DATA", str(tmp_path))
    refused = subprocess.run([*HUB, "serve", "--port", "0"], capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert "remedy: run: hub db upgrade" in refused.stderr
    subprocess.run([*HUB, "db", "upgrade"], check=True, capture_output=True)
    command = [*HUB, "serve", "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        with urllib.request.urlopen(f"{_address(running)}/readyz", timeout=10) as answer:
            assert answer.status == 200
        running.send_signal(signal.SIGTERM)
        assert running.wait(STOP_SECONDS_MAX) == 0


def test_a_port_in_use_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = subprocess.run(
            [*HUB, "serve", "--data", str(tmp_path), "--port", str(port)], capture_output=True, text=True, check=False
        )
    assert ended.returncode == 2
    assert ended.stderr == f"hub: 127.0.0.1:{port} is in use; remedy: stop what runs there, or choose another --port\n"


def test_a_setting_that_is_none_is_not_taken_for_a_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_DATABSE_URL", "postgresql://hub@127.0.0.1/hub")
    ended = subprocess.run([*HUB, "serve", "--data", str(tmp_path)], capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "did you mean HUB_DATABASE_URL?" in ended.stderr
