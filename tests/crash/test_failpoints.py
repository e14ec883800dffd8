"""Every failpoint of the hub once: it was reached, and what the customer was promised holds; planted ones are seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.platform.blobs import INLINE_BYTES_MAX
from hub.platform.configuration import find_configuration
from hub.platform.failpoints import POINTS
from tests.crash.harness import KINDS_OF_BODIES, PARTNER, Findings, History, Senders, Server, drained, order, prepare
from tests.crash.nursery import Nursery
from tests.crash.planted import DEFECTS, FAILPOINTS

SIGKILLED = -9
TIMES = {"after-blob-write": 2, "before-blob-rename": 2}  # large bodies come seldom
TIMES_ELSE = 6  # not the first: orders are under way by then
ANSWERED_MIN = 10  # after the death: the hub went on


@pytest.fixture
def folder_config(tmp_path: Path) -> Path:
    """An overlay in which the partner fetches its answers from a folder."""
    own = find_configuration(None).read(f"partners/{PARTNER}/partner.toml").decode()
    wanted = own.replace('kind = "mailbox"', 'kind = "folder"')
    assert wanted != own
    overlay = tmp_path / "overlay" / "partners" / PARTNER
    overlay.mkdir(parents=True)
    (overlay / "partner.toml").write_text(wanted)
    return tmp_path / "overlay"


def small_and_large(number: int) -> bytes:
    """Return orders of which every fourth is a file and not a row: line ends that every reader skips make it large."""
    body = order(number)
    return body if number % KINDS_OF_BODIES else body + b"\r\n" * (INLINE_BYTES_MAX // 2)


def die_once(server: Server, failpoint: str, defect: str | None = None) -> Findings:
    """Die at the failpoint while orders come, start again without it (and without a defect), and look at the books."""
    history = History()
    server.start(failpoint, defect=defect)
    with Senders(server, history, small_and_large) as senders:
        ended = server.wait_dead()
        server.kill()
        assert ended == SIGKILLED, f"{failpoint} was never reached\n{server.said()}"
        server.start()
        senders.wait_answered(ANSWERED_MIN)
    findings = drained(server, history, small_and_large)
    server.kill()
    assert findings.answered >= ANSWERED_MIN, f"no progress: {findings}\n{server.said()}"
    return findings


@pytest.mark.parametrize("failpoint", POINTS)
def test_a_death_at_a_failpoint_loses_nothing_and_doubles_nothing(
    failpoint: str, nursery: Nursery, template: Path, tmp_path: Path, folder_config: Path
) -> None:
    server = prepare(nursery, template, tmp_path, config=folder_config if "send" in failpoint else None)
    findings = die_once(server, f"{failpoint}:{TIMES.get(failpoint, TIMES_ELSE)}")
    assert findings.clean, f"{findings}\n{server.said()}"


@pytest.mark.parametrize(
    ("defect", "failpoint", "found"),
    [
        ("dual-write", "between-two-writes", {"lost", "gaps"}),
        ("answer-before-commit", "between-answer-and-commit", {"lost"}),
        ("number-of-its-own", "between-number-and-document", {"gaps"}),
    ],
)
def test_a_planted_defect_is_found(
    defect: str, failpoint: str, found: set[str], nursery: Nursery, template: Path, tmp_path: Path
) -> None:
    server = prepare(nursery, template, tmp_path)
    findings = die_once(server, f"{failpoint}:{TIMES_ELSE}", defect)
    seen = {name for name in ("lost", "doubled", "gaps", "refused") if getattr(findings, name)}
    assert found <= seen, f"{findings}\n{server.said()}"


def test_every_planted_defect_is_tried() -> None:
    assert len(DEFECTS) == len(FAILPOINTS) == 3
