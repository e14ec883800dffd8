"""A hub as it is deployed: ``hub serve`` in a process of its own, spoken to over HTTP by a partner with a key."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from hub.transport.http import HubClient

PARTNER = "acme-cardio"
PATIENCE_SECONDS = 30.0  # a start and an answer take a second or two; a loaded machine may take many times as long


@dataclass(frozen=True)
class Served:
    """Where the hub is, and the partner's key."""

    url: str
    key: str
    partner: str = PARTNER

    def client(self) -> HubClient:
        return HubClient(self.url, self.key)

    def post(self, body: bytes, **headers: str) -> httpx.Response:
        """Hand in ``body`` as the partner does."""
        told = {
            "authorization": f"Bearer {self.key}",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        return httpx.post(f"{self.url}/inbound/{self.partner}", content=body, headers=told, timeout=PATIENCE_SECONDS)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served"), PARTNER) as by_partner:
        yield by_partner[PARTNER]


@contextmanager
def serving(folder: Path, *partners: str, config: Path | None = None) -> Iterator[dict[str, Served]]:
    """Serve a hub in ``folder``, over ``config`` if it is given; yield it as each partner has it."""
    data = folder / "data"
    environment = _environment() | ({"HUB_CONFIG_PATH": str(config)} if config else {})
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "hub", "serve", "--data", str(data), "--port", str(port)]
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
    try:
        _until_ready(url, process, folder / "log")
        yield {each: Served(url, _key(data, each, environment), each) for each in partners}
    finally:
        process.terminate()
        assert process.wait(PATIENCE_SECONDS) == 0, "it ends as asked"


def until(client: HubClient, message: str) -> dict[str, object]:
    """Return what the hub says of ``message`` once it has a verdict."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        shown = client.message(message)
        if shown["validation"] != "pending":
            return shown
        time.sleep(0.05)
    raise AssertionError(f"no verdict on {message} in {PATIENCE_SECONDS} s")


def _until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(httpx.TransportError):
            if httpx.get(f"{url}/readyz", timeout=2).status_code == 200:
                return
        time.sleep(0.05)
    raise AssertionError(f"the hub did not become ready: {log.read_text()[-2000:]}")


def _key(data: Path, partner: str, environment: dict[str, str]) -> str:
    command = [sys.executable, "-m", "hub", "partner", "key", partner, "--data", str(data)]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout.strip()


def _environment() -> dict[str, str]:
    """The environment without settings of the hub, which would change what is tested."""
    return {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
