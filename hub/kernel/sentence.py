"""Sentences as data: a template and its words, put together where somebody reads them, in the reader's language.

In: the tables of the rooms, each declared beside the code that speaks (``declared``). Out: ``Wording``, which names a
template and holds its words; it is stored and handed on as that. ``in_words`` makes the sentence. A word is a value as
it stands, something that is said itself, or a list of either. A value never becomes part of a template, so that
braces, percent signs and markup in it stay what they are; and nothing is ever read back from a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from string import Formatter
from typing import Protocol, TypeVar

from hub.kernel.spelling import visible
from hub.kernel.struct import Struct

NESTED_MAX = 12  # sayings within sayings; the deepest of ours, a late answer that waits for a finding, has eight
TEMPLATES_MAX = 4_096  # templates kept taken apart, of all languages: ten times what two have
CHECKED = "checked"
"""The case of a sentence that is for who checks a file of their own, where another is for who was sent it."""
_IN_QUOTES = re.compile(r"(?<=['\"`<./])\{(\w+)\}(?=['\"`>\]/])")
JOINTS = {"": ", ", "or": " or ", "also": "; "}
"""How the words of a list are joined, by what stands behind the colon of its hole: ``{loops:or}``."""


class Wording(Struct):
    """One thing said: ``key`` is a finding's code, behind a slash the case where a code has several sentences.

    What is no finding of its own (a length, a place) has a key in small letters.
    """

    key: str
    words: dict[str, Word] = {}
    advises: bool = False  # its remedy is said instead of what is wrong

    def __str__(self) -> str:
        return in_words(self)


Word = str | int | Wording | list[str | int | Wording]


class Template(Protocol):
    """What is always the same about one thing that can be said."""

    @property
    def message(self) -> str: ...
    @property
    def remedy(self) -> str | None: ...


class Phrase(Struct):
    """A template that has no more to it; ``remedy`` where it is said of a fault."""

    message: str
    remedy: str | None = None


class Language(Protocol):
    """How a reader is spoken to."""

    def template(self, text: str) -> str:
        """Return a template, or a joint of a list, in the reader's language."""

    def word(self, hole: str, word: str) -> str:
        """Return a word in the reader's language if it is one of ours, as ``hole`` tells; else as it is."""


class _English:
    """The language in which the rooms write."""

    def template(self, text: str) -> str:
        return text

    def word(self, hole: str, word: str) -> str:
        return word


ENGLISH: Language = _English()
_TEMPLATES: dict[str, Template] = {}
_WHOLE: dict[str, str] = {}  # of templates that have no holes: their keys, by what they say
SomeTemplate = TypeVar("SomeTemplate", bound=Template)


def quoted(value: str | None) -> Word:
    """Return somebody's value fit to stand in a sentence: quoted, with nothing in it that would steer, not too long."""
    return Wording(key="quoted", words={"text": visible(value)}) if value else EMPTY


def declared(table: Mapping[str, SomeTemplate]) -> Mapping[str, SomeTemplate]:
    """Make the sentences of a room known, by their keys; return the table.

    A key that another table has raises ``ValueError``: two rooms would say different things by one name.
    """
    twice = table.keys() & _TEMPLATES.keys()
    if twice and any(_TEMPLATES[key] != table[key] for key in twice):
        raise ValueError(f"declared twice: {', '.join(sorted(twice))}")
    _TEMPLATES.update(table)
    _WHOLE.update({each.message: key for key, each in table.items() if "{" not in each.message})
    return table


def templates() -> Mapping[str, Template]:
    """Return every sentence of the rooms that are imported."""
    return _TEMPLATES


def in_words(said: Wording, language: Language = ENGLISH) -> str:
    """Return what is said. What no room declares is told by its key: a newer hub has stored it."""
    return _in_words(said, language, NESTED_MAX)


def message_of(key: str, words: Mapping[str, Word], language: Language = ENGLISH) -> str:
    """Return the sentence of template ``key``."""
    template = _TEMPLATES.get(key)
    return _filled(template.message, words, language, NESTED_MAX) if template else key


def remedy_of(key: str, words: Mapping[str, Word], language: Language = ENGLISH) -> str | None:
    """Return what template ``key`` advises; None when it advises nothing."""
    template = _TEMPLATES.get(key)
    return _filled(template.remedy, words, language, NESTED_MAX) if template and template.remedy else None


def keys_within(said: Wording) -> Iterator[str]:
    """Yield the key of what is said, then those of what is said within it: a call quotes the finding it is about."""
    yield said.key
    for word in said.words.values():
        for each in word if isinstance(word, list) else [word]:
            if isinstance(each, Wording):
                yield from keys_within(each)


def opening(said: Wording, language: Language = ENGLISH) -> tuple[str, str] | None:
    """Return the word with which what is said begins, behind the hole it stands in; None where a template begins it."""
    for _ in range(NESTED_MAX):
        text = _text(said)
        found = _first(text, said.words, language) if text else None
        if not isinstance(found, Wording):
            return found
        said = found
    return None


def _first(text: str, words: Mapping[str, Word], language: Language) -> tuple[str, str] | Wording | None:
    for literal, hole, _ in _parts(language.template(text)):
        if literal or hole is None:
            return None
        word = words.get(hole, "")
        first = next(iter(word), "") if isinstance(word, list) else word
        if isinstance(first, Wording):
            return first
        if first != "":
            return hole, str(first)
    return None


def _text(said: Wording) -> str | None:
    template = _TEMPLATES.get(said.key)
    if template is None:
        return None
    return template.remedy if said.advises else template.message


def _in_words(said: Wording, language: Language, left: int) -> str:
    text = _text(said)
    return _filled(text, said.words, language, left) if text and left else said.key


def _filled(text: str, words: Mapping[str, Word], language: Language, left: int) -> str:
    said: list[str] = []
    quoted = _quoted(text)
    for literal, hole, joint in _parts(language.template(text)):
        said.append(literal)
        if hole is not None:
            word = words.get(hole, "…")
            if isinstance(word, str) and hole in quoted:
                said.append(word)
            else:
                said.append(_word(hole, joint, word, language, left - 1))
    return "".join(said)


def _word(hole: str, joint: str, word: Word, language: Language, left: int) -> str:
    if isinstance(word, str):
        return language.word(hole, word)
    if isinstance(word, Wording):
        return _in_words(word, language, left)
    if isinstance(word, list):
        return language.template(JOINTS[joint]).join([_word(hole, "", each, language, left) for each in word])
    return str(word)


@lru_cache(TEMPLATES_MAX)
def _parts(text: str) -> tuple[tuple[str, str | None, str], ...]:
    """Return a template taken apart: what stands as it is, the hole behind it, how a list in the hole is joined."""
    return tuple((literal, hole, spec or "") for literal, hole, spec, _ in Formatter().parse(text))


@lru_cache(TEMPLATES_MAX)
def _quoted(text: str) -> frozenset[str]:
    """Return the holes that stand in quotation marks: what is in them is somebody's, and no word of ours."""
    return frozenset(_IN_QUOTES.findall(text))


def as_written(text: str) -> Wording:
    """Return as something said what somebody wrote: a person, a partner, an earlier hub. It stays as it is."""
    return Wording(key="as-written", words={"text": text})


def stored_as_sentence(text: str) -> Wording:
    """Return as something said the English sentence that an earlier hub stored: its key, where it is one of ours whole.

    Any other stays as it is: what stands in it, values and sentences, is not told apart any more.
    """
    key = _WHOLE.get(text)
    return as_written(text) if key is None else Wording(key=key)


EMPTY = Wording(key="empty")
declared(
    {"empty": Phrase(message="empty"), "quoted": Phrase(message="'{text}'"), "as-written": Phrase(message="{text}")}
)
