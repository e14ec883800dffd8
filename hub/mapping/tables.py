"""Code tables, ready to use both ways: code → word, word → code.

Tables as written enter; ``CodeMap`` leaves. Which table a name means: the map's own, its bases', then the
family's ``codes.toml`` (merged by ``load``). What can go wrong: two codes for one word and nobody saying
which is written; lint tells, and the first in the file is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hub.canonical.words import VOCABULARIES
from hub.kernel.struct import Struct
from hub.mapping.scan import Where
from hub.mapping.spec import CodeTable, SourceText


class CodeMap(Struct):
    """One table: ``words`` by code, ``codes`` by word; ``doubles`` are words with several codes and no reverse."""

    name: str
    words: dict[str, str]
    codes: dict[str, str]
    doubles: dict[str, Where]
    strange: dict[str, Where]  # words that the vocabulary of the table's name does not have
    loose: dict[str, Where]  # codes that equal a word of another code: with + they could not be told apart
    places: dict[str, Where]  # where each file that has a part of it says its first word


def code_maps(tables: Mapping[str, CodeTable]) -> dict[str, CodeMap]:
    """Return the tables by name, ready to use."""
    return {name: _code_map(name, table) for name, table in tables.items()}


def _code_map(name: str, table: CodeTable) -> CodeMap:
    words = {code: said.text for code, said in table.words.items()}
    codes = {word: said.text for word, said in table.reverse.items()}
    doubles: dict[str, Where] = {}
    for code, said in table.words.items():
        if said.text in table.reverse:
            continue
        if said.text in codes:
            doubles[said.text] = said.where
        else:
            codes[said.text] = code
    loose = {code: said.where for code, said in table.words.items() if code in words.values() and words[code] != code}
    strange = _strange(
        name, [*table.words.values(), *(SourceText(text=w, where=said.where) for w, said in table.reverse.items())]
    )
    said_at = [said.where for said in (*table.words.values(), *table.reverse.values())]
    places = {where.file: where for where in reversed(said_at)}
    return CodeMap(name=name, words=words, codes=codes, doubles=doubles, strange=strange, loose=loose, places=places)


def _strange(name: str, said: Iterable[SourceText]) -> dict[str, Where]:
    vocabulary = VOCABULARIES.get(name)
    return {} if vocabulary is None else {each.text: each.where for each in said if each.text not in vocabulary}
