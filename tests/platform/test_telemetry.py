"""A log line can be read by a machine, cannot be forged, and gives nothing away."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from hub.platform import telemetry
from hub.platform.jobs import Backlog
from hub.security.tokens import new_key


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handlers, level = logging.getLogger().handlers[:], logging.getLogger().level
    telemetry.configure_logs("info", stream)
    yield stream
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = handlers
    logging.getLogger().setLevel(level)


def test_a_line_is_one_json_object_whoever_writes_it(lines: io.StringIO) -> None:
    structlog.get_logger("hub.test").info("taken in", partner="acme-cardio", size_bytes=3)
    logging.getLogger("somebody.else").warning("hello %s", "there")
    ours, theirs = (json.loads(line) for line in lines.getvalue().splitlines())
    assert (ours["event"], ours["partner"], ours["size_bytes"], ours["level"]) == ("taken in", "acme-cardio", 3, "info")
    assert (theirs["event"], theirs["logger"], theirs["level"]) == ("hello there", "somebody.else", "warning")


def test_a_name_with_line_ends_and_escapes_stays_one_harmless_line(lines: io.StringIO) -> None:
    name = 'x.edi\n{"event": "forged"}\x1b[2J\u202etxt.exe\u2028'
    structlog.get_logger().info("taken in", file_name=name)
    assert len(lines.getvalue().splitlines()) == 1
    said = json.loads(lines.getvalue())["file_name"]
    assert not set(said) & set("\n\x1b\u202e\u2028")
    assert "\\u000a" in said


def test_secrets_and_payloads_do_not_reach_the_log(lines: io.StringIO) -> None:
    key = new_key().text
    canary = "CANARY-7f3a"
    log = structlog.get_logger()
    log.info(
        "x", password=canary, api_key=canary, session_token=canary, body=canary, payload=canary, raw=canary.encode()
    )
    log.info("x", url=f"postgresql://hub:{canary}@host/db", header=f"Bearer {canary}", text=f"key {key} refused")
    try:
        raise ValueError(key)
    except ValueError:
        log.exception("failed")
    assert canary not in lines.getvalue()
    assert key.rpartition("_")[2] not in lines.getvalue()
    assert key[:13] in lines.getvalue()  # the id tells which key it was


def test_a_long_value_is_cut(lines: io.StringIO) -> None:
    structlog.get_logger().info("x", text="y" * 100_000)
    assert len(lines.getvalue()) < telemetry.VALUE_LENGTH_MAX + 500


def test_the_backlog_is_shown() -> None:
    metrics = telemetry.Metrics()
    metrics.show_backlog(Backlog(ready=3, running=2, dead=1))
    assert metrics.registry.get_sample_value("hub_jobs", {"state": "dead"}) == 1
    assert metrics.registry.get_sample_value("hub_jobs_oldest_due_timestamp_seconds") == 0
