"""What the hub answers to X12, byte for byte, written down before the corridor was made for every syntax.

Each file goes to a hub of its own whose clock stands, so that no answer depends on another. Golden files hold all we
wrote because of one message, in the order written; of files that others own only the digest of it is kept. Where a
decision changes an answer, ``pytest tests/golden --accept`` writes it anew, and the record of the decision says why.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from hub.formats.x12.agreed import ANYTHING
from hub.formats.x12.answer import answer
from hub.formats.x12.check import check
from hub.formats.x12.guides import GuideLibrary
from hub.platform.configuration import find_configuration
from tests.flow.at_work import AtWork
from tests.flow.wire import one_order
from tests.house import CHECKOUT
from tests.stored import FrozenClock

ANSWERS = Path(__file__).parent / "answers"
DIGESTS = Path(__file__).parent / "samples.json"
DAY = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)
DRAWN = re.compile(rb"SO-[0-9]{6}-[0-9A-Z]{10}")
OURS_FIRST = ("03", "70", "72", "75", "76", "77", "78")
"""Field cases that acknowledge an answer of ours: an order is sent first, whose 855 is interchange 1, group 1."""

OWN_FILES = sorted(
    path
    for folder in ("tests/cases/x12", "partners", "mappings")
    for path in (CHECKOUT / folder).rglob("*.edi")
    if path.read_bytes()[:3] == b"ISA" or folder == "tests/cases/x12"
)


@pytest.fixture
def hub(tmp_path: Path, sqlite_template: Path) -> Iterator[AtWork]:
    at_work = AtWork(tmp_path / "data", FrozenClock(DAY), sqlite_template)
    yield at_work
    at_work.close()


def name_of(path: Path) -> str:
    """Return the path below the checkout as one name: "partners/acme-cardio/samples/order" with blanks as dashes."""
    parts = path.relative_to(CHECKOUT).with_suffix("").parts
    return ".".join(part.replace(" ", "-") for part in parts if part not in ("tests", "samples", "cases"))


def answered(hub: AtWork, body: bytes) -> bytes:
    """Return all we wrote because of ``body``, a message a line; numbers of orders we drew are 1, 2, … as they come."""
    detail = hub.send(body)
    written = b"".join(sent.body + b"\n" for sent in hub.answers(detail.message.id))
    drawn = list(dict.fromkeys(DRAWN.findall(written)))
    return DRAWN.sub(lambda found: b"SO-%d" % (drawn.index(found[0]) + 1), written)


def about_ours(path: Path, body: bytes) -> bytes:
    """Return a field case that acknowledges ours with the numbers of the hub's first answer in it."""
    if path.parent.parent.name != "cases" or path.name[:2] not in OURS_FIRST:
        return body
    text = re.sub(r"AK1\*PR\*(0*)\d+", lambda found: f"AK1*PR*{1:0{9 if found[1] else 1}d}", body.decode("latin-1"))
    return re.sub(r"TA1\*\d+\*\d+", "TA1*1*261129", text).encode("latin-1")


@pytest.mark.parametrize("path", OWN_FILES, ids=name_of)
def test_an_answer_is_what_it_was(path: Path, hub: AtWork, accept: bool) -> None:
    body = about_ours(path, path.read_bytes())
    if body != path.read_bytes():
        hub.send(one_order("P-GOLDEN", 700_001))
    came, golden = answered(hub, body), ANSWERS / f"{name_of(path)}.edi"
    if accept:
        golden.parent.mkdir(exist_ok=True)
        golden.write_bytes(came)
    assert came == golden.read_bytes()


def test_every_golden_file_has_its_message() -> None:
    assert {path.stem for path in ANSWERS.glob("*.edi")} == {name_of(path) for path in OWN_FILES}


def shell_answer(path: Path, guides: Callable[[], GuideLibrary]) -> bytes:
    """Return what the shell says is the answer to a file that no partner of ours sent."""
    library = guides()
    with path.open("rb") as file:
        report = check(file, partial(library.guide, partner=None), agreed=ANYTHING)
    written = [answer(received, DAY, control_number=number) for number, received in enumerate(report.interchanges, 1)]
    return b"".join(each.body or b"" for each in written if each is not None)


def test_answers_to_files_of_others_are_what_they_were(shared: Path, hub: AtWork, accept: bool) -> None:
    """Both as the shell answers them, and as the hub does that gets them all from one partner, one after the other."""
    library = GuideLibrary(find_configuration(None).roots)
    found: dict[str, list[str]] = {}
    for path in sorted(path for path in (shared / "samples" / "x12").rglob("*") if path.is_file()):
        said = [shell_answer(path, lambda: library), answered(hub, path.read_bytes())]
        found[str(path.relative_to(shared / "samples"))] = [hashlib.sha256(each).hexdigest()[:16] for each in said]
    if accept:
        DIGESTS.write_text(json.dumps(found, indent=0, sort_keys=True) + "\n", encoding="utf-8")
    assert found == json.loads(DIGESTS.read_text(encoding="utf-8"))
