"""Text as sent, made fit for its column: what a partner writes may be longer than any column, and hold anything.

What enters is a row; what leaves is the same row whose texts every engine takes. PostgreSQL refuses a NUL, a lone
surrogate and a text longer than its column, and with them the whole transaction. Nothing can go wrong here, and
nothing is lost: the message's own bytes are kept beside.
"""

from __future__ import annotations

import re
from functools import cache

import msgspec
from sqlalchemy import String, Table

from hub.kernel.sentence import Word, Wording, as_written

REPLACEMENT = "\ufffd"

_UNSTORABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_UNSTORABLE_IN_PROSE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # whose lines may break

_STEERING = re.compile("[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
"""Signs that turn the direction of what follows, break its line or are not seen: in a name they only deceive."""


def storable(table: Table, row: dict[str, object]) -> dict[str, object]:
    """Return ``row`` with its texts visible throughout and cut to the lengths of the columns of ``table``."""
    mended = {
        name: storable_text(value, length_max)
        for name, length_max in _lengths(table)
        if isinstance(value := row.get(name), str)
        and not (value.isprintable() and (length_max is None or len(value) <= length_max))
    }
    return row | mended if mended else row


def storable_text(text: str, length_max: int | None = None) -> str:
    """Return ``text`` with control signs and what is no character made visible, at most ``length_max`` long.

    Without a length it is prose, in which tabs and line ends stay.

    >>> storable_text("00\\x0001", 20), storable_text("PURCHASE-ORDER", 4), storable_text("\\udcff", 4)
    ('00␀01', 'PURC', '\ufffd')
    """
    if not text.isprintable():  # the quick look: nearly every text passes
        text = (_UNSTORABLE if length_max else _UNSTORABLE_IN_PROSE).sub(_visible, text)
    return text if length_max is None else text[:length_max]


def storable_name(name: str) -> str:
    """Return a file's name as its sender wrote it, with the signs written out that would show it as another.

    >>> storable_name("order\\u202efdp.exe"), storable_name("订单 1.edi")
    ('order\\\\u202efdp.exe', '订单 1.edi')
    """
    return name if name.isprintable() else _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", name)


def _visible(found: re.Match[str]) -> str:
    code = ord(found[0])
    return chr(0x2400 + code) if code < 0x20 else "\u2421" if code == 0x7F else REPLACEMENT


@cache
def _lengths(table: Table) -> list[tuple[str, int | None]]:
    """Return every text column and its length; None: any."""
    return [(column.name, column.type.length) for column in table.columns if isinstance(column.type, String)]


SAID_CHARACTERS_MAX = 8_000  # of something said, as it is stored: a sentence of a page, and what stands around words
SENTENCE_CHARACTERS_MAX = 2_000  # of a sentence for a person, whoever wrote it: a page of paper


def storable_said(said: Wording) -> Wording:
    """Return ``said`` with its words made fit for a column; what is too long for data is kept as a sentence."""
    mended = Wording(
        key=said.key, words={name: _storable_word(word) for name, word in said.words.items()}, advises=said.advises
    )
    if len(msgspec.json.encode(mended)) <= SAID_CHARACTERS_MAX:
        return mended
    return as_written(str(mended)[:SENTENCE_CHARACTERS_MAX])


def _storable_word(word: Word) -> Word:
    if isinstance(word, str):
        return storable_text(word[:SENTENCE_CHARACTERS_MAX])
    if isinstance(word, Wording):
        return storable_said(word)
    return [_storable_one(each) for each in word] if isinstance(word, list) else word


def _storable_one(word: str | int | Wording) -> str | int | Wording:
    if isinstance(word, str):
        return storable_text(word[:SENTENCE_CHARACTERS_MAX])
    return storable_said(word) if isinstance(word, Wording) else word
