"""What rooms say is read in the viewer's language: by its key, whole, and never taken apart."""

from __future__ import annotations

import ast

import pytest

from hub.flow.summary import REJECTED
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.errors import Misconfigured
from hub.kernel.sentence import Wording, as_written, templates
from hub.web.catalogues import import_rooms, load
from hub.web.languages import LANGUAGES
from hub.web.reading_out import WordingReader
from tests.project.checkout import named, parsed, python_files

ENGLISH, CHINESE = (WordingReader(load(language).gettext) for language in LANGUAGES)


def test_what_calls_a_person_is_said_in_the_viewers_language_with_its_values() -> None:
    why = Wording(key=REJECTED, words={"message": as_written("12; {text}")})
    first = Wording(key="call/document-about", words={"number": "0002", "subject": "45 or 46", "why": why})
    said = Wording(key="call/more", words={"asked": first, "more": 3})
    assert ENGLISH.says(said) == "Document 0002, about 45 or 46: Rejected: 12; {text}; and 3 more need a person"
    assert "被拒：12; {text}" in CHINESE.says(said)
    assert "45 or 46" in CHINESE.says(said)


def test_a_fault_of_ours_keeps_its_file_and_line() -> None:
    fault = Misconfigured("CFG-VALUE/stands-twice", file="partners/x/prices.toml", line=3, name="amount")
    said = CHINESE.says(Wording(key="call/configuration", words={"fault": fault.wording}))
    assert said.startswith("我方配置有误：partners/x/prices.toml:3: ")


@pytest.mark.parametrize(
    "theirs", ["nobody has a pattern for this", "5 by acme", "Test", "wrong price, one of two", "a date", "accepted"]
)
def test_what_others_wrote_stays_as_they_wrote_it(theirs: str) -> None:
    assert CHINESE.says(Wording(key="refused/because", words={"partner": "acme", "reason": theirs})).endswith(theirs)
    assert CHINESE.says_within(as_written(theirs)) == theirs


@pytest.mark.parametrize("reader", [ENGLISH, CHINESE], ids=["en", "zh"])
@pytest.mark.parametrize("name", ["partNo", "cbc:PriceAmount", "item.revision", "amount", "cXML", "days_per_lot"])
def test_a_sentence_begins_with_a_name_as_the_name_is_spelt(reader: WordingReader, name: str) -> None:
    missing = Diagnostic(code="GDE-NAME-MISSING", severity=Severity.DOCUMENT, words={"name": name})
    assert reader.finds(missing) in (f"{name} is missing", f"缺少 {name}")
    assert reader.says(Wording(key="fault", words={"fault": missing.wording})) == reader.finds(missing)


def test_cxml_is_spelt_so_at_the_start_of_our_own_sentences() -> None:
    finding = Diagnostic(code="ENV-NOTHING-AGREED", severity=Severity.ENVELOPE, case="cxml")
    assert ENGLISH.finds(finding).startswith("cXML was not agreed on")


def test_a_sentence_of_ours_begins_with_a_capital() -> None:
    day = Wording(key="order/day", words={"kind": "delivery", "day": "2026-12-01"})
    assert ENGLISH.says(day) == "Delivery 2026-12-01"
    assert ENGLISH.says("partner's number, and more") == "Partner's number, and more"


def test_nothing_is_said_of_nothing() -> None:
    assert CHINESE.says(None) == CHINESE.says("") == CHINESE.says_within(None) == ""


def test_a_text_is_looked_up_as_a_whole_and_no_part_of_it() -> None:
    assert CHINESE.says("order number") != "Order number"
    assert CHINESE.says("order number; order number") == "Order number; order number"


def test_no_room_makes_a_finding_by_its_sentence() -> None:
    made = [
        f"{named(path)}:{node.lineno}"
        for path in python_files("hub")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) == "Diagnostic"
        and {"told", "advised"} & {each.arg for each in node.keywords}
    ]
    assert made == []


def test_what_is_wrong_with_our_files_is_named_by_a_code_that_has_a_sentence() -> None:
    import_rooms()
    unknown = [
        f"{named(path)}:{node.lineno} {key.value!r}"
        for path in python_files("hub")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "Misconfigured"
        and isinstance(key := node.args[0], ast.Constant)
        and key.value not in templates()
    ]
    assert unknown == []


def test_a_word_of_ours_is_told_from_its_like_in_other_senses_to_translators_alone() -> None:
    assert ENGLISH.word("kind", "delivery") == "delivery"
    assert ENGLISH.word("role", "ship-to") == "ship to"
    assert ENGLISH.word("meaning", "quantity") == "quantity"
    assert CHINESE.word("kind", "delivery") == "交货日"
