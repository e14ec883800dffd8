"""What a map says a document is known by, as the same one again."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given as holds_for
from hypothesis import strategies as st
from msgspec.structs import replace

from hub.mapping.identity import REFERENCE_CHARACTERS_MAX, identity_of
from hub.mapping.library import Map
from tests.mapping.small import Doc, library

MAP = '[map]\ndocument = "Doc"\nwire = "x12/004010/999"\n{identity}[fields]\nnumber = "BEG02"\nplaced.on = "BEG04"\n'


def of(folder: Path, identity: str) -> Map:
    return library(folder, small=MAP.format(identity=identity)).map("small")


def faults(folder: Path, identity: str) -> list[str]:
    return [str(fault) for fault in library(folder, small=MAP.format(identity=identity)).faults("small")]


def test_a_map_that_names_nothing_knows_no_document_again(tmp_path: Path) -> None:
    assert of(tmp_path, "").identity(Doc(number="4711")) is None


@pytest.mark.parametrize(
    ("identity", "document", "said"),
    [
        ('["number"]', Doc(number="4711"), "4711"),
        ('["number", "kind"]', Doc(number="4711", kind="original"), "4711 / original"),
        ('["number", "kind"]', Doc(number="4711"), "4711"),
        ('["number"]', Doc(), None),
        ('["number"]', Doc(number="a / b"), "a \\/ b"),
    ],
)
def test_what_the_fields_say_is_the_identity(tmp_path: Path, identity: str, document: Doc, said: str | None) -> None:
    assert of(tmp_path, f"identity = {identity}\n").identity(document) == said


def test_a_long_one_is_its_digest_and_still_tells_documents_apart() -> None:
    long = Doc(number="9" * 5_000)
    first, other = identity_of(long, ["number"]), identity_of(replace(long, number="9" * 5_001), ["number"])
    assert first != other
    assert all(each is not None and len(each) <= REFERENCE_CHARACTERS_MAX for each in (first, other))


@pytest.mark.parametrize(
    ("identity", "said"),
    [
        ('["numbr"]', "'numbr' is no single field of Doc"),
        ('["lines"]', "'lines' is no single field of Doc"),
        ('["number.value"]', "'number.value' is no single field of Doc"),
        ('"number"', "'identity' must be a list of fields"),
        ("[]", "'identity' must be a list of fields"),
        ("3", "'identity' must be a list of fields"),
        ("[3]", "'identity' must be a list of fields"),
        ('[""]', "'identity' must be a list of fields"),
        ('["a b"]', "'identity' must be a list of fields"),
        (str(["number"] * 9), "'identity' must be a list of fields"),
    ],
)
def test_what_cannot_tell_documents_apart_is_a_fault_with_its_line(tmp_path: Path, identity: str, said: str) -> None:
    [fault] = faults(tmp_path, f"identity = {identity}\n".replace("'", '"'))
    assert said in fault
    assert "small.toml:4" in fault


@holds_for(st.lists(st.text(min_size=1, max_size=120), min_size=2, max_size=2, unique=True))
def test_two_numbers_are_never_one_identity(numbers: list[str]) -> None:
    first, other = (identity_of(Doc(number=number), ["number", "kind"]) for number in numbers)
    assert first != other
