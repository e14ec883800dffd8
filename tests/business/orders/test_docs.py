"""The page about orders names every reason we give, and none that we do not."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import hub
from hub.business.orders.sentences import SENTENCES

ROOT = Path(hub.__file__).parents[1]
CODE = re.compile(r"\bBUS-[A-Z-]*[A-Z]\b")


def test_every_reason_stands_in_the_page_about_orders() -> None:
    sources = (ROOT / "hub" / "business" / "orders").glob("*.py")
    given = {code for source in sources for code in CODE.findall(source.read_text(encoding="utf-8"))}
    told = set(CODE.findall((ROOT / "docs" / "orders.md").read_text(encoding="utf-8")))
    assert given == told


def test_every_sentence_is_said_somewhere_and_every_hole_in_it_is_filled_by_a_word() -> None:
    sources = [path for path in (ROOT / "hub" / "business" / "orders").glob("*.py") if path.stem != "sentences"]
    spoken = "".join(path.read_text(encoding="utf-8") for path in sources)
    silent = [key for key in SENTENCES if key not in spoken and key.partition("/")[0] not in spoken]
    assert not silent
    holes = [hole for sentence in SENTENCES.values() for _, hole, _, _ in Formatter().parse(sentence.message)]
    assert all(hole is None or hole.isidentifier() for hole in holes)
