"""Every class is named in words that the glossary has: terms it explains, and words that it lists as plain.

A name is split where its capitals are. Each of its words is a term of the glossary's table, or stands in its lists of
plain words, which are read in the sense that every engineer, buyer or reader of English knows. A list that anything
could be added to would hold nothing, so each plain word is used by a class, is no term, and is none of the words that
the table says we do not use.
"""

from __future__ import annotations

import ast
import re
from functools import cache

from tests.project.checkout import ROOT, named, parsed, python_files

GLOSSARY = ROOT / "docs" / "glossary.md"
TERM = re.compile(r"\*\*(.+?)\*\*|`(\w+)`")
IN_CODE = re.compile(r"\(in code: `[^)]*")
WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
PLAIN = re.compile(r"^\* \*\*[^*]+\*\*[^:]*: (.+?)\.$", re.MULTILINE | re.DOTALL)
ENDINGS = ("", "s", "es", "d", "ed", "ing", "er", "r")  # one entry stands for the forms of its word
TWINS = {
    "Hub",  # what the web asks for, as a protocol, and the one class that is it
}
FORMS_OF_LISTS = 3  # computing, commerce, English


def words_of(name: str) -> list[str]:
    """Return the words of a class name, small: ``["x", "12", "family"]`` of ``X12Family``."""
    return [word.lower() for word in WORD.findall(name)]


@cache
def table() -> tuple[tuple[str, str, str], ...]:
    rows = (
        line.strip("|").split("|") for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if line[:3] == "| *"
    )
    return tuple((row[0].strip(), row[1].strip(), row[2].strip()) for row in rows)


@cache
def terms() -> frozenset[str]:
    """Return the words of what the table explains; a name of the code that stands there counts as the term it is."""
    found = set[str]()
    for term, means, _ in table():
        for said, code in TERM.findall(" ".join([term, *IN_CODE.findall(means)])):
            found |= set(words_of(code) if code else re.findall(r"[a-z0-9]+", said.lower()))
    return frozenset(found)


@cache
def plain() -> tuple[str, ...]:
    lists = PLAIN.findall(GLOSSARY.read_text(encoding="utf-8").partition("## Plain words")[2])
    assert len(lists) == FORMS_OF_LISTS
    return tuple(word for each in lists for word in re.split(r",\s+", each))


def is_form_of(word: str, known: frozenset[str]) -> bool:
    """Say whether ``word`` is one of those, or a form of one: *rendered* of *render*, *parties* of *party*.

    >>> is_form_of("parties", frozenset({"party"})), is_form_of("party", frozenset({"part"}))
    (True, False)
    """
    singular = word[:-3] + "y" if word.endswith("ies") else word
    return singular in known or any(
        word == form + end for form in known for end in ENDINGS if len(form) + len(end) == len(word)
    )


@cache
def classes() -> tuple[tuple[str, str], ...]:
    """Return every public class of the hub: where it stands, and its name."""
    return tuple(
        (f"{named(path)}:{node.lineno}", node.name)
        for path in python_files("hub")
        for node in parsed(path).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )


def test_every_class_is_named_in_words_of_the_glossary() -> None:
    known = terms() | frozenset(plain())
    found = [
        f"{place} {name}: {word!r}"
        for place, name in classes()
        for word in words_of(name)
        if not is_form_of(word, known)
    ]
    assert len(classes()) > 300
    assert not found, "no word of docs/glossary.md:\n" + "\n".join(found)


def test_no_two_classes_share_a_name() -> None:
    places: dict[str, list[str]] = {}
    for place, name in classes():
        places.setdefault(name, []).append(place)
    twins = {name: found for name, found in places.items() if len(found) > 1}
    assert set(twins) == TWINS, "one name for one thing:\n" + "\n".join(f"{name}: {twins[name]}" for name in twins)


def test_each_plain_word_is_used_by_a_class_and_said_once() -> None:
    used = {word for _, name in classes() for word in words_of(name)}
    assert [word for word in plain() if not any(is_form_of(each, frozenset({word})) for each in used)] == []
    assert sorted(plain()) == sorted(set(plain()))


def test_no_plain_word_is_a_term_or_one_that_we_do_not_use() -> None:
    avoided = {word for _, _, others in table() for word in re.split(r",\s*", others) if word}
    assert set(plain()) & terms() == set()
    assert set(plain()) & avoided == set(), "a word we do not use needs a row that says in which sense we do"


def test_a_term_is_explained_once() -> None:
    said = [term for row, _, _ in table() for term in re.findall(r"\*\*(.+?)\*\*", row)]
    assert sorted(said) == sorted(set(said))
