"""The page about orders names every reason we give, and none that we do not."""

from __future__ import annotations

import re
from pathlib import Path

import hub

ROOT = Path(hub.__file__).parents[1]
CODE = re.compile(r"\bBUS-[A-Z-]*[A-Z]\b")


def test_every_reason_stands_in_the_page_about_orders() -> None:
    sources = (ROOT / "hub" / "business" / "orders").glob("*.py")
    given = {code for source in sources for code in CODE.findall(source.read_text(encoding="utf-8"))}
    told = set(CODE.findall((ROOT / "docs" / "orders.md").read_text(encoding="utf-8")))
    assert given == told
