"""The three laws, on documents that chance invents from each of our base maps.

*Model*: read(write(c)) is c, or a finding said why. *Wire*: write(read(w)) is w, once it is settled. *Guide*: what
was written validates but for the sender's own omissions, and reads back the same. Items of one list may change
their order between its places; a second turn changes nothing.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.formats.families import SchemaLibrary
from hub.kernel.struct import Struct
from hub.mapping.documents import read_documents, write_document
from hub.mapping.library import Map, MapLibrary
from hub.mapping.plan import Rule
from hub.mapping.sample import invent

ROOTS = [Path(__file__).resolve().parents[2]]
LIBRARY = MapLibrary(ROOTS, SchemaLibrary(ROOTS))
LETTERS = "ABab019 .-/äß"
TEXT_MOST = 10
OF_PARTNERS = ["acme-cardio/850", "acme-cardio/855", "nordlys-implants/order-response"]
SENT_ONLY = ["ubl/application-response", "ubl/peppol-application-response"]
"""What these say of a document is what they say of all: read back, the whole has no verdict. Their cases hold them."""
HELD = [name for name in LIBRARY.names() if LIBRARY.map(name).partner is None and name not in SENT_ONLY] + OF_PARTNERS
"""Every base map there is, and three of partners: a base map that is added is held to the laws without a line here."""
MAPS = [name for name in HELD if LIBRARY.map(name).family.name == "x12"]
NAMED_MAPS = [name for name in HELD if name not in MAPS]

OMISSIONS = {"GDE-ELEMENT-CONDITION", "GDE-ELEMENT-MISSING", "GDE-SEGMENT-MISSING", "GDE-ELEMENT-BLANK"}
"""Faults of an invented document itself: it says a reference's kind and no reference. A map cannot mend that."""


class Chance:
    """Chooses at random; ``padded`` puts blanks behind texts, which X12 cannot say."""

    def __init__(self, random: Any, often: float, *, padded: bool = False) -> None:
        self.random = random
        self.often = often
        self.padded = padded

    def said(self, rule: Rule, *, must: bool) -> bool:
        return must or bool(self.random.random() < self.often)

    def one_of(self, options: list[str]) -> str:
        return str(self.random.choice(options))

    def text(self, least: int, most: int) -> str:
        length = self.number(least, min(most, least + TEXT_MOST))
        text = "".join(self.random.choice(LETTERS) for _ in range(length))
        return text if self.padded or not text.endswith(" ") else text[:-1] + "x"

    def number(self, low: int, high: int) -> int:
        return int(self.random.choice([low, high, self.random.randint(low, high)]))


def ordered(document: Any) -> Any:
    """Return a document with its lists in an order of their own, for comparing what may have moved."""
    if isinstance(document, dict):
        return {name: ordered(value) for name, value in document.items() if name != "unweighed"}  # ours, never sent
    if isinstance(document, list):
        return sorted((ordered(item) for item in document), key=repr)
    return document


def in_coarser_words(map_: Map, document: Struct, again: Struct | None, wire: bytes) -> bool:
    """Say whether a document came back the same but for words of which the wire has fewer, and says the same again.

    That none of them is said as what it is not ``test_every_word_of_an_answer`` holds.
    """

    def without(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: without(item) for name, item in value.items() if name not in ("status", "verdict")}
        return [without(item) for item in value] if isinstance(value, list) else value

    if again is None or turned(map_, again)[1] != wire:
        return False
    before, after = (ordered(without(msgspec.to_builtins(each))) for each in (document, again))
    return bool(before == after)


def turned(map_: Map, document: Struct) -> tuple[Struct | None, bytes, list[str], set[str]]:
    """Write and read: the document again, the wire, what writing found, what reading found."""
    written = write_document(map_, document)
    found = [finding.code for finding in written.findings]
    if written.data is None:
        return None, b"", found, set()
    (again,) = [each for each in read_documents(map_, written.data) if each.applied is not None]
    assert again.applied is not None
    return again.applied.document, written.data, found, {finding.code for finding in again.findings}


@pytest.mark.parametrize("name", [*MAPS, *NAMED_MAPS])
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(random=st.randoms(use_true_random=False), often=st.sampled_from([0.1, 0.5, 0.9]))
def test_what_is_written_reads_back_the_same(name: str, random: Any, often: float) -> None:
    map_ = LIBRARY.map(name)
    document, _ = map_.arranged(invent(map_, Chance(random, often)))
    again, wire, found, faults = turned(map_, document)
    if again is None or ordered(msgspec.to_builtins(again)) != ordered(msgspec.to_builtins(document)):
        assert found or in_coarser_words(map_, document, again, wire), "a document changed in silence"
        return
    assert faults <= OMISSIONS | {"MAP-CODE-PASSED"} or found
    second, wire_again, _, _ = turned(map_, again)
    assert ordered(msgspec.to_builtins(second)) == ordered(msgspec.to_builtins(again)), "a second turn changes it"
    if again == document:
        assert wire_again == wire, "a second turn changes the wire"


@pytest.mark.parametrize("name", MAPS)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(random=st.randoms(use_true_random=False), often=st.sampled_from([0.1, 0.5, 0.9]))
def test_blanks_behind_a_text_are_left_off_and_told(name: str, random: Any, often: float) -> None:
    """The law for what X12 cannot say: a document with such blanks is written as the one without, and that is told."""
    map_ = LIBRARY.map(name)
    document, _ = map_.arranged(invent(map_, Chance(random, often, padded=True)))
    again, wire, found, _ = turned(map_, document)
    assert not re.search(rb" [*>~]", wire.partition(b"~GS*")[2]), "blanks behind a value were written"
    if again is None or ordered(msgspec.to_builtins(again)) != ordered(msgspec.to_builtins(document)):
        assert found, "a document changed in silence"
    if again is not None:
        second, _, _, _ = turned(map_, again)
        assert ordered(msgspec.to_builtins(second)) == ordered(msgspec.to_builtins(again)), "a second turn changes it"


@pytest.mark.parametrize("name", NAMED_MAPS)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(random=st.randoms(use_true_random=False), often=st.sampled_from([0.5, 0.9]))
def test_blanks_around_a_free_text_come_back_where_the_wire_can_say_them(name: str, random: Any, often: float) -> None:
    map_ = LIBRARY.map(name)
    document, _ = map_.arranged(invent(map_, Chance(random, often, padded=True)))
    again, wire, found, _ = turned(map_, document)
    if again is None or ordered(msgspec.to_builtins(again)) != ordered(msgspec.to_builtins(document)):
        assert found or in_coarser_words(map_, document, again, wire), "a document changed in silence"
