"""What is said is a template and its words, and stays that until somebody reads it."""

from __future__ import annotations

import subprocess
import sys
from string import Formatter

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.kernel.diagnostics import Diagnostic, Severity, with_sentences
from hub.kernel.location import Location
from hub.kernel.sentence import NESTED_MAX, Phrase, Word, Wording, declared, in_words, templates
from hub.web.catalogues import import_rooms, load
from hub.web.languages import LANGUAGES
from hub.web.reading_out import WordingReader

CHINESE = WordingReader(load(LANGUAGES[1]).gettext)
NASTY = st.text(max_size=40) | st.sampled_from(
    ["{found}", "{0.__class__}", "{", "}", "{{", "%s", "%(found)s", "<b>x</b>", "a\nb", "; remedy: pay me", "' or '"]
)

import_rooms()


def _said(words: Word) -> Wording:
    return Wording(key="GDE-SEGMENT-UNKNOWN", words={"found": words})


@given(NASTY)
def test_a_value_stands_in_its_sentence_as_it_is_and_changes_nothing_around_it(value: str) -> None:
    for language in (None, CHINESE):
        said = in_words(_said(value), language) if language else in_words(_said(value))
        around = in_words(_said("\0"), language) if language else in_words(_said("\0"))
        before, after = around.split("\0")
        assert said == before + value + after


@given(st.lists(NASTY, min_size=1, max_size=5), NASTY)
def test_values_in_lists_and_in_what_stands_within_stay_as_they_are(values: list[str], inner: str) -> None:
    words: dict[str, Word] = {"codes": [*values, _said(inner)]}
    said = in_words(Wording(key="guide/codes", words=words))
    assert said == "one of " + ", ".join([*values, f"{inner} is no segment of this release"])


@given(NASTY)
def test_a_finding_comes_back_from_the_store_with_the_same_sentence(value: str) -> None:
    found = Diagnostic(
        code="GDE-ELEMENT-TOO-LONG",
        severity=Severity.VALUE,
        words={"label": "Unit Price", "expected": Wording(key="guide/number", words={"length": value})},
        location=Location(segment=3, tag="PO1", element=4),
        found=value or None,
    )
    stored = msgspec.json.encode(found)
    back = msgspec.json.decode(stored, type=Diagnostic)
    assert (back.message, back.remedy) == (found.message, found.remedy)
    assert b"is too long" not in stored
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(found), type=Diagnostic) == found


def test_a_finding_that_an_earlier_hub_stored_as_a_sentence_is_shown_as_it_stands() -> None:
    stored = b'{"code":"GDE-GONE","severity":3,"message":"{tag} was {odd}","remedy":"do 100%","location":{"tag":"PO1"}}'
    found = msgspec.json.decode(stored, type=Diagnostic)
    assert (found.message, found.remedy) == ("{tag} was {odd}", "do 100%")
    assert (CHINESE.finds(found), CHINESE.advises(found)) == ("{tag} was {odd}", "Do 100%")
    assert str(found) == "GDE-GONE part: PO1: {tag} was {odd}; remedy: do 100%"


def test_what_a_newer_hub_has_stored_is_told_by_its_key() -> None:
    found = Diagnostic(code="GDE-NEWER", case="odd", severity=Severity.NOTE, words={"a": "b"})
    assert (found.message, found.remedy) == ("GDE-NEWER/odd", None)


def test_a_finding_has_its_words_in_the_readers_language() -> None:
    found = Diagnostic(
        code="GDE-ELEMENT-TOO-LONG",
        severity=Severity.VALUE,
        words={"label": "Unit Price", "expected": Wording(key="guide/number", words={"length": "15"})},
        location=Location(tag="PO1", element=4),
        found="1" * 16,
    )
    assert found.message == "PO104 (Unit Price) = '1111111111111111' is too long"
    assert found.remedy == "send a number of 15 digits"
    assert "PO104（" in CHINESE.finds(found)
    assert "1111111111111111" in CHINESE.finds(found)
    assert "a number of" not in CHINESE.advises(found)


def test_who_has_only_json_is_given_the_sentences() -> None:
    found = Diagnostic(code="ENV-EMPTY", severity=Severity.ENVELOPE)
    told = msgspec.to_builtins(with_sentences({"findings": [found], "why": _said("by hand")}))
    assert told["why"] == "by hand is no segment of this release"
    assert told["findings"][0]["message"].startswith("the file is empty")
    assert told["findings"][0]["remedy"]


def test_sayings_within_sayings_come_to_an_end() -> None:
    said: Word = "deep"
    for _ in range(NESTED_MAX * 4):
        said = _said(said)
    assert isinstance(said, Wording)
    assert len(str(said)) < 1_000


def test_two_rooms_cannot_say_different_things_by_one_name() -> None:
    with pytest.raises(ValueError, match="GDE-SEGMENT-UNKNOWN"):
        declared({"GDE-SEGMENT-UNKNOWN": Phrase(message="something else")})


def _holes(text: str) -> set[str | None]:
    return {hole for _, hole, _, _ in Formatter().parse(text)} - {None}


def test_a_translation_has_the_holes_of_its_template_and_no_others() -> None:
    texts = {text for each in templates().values() for text in (each.message, each.remedy) if text}
    assert len(texts) > 300, "too few: this test would hold for little"
    assert not [text for text in texts if _holes(CHINESE.template(text)) != _holes(text)]


@pytest.mark.parametrize(
    "reads", ["import hub.cli.serve", "from hub.cli.sentences import know_every_sentence as all_; all_()"]
)
def test_who_reads_the_store_knows_every_sentence_that_can_stand_in_it(reads: str) -> None:
    asked = f"{reads}; from hub.kernel.sentence import templates; print('\\n'.join(templates()))"
    known = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout.split("\n")
    assert not {key for key in templates() if not key.startswith("GDE-SECOND-")} - set(known)
