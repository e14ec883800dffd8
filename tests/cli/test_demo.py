"""``hub demo`` as a newcomer meets it: beside other hubs, stopped by whoever started it, with what to do next."""

from __future__ import annotations

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


def test_who_the_demo_signs_in_may_process_a_message_again() -> None:
    from hub.cli.demo import ROLES
    from hub.security.policy import ROLES as PERMISSIONS

    granted = frozenset().union(*(PERMISSIONS[role] for role in ROLES))
    assert {"message:replay", "message:resend", "message:dismiss", "order:decide"} <= granted
