"""What we say of a code of an acknowledgement is held against the code lists of the release."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping

import pytest

from hub.formats.x12.acknowledgement_codes import ELEMENT, GROUP, SEGMENT, SET, Said
from tests.house import CHECKOUT

LISTS = tomllib.loads((CHECKOUT / "schemas/x12/004010/codes.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("number", "said"), [("716", GROUP), ("718", SET), ("720", SEGMENT), ("723", ELEMENT)], ids=lambda one: str(one)[:3]
)
def test_every_code_of_the_release_is_told_in_words_with_a_remedy(number: str, said: Mapping[str, Said]) -> None:
    known = {*LISTS[number], *LISTS[number].get("bare", "").split()} - {"bare"}
    assert known <= set(said)
    assert all(why and remedy for why, remedy in said.values())
