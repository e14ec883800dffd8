"""``hub demo`` as a newcomer meets it: beside other hubs, stopped by whoever started it, with what to do next."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from hub.bootstrap import open_hub
from hub.platform.settings import Settings
from tests.flow.wire import one_order
from tests.house import CHECKOUT

PATIENCE_SECONDS = 60.0


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}


def _command(data: Path, port: int, *more: str) -> list[str]:
    return [sys.executable, "-m", "hub", "demo", "--data", str(data), "--port", str(port), *more]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def staying(data: Path, port: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run the demo until it stays up; yield it and what it said."""
    command = _command(data, port)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=_environment(), cwd=CHECKOUT
    ) as process:
        assert process.stdout is not None
        said = ""
        try:
            for line in process.stdout:
                said += line
                if "Ctrl-C" in line:
                    break
            yield process, said
        finally:
            process.kill()


@pytest.fixture(scope="module")
def said_and_left(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, int, bool]:
    """What a demo said, how it ended at SIGTERM, and whether its hub still answers then."""
    port = _free_port()
    with staying(tmp_path_factory.mktemp("demo"), port) as (process, said):
        process.send_signal(signal.SIGTERM)
        code = process.wait(PATIENCE_SECONDS)
        time.sleep(0.1)
        answers = False
        with suppress(httpx.TransportError):
            answers = httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=2).status_code == 200
        return said, code, answers


def test_told_to_stop_it_leaves_no_hub_behind(said_and_left: tuple[str, int, bool]) -> None:
    _, code, answers = said_and_left
    assert (code, answers) == (0, False)


def test_it_says_what_to_try_next_with_a_key_that_is_good(said_and_left: tuple[str, int, bool]) -> None:
    said, _, _ = said_and_left
    assert re.search(r"HUB_KEY=\S+ \S*hub\S* send partners/acme-cardio/samples/\S+ --partner acme-cardio --wait", said)
    assert "message list --data" in said


def test_what_it_sends_is_sent_now_and_answered_after_that(said_and_left: tuple[str, int, bool]) -> None:
    said, _, _ = said_and_left
    sent, *answered = [
        datetime.strptime(f"{day} {at}", "%y%m%d %H%M")  # noqa: DTZ007 - both sides write the partner's wall clock
        for day, at in re.findall(r"^ *ISA\*.{66}(\d{6})\*(\d{4})\*", said, re.MULTILINE)
    ]
    assert len(answered) == 2
    assert all(0 <= (each - sent).total_seconds() <= 600 for each in answered)


def test_every_customer_is_answered_in_its_own_words_and_the_plant_is_told_of_each(
    said_and_left: tuple[str, int, bool],
) -> None:
    said, _, _ = said_and_left
    parts = re.split(r"\n\n(?=.* \([a-z-]+\)\n)", said)
    answered = {  # each part was cut where that name stands, so it is found
        re.search(r"\(([a-z-]+)\)", part)[1]: re.findall(r"^-- the hub answers (\S+),", part, re.MULTILINE)  # type: ignore[index]
        for part in parts[1:]
    }
    plant = answered.pop("plant-erp")
    assert plant == []
    assert {partner: set(kinds) for partner, kinds in answered.items()} == {
        "acme-cardio": {"855", "997"},
        "borealis-ortho": {"855", "999"},
        "meridian-cath": {"ConfirmationRequest", "StatusUpdateRequest"},
        "nordlys-implants": {"ApplicationResponse", "OrderResponse"},
        "helix-diagnostics": {"purchaseOrderResponse", "acknowledgement"},
        "summit-surgical": {"OrderResponse", "Acknowledgement"},
    }
    assert said.count("-- plant-erp fetches OrderAcknowledgement") == len(answered)


def test_a_port_that_another_hub_has_is_said_and_nothing_is_claimed(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ended = subprocess.run(
            _command(tmp_path, taken.getsockname()[1], "--no-serve"),
            capture_output=True, text=True, env=_environment(), timeout=PATIENCE_SECONDS, check=False,
        )  # fmt: skip
    assert ended.returncode == 2
    assert "is in use" in ended.stderr
    assert "--port" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "The hub runs at" not in ended.stdout


def test_a_folder_that_another_hub_serves_is_said_and_its_keys_stay(tmp_path: Path) -> None:
    with staying(tmp_path / "data", _free_port()) as (process, said):
        before = _keys(tmp_path / "data")
        ended = subprocess.run(
            _command(tmp_path / "data", _free_port(), "--no-serve"),
            capture_output=True, text=True, env=_environment(), timeout=PATIENCE_SECONDS, check=False,
        )  # fmt: skip
        assert ended.returncode == 2
        assert "another hub (process" in ended.stderr
        assert "The hub runs at" not in ended.stdout
        assert _keys(tmp_path / "data") == before
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_SECONDS)
        assert "HUB_KEY=" in said


def test_it_is_played_again_where_more_answers_wait_than_one_page_of_the_mailbox_holds(tmp_path: Path) -> None:
    for _ in range(2):
        ended = subprocess.run(
            _command(tmp_path / "data", _free_port(), "--no-serve"),
            capture_output=True, text=True, env=_environment(), timeout=PATIENCE_SECONDS, check=False,
        )  # fmt: skip
        assert ended.returncode == 0, ended.stderr
        _fill_the_mailbox(tmp_path / "data")


def _fill_the_mailbox(data: Path) -> None:
    """Let a hub answer sixty orders that nobody fetches."""
    hub = open_hub(Settings(data=data))
    with asyncio.Runner() as loop:
        for number in range(60):
            body = one_order(f"FILL-{number}", 5_000 + number)
            loop.run(hub.receive("acme-cardio", body, transport="http"))
        loop.run(hub.runner.drain())
        loop.run(hub.database.close())


def _keys(data: Path) -> str:
    command = [sys.executable, "-m", "hub", "partner", "keys", "acme-cardio", "--data", str(data)]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=_environment()).stdout


def test_who_the_demo_signs_in_may_process_a_message_again() -> None:
    from hub.business.rooms import RIGHTS
    from hub.cli.demo import ROLES

    granted = frozenset().union(*(RIGHTS.roles[role] for role in ROLES))
    assert {"message:replay", "message:resend", "message:dismiss", "order:read"} <= granted
