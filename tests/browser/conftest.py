"""A hub as an operator runs it, filled over HTTP, and a browser in front of it.

The browser is ``HUB_TEST_CHROMIUM``, else the first Chromium or Chrome on the path; without one, or without the built
scripts and styles, these tests are skipped by name.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

import httpx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from hub.transport.http import HubClient
from hub.web.assets import Assets
from tests.conftest import missing

PARTNERS = Path(__file__).parents[2] / "partners"
SAMPLES = PARTNERS / "acme-cardio" / "samples"
DIALECTS = {
    "xml": ("summit-surgical", "order.xml"),
    "json": ("helix-diagnostics", "order.json"),
    "ubl": ("nordlys-implants", "order.xml"),
    "cxml": ("meridian-cath", "order.xml"),
}
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
READY_SECONDS = 60.0
PASSWORD = "a sentence to remember"


class Served:
    """A running hub: where it is, and how to get in."""

    def __init__(self, url: str, data: Path, key: str) -> None:
        self.url = url
        self.data = data
        self.key = key
        self.orders: dict[str, str] = {}


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    if Assets().missing:
        missing("the scripts and styles are not built (npm ci && npm run build in hub/web/ui)")
    data = tmp_path_factory.mktemp("served")
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "hub", "serve", "--data", str(data), "--port", "0"]
    with (data / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env=environment)
    try:
        url = _address(process)
        _wait_until_ready(url)
        key = _hub("partner", "key", "acme-cardio", "--data", str(data)).strip()
        hub = Served(url, data, key)
        _fill(hub)
        yield hub
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
        if process.stdout:
            process.stdout.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for one file of tests: Playwright keeps an event loop running, and none may run under other files."""
    named = os.environ.get("HUB_TEST_CHROMIUM")
    found = named or shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        missing("no Chromium on the path (HUB_TEST_CHROMIUM names one)")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def token(served: Served) -> str:
    """The session of somebody who may see everything, as their browser holds it."""
    link = _hub(
        "user", "add", "ada", "--name", "Ada Lovelace", "--role", "onboarding-engineer", "--role", "account-manager",
        "--data", str(served.data),
    )  # fmt: skip
    found = re.search(r"token=(\w+)", link)
    assert found, link
    with httpx.Client(base_url=served.url, trust_env=False) as client:
        page = client.get("/welcome", params={"token": found[1]})
        csrf = re.search(r'name="csrf" value="(\w+)"', page.text)
        assert csrf, page.text
        form = {"csrf": csrf[1], "token": found[1], "password": PASSWORD, "again": PASSWORD}
        client.post("/welcome", data=form)
        return client.cookies["hub_session"]


@pytest.fixture(params=["en", "zh-CN"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(browser: Browser, served: Served, token: str) -> Iterator[Page]:
    """A page of somebody who is logged in. It fails the test when it complains, or asks any other server."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="en", timezone_id="Asia/Shanghai", base_url=served.url
    )
    context.add_cookies([{"name": "hub_session", "value": token, "url": served.url}])
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda fault: complaints.append(str(fault)))
    opened.on("request", lambda asked: None if asked.url.startswith(served.url) else complaints.append(asked.url))
    yield opened
    context.close()
    assert complaints == []


def _hub(*arguments: str) -> str:
    done = subprocess.run([sys.executable, "-m", "hub", *arguments], capture_output=True, text=True, check=True)
    return done.stdout


def _address(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    said = process.stdout.readline().decode()
    found = re.search(r"http://\S+", said)
    assert found, f"the hub said {said!r}; its log stands beside its data"
    return found[0].rstrip("/.")


def _wait_until_ready(url: str) -> None:
    opener = build_opener(ProxyHandler({}))
    until = time.monotonic() + READY_SECONDS
    while True:
        try:
            with opener.open(f"{url}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            if time.monotonic() > until:
                raise
        time.sleep(0.2)


def _fill(hub: Served) -> None:
    """Send a few of the partners' samples and wait until each has been dealt with."""
    with HubClient(hub.url, hub.key) as client:
        for name in ("order", "refused-unknown-item", "held-cancel"):
            hub.orders[name] = client.send("acme-cardio", (SAMPLES / f"{name}.edi").read_bytes())["message"]
        broken = (SAMPLES / "order.edi").read_bytes().replace(b"PO1*10*5000*EA", b"PO1*10*50KK*EA")
        hub.orders["rejected"] = client.send("acme-cardio", broken.replace(b"000000101", b"000000977"))["message"]
        hub.orders["unreadable"] = client.send(
            "acme-cardio", b"<script>alert('x')</script><img src=x onerror=alert(1)>"
        )["message"]
        until = time.monotonic() + READY_SECONDS
        while any(client.message(message)["stage"] != "finished" for message in hub.orders.values()):
            assert time.monotonic() < until, "the hub did not get done"
            time.sleep(0.1)
    for syntax, (partner, name) in DIALECTS.items():
        key = _hub("partner", "key", partner, "--data", str(hub.data)).strip()
        body = (PARTNERS / partner / "samples" / name).read_bytes()
        with HubClient(hub.url, key) as client:
            hub.orders[syntax] = client.send(partner, body)["message"]
            broken = body.replace(b">250<", b">many<").replace(b'"amount": 500', b'"amount": "many"')
            broken = broken.replace(b">400<", b">many<").replace(b'quantity="200"', b'quantity="many"')
            broken = broken.replace(b"NL-2026-10077", b"NL-2026-10078").replace(b"MC-4500071", b"MC-4500072")
            broken = broken.replace(b"1795165200.4711.", b"1795165201.4711.")
            broken = broken.replace(b"SU-2026-004802", b"SU-2026-004803").replace(b"HX-100-2240", b"HX-100-2241")
            hub.orders[f"faulty {syntax}"] = client.send(partner, broken)["message"]
            until = time.monotonic() + READY_SECONDS
            while client.message(hub.orders[f"faulty {syntax}"])["stage"] != "finished":
                assert time.monotonic() < until, "the hub did not get done"
                time.sleep(0.1)
    # a document that nothing was agreed about with who sends it
    foreign = (PARTNERS / "nordlys-implants" / "samples" / "order.xml").read_bytes()
    key = _hub("partner", "key", "helix-diagnostics", "--data", str(hub.data)).strip()
    with HubClient(hub.url, key) as client:
        hub.orders["foreign"] = client.send("helix-diagnostics", foreign)["message"]
        until = time.monotonic() + READY_SECONDS
        while client.message(hub.orders["foreign"])["stage"] != "finished":
            assert time.monotonic() < until, "the hub did not get done"
            time.sleep(0.1)
