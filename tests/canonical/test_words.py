"""A word that maps write and business decides by is spelt alike in both, or it is a fault at load."""

from __future__ import annotations

import importlib
import pkgutil
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from hub.business import orders
from hub.canonical.words import VOCABULARIES
from hub.formats.families import SchemaLibrary
from hub.mapping.library import MapLibrary
from hub.platform.configuration import Configuration
from tests.house import CHECKOUT

OF_ORDERS = {
    "bearings.DATES": "date",
    "bearings.PARTIES": "party-role",
    "bearings.CONDITIONS": "sales-condition",
    "bearings.KINDS": "order-kind",
    "bearings.PRICES": "price-kind",
    "bearings.REFERENCES": "reference",
    "contracts._MAY_NAME_ONE": "reference",
    "decide.NEW": "order-purpose",
    "items.DEVICES": "item-scheme",
    "items.OUR_NUMBERS": "item-scheme",
    "items.REVISED": "reference",
    "items._FOREIGN_NUMBERS": "item-scheme",
    "items._TELLS_NO_ITEM": "item-scheme",
    "items._UNDERSTOOD": "item-scheme",
    "charges.ALLOWANCES": "charge-kind",
    "lines._AS_IT_IS": "component",
    "lots.CERTAIN_GOODS": "item-scheme reference",
    "parties._ROLES": "party-role",
    "places.COMPARED": "reference",
    "prices.PER_LINE_UNIT": "price-basis",
    "prices._PER": "price-basis",
}
"""Which vocabulary, or vocabularies, the words are of that a module of the room decides by."""

NO_VOCABULARY = {"bearings._TABLES", "decide._DECIDED", "pages._IN_LINE", "pages._IN_ORDER", "sums._CALLED"} | {
    "places._CHANGE_THE_PROMISE"
}
"""Names of sections, columns, fields and our own verdicts: no map writes them."""


def collections_of_words() -> Iterator[tuple[str, set[str]]]:
    """Return every collection of texts that a module of the room has as a constant, by where it is met first."""
    seen: set[int] = set()
    for found in pkgutil.iter_modules(orders.__path__):
        module = importlib.import_module(f"{orders.__name__}.{found.name}")
        for name, value in vars(module).items():
            known = id(value) in seen
            if isinstance(value, frozenset | dict) and value and not known and _is_lower_words(value):
                seen.add(id(value))
                yield f"{found.name}.{name}", {each for each in value if each is not None}


def _is_lower_words(value: frozenset[object] | dict[object, object]) -> bool:
    return all(each is None or (isinstance(each, str) and type(each) is str and each.islower()) for each in value)


@pytest.mark.parametrize(("name", "vocabulary"), OF_ORDERS.items(), ids=OF_ORDERS)
def test_what_orders_are_decided_by_are_words_that_maps_can_write(name: str, vocabulary: str) -> None:
    words = dict(collections_of_words())[name]
    assert words - {word for each in vocabulary.split() for word in VOCABULARIES[each]} == set()


def test_no_collection_of_words_is_decided_by_that_nobody_holds_against_a_vocabulary() -> None:
    assert {name for name, _ in collections_of_words()} == {*OF_ORDERS, *NO_VOCABULARY}


@pytest.mark.parametrize("family", sorted(path.parent.name for path in CHECKOUT.glob("mappings/*/codes.toml")))
def test_no_table_of_codes_has_a_word_that_its_vocabulary_lacks(family: str) -> None:
    tables = tomllib.loads((CHECKOUT / "mappings" / family / "codes.toml").read_text(encoding="utf-8"))
    for name, table in tables.items():
        words = {word for word in table.values() if isinstance(word, str)}
        assert words - VOCABULARIES.get(name, words) == set(), name


def library(roots: Sequence[Path]) -> MapLibrary:
    return MapLibrary(roots, SchemaLibrary(roots))


@pytest.fixture
def misspelt(tmp_path: Path) -> Configuration:
    """The configuration with one word misspelt, as it happened: every order of every partner waited for a person."""
    codes = (CHECKOUT / "mappings/x12/codes.toml").read_text(encoding="utf-8")
    (tmp_path / "mappings/x12").mkdir(parents=True)
    assert '"00" = "original"' in codes
    (tmp_path / "mappings/x12/codes.toml").write_text(codes.replace('"00" = "original"', '"00" = "orginal"'))
    return Configuration([CHECKOUT, tmp_path])


def test_a_misspelt_word_is_a_fault_at_load_with_its_line_and_the_nearest_word(misspelt: Configuration) -> None:
    faults = library(misspelt.roots).faults("x12/004010/850")
    [fault] = [each for each in faults if each.code == "MAP-LINT-WORD"]
    assert "'orginal' is no word of the vocabulary order-purpose" in fault.message
    assert fault.where.file == "x12/codes.toml"
    assert "original" in str(fault.remedy)


def test_where_any_code_may_pass_any_word_may_stand(tmp_path: Path) -> None:
    """References are what a partner calls them: their table has a plus."""
    codes = (CHECKOUT / "mappings/x12/codes.toml").read_text(encoding="utf-8")
    (tmp_path / "mappings/x12").mkdir(parents=True)
    (tmp_path / "mappings/x12/codes.toml").write_text(
        codes.replace("[reference]\n", '[reference]\nQQ9 = "our-own-word"\n')
    )
    assert library([CHECKOUT, tmp_path]).faults("x12/004010/850") == []
