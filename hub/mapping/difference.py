"""Two maps held against each other: by what they say, and by what they make of the same documents.

Two maps enter, with their bases already beneath them; changes leave, each naming its rule as a person would look for
it, what it was, what it is and where that stands. Lines that mean the same are no change, however they are spelt.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from typing import Literal

from msgspec.structs import replace

from hub.canonical.stored import encode_document
from hub.kernel.errors import Misconfigured
from hub.kernel.struct import Struct
from hub.mapping.documents import DocumentRead, read_documents, write_document
from hub.mapping.explain import leaves
from hub.mapping.library import Map
from hub.mapping.load import Loaded
from hub.mapping.paths import Path, parse_path
from hub.mapping.source import RuleSource, parse_source
from hub.mapping.spec import SourceText, Table

HEADER_COMPARED = ("document", "wire", "version", "identity", "arranged")
"""Not ``extends``: how a map comes to say it is not what it says."""


class ChangedRule(Struct):
    """One rule that differs. ``where`` is file and line of what is, or of what was and is no more."""

    change: Literal["added", "changed", "removed", "moved"]
    rule: str  # lines.quantity, requirements[kind = quality].at, codes.unit.KT
    where: str
    was: str | None = None
    now: str | None = None
    why: str | None = None  # as the map gives its reason


class ChangedOutput(Struct):
    """One field (or segment, or finding) that comes out differently; one document as the example."""

    field: str
    documents: int  # in which it does
    example: str
    was: str | None = None
    now: str | None = None


class Comparison(Struct):
    """What was tried with both maps, and what it showed."""

    documents: int = 0
    different: int = 0
    effects: list[ChangedOutput] = []


class _Rule(Struct):
    said: SourceText
    meaning: object
    why: str | None = None


def changes_between(was: Loaded, now: Loaded) -> list[ChangedRule]:
    """Return what ``now`` says otherwise than ``was``, in the order of ``now``; what is gone comes last."""
    before, after = _rules_of(was), _rules_of(now)
    found: list[ChangedRule] = []
    for name, rule in after.items():
        known = before.get(name)
        if known is not None and known.meaning == rule.meaning:
            continue
        said = str(rule.said.where)
        old = known.said.text if known else None
        kind: Literal["changed", "added"] = "changed" if known else "added"
        found.append(ChangedRule(change=kind, rule=name, where=said, was=old, now=rule.said.text, why=rule.why))
    found += _moved(before, after)
    gone = ((name, rule.said) for name, rule in before.items() if name not in after)
    found += [ChangedRule(change="removed", rule=name, where=str(said.where), was=said.text) for name, said in gone]
    return found


def effects_inbound(was: Map, now: Map, messages: Iterable[tuple[str, bytes]]) -> Comparison:
    """Read each message (its name, its bytes) through both maps and say which fields come out differently."""
    _refuse_other_sets(was, now)
    seen = _Seen()
    for name, data in messages:
        pairs = zip(read_documents(was, data), read_documents(now, data), strict=True)
        for before, after in pairs:
            if before.applied is not None and after.applied is not None:
                seen.compare(f"{name} set {before.received.number}", _fields(before), _fields(after))
    return seen.looked()


def effects_outbound(was: Map, now: Map, documents: Iterable[tuple[str, Struct]]) -> Comparison:
    """Write each document (the name of its message, itself) through both maps; say which segments differ."""
    _refuse_other_sets(was, now)
    seen = _Seen()
    for name, document in documents:
        before, after = (_segments(each, document) for each in (was, now))
        matcher = SequenceMatcher(a=before, b=after, autojunk=False)
        old: dict[str, str] = {}
        new: dict[str, str] = {}
        for operation, a, b, c, d in matcher.get_opcodes():
            if operation != "equal":
                old |= _by_tag(before[a:b])
                new |= _by_tag(after[c:d])
        seen.compare(name, old, new)
    return seen.looked()


class _Seen:
    """Differences by field, over many documents."""

    def __init__(self) -> None:
        self._documents = self._different = 0
        self._effects: dict[str, ChangedOutput] = {}

    def compare(self, name: str, before: dict[str, str], after: dict[str, str]) -> None:
        different = [path for path in (before | after) if before.get(path) != after.get(path)]
        self._documents += 1
        self._different += bool(different)
        counted: set[str] = set()
        for path in different:
            field = _without_numbers(path)
            first = self._effects.get(field)
            if first is None:
                first = ChangedOutput(field=field, documents=0, example=name, was=before.get(path), now=after.get(path))
            self._effects[field] = replace(first, documents=first.documents + (field not in counted))
            counted.add(field)

    def looked(self) -> Comparison:
        ordered = sorted(self._effects.values(), key=lambda effect: (-effect.documents, effect.field))
        return Comparison(documents=self._documents, different=self._different, effects=ordered)


def _fields(each: DocumentRead) -> dict[str, str]:
    """Return the fields of the document that was read, and what was found; both by their place."""
    assert each.applied is not None
    document = each.applied.document
    said = dict(leaves(json.loads(encode_document(document)), "")) if document is not None else {}
    for finding in each.findings:
        place = finding.location.path or str(replace(finding.location, document=None, envelope=None, group=None))
        said[f"{finding.code} {place}"] = finding.message
    return said


def _segments(map_: Map, document: Struct) -> list[str]:
    written = write_document(map_, document, bare=True)
    return map_.family.pieces(written.data or b"") + [f"{found.code}*{found.message}" for found in written.findings]


def _by_tag(segments: list[str]) -> dict[str, str]:
    return {f"{_beginning(segment)}[{number}]": segment for number, segment in enumerate(segments)}


def _beginning(piece: str) -> str:
    found = _BEGINNING.match(piece)
    return found[1] if found else ""


def _without_numbers(path: str) -> str:
    """Return ``lines[0].quantity`` as ``lines.quantity``: a field is one, however many lines have it."""
    return "".join(part.partition("]")[2] if number else part for number, part in enumerate(path.split("[")))


def _refuse_other_sets(was: Map, now: Map) -> None:
    if (was.kind, was.schema.release, was.document) != (now.kind, now.schema.release, now.document):
        raise Misconfigured.told(
            f"{was.name} and {now.name} are maps of {was.wire} and {now.wire}",
            remedy="compare their effect for maps of one set alone",
        )


def _rules_of(loaded: Loaded) -> dict[str, _Rule]:
    """Return every rule of a map by its name, in the order in which they are written out."""
    spec = loaded.spec
    rules = {f"map.{key}": _plain(spec.header[key]) for key in HEADER_COMPARED if key in spec.header}
    for above, table in _tables(spec.root, ""):
        rules |= {f"{above}{name}": rule for name, rule in _rules_in(table, loaded.wire)}
    for name, codes in spec.codes.items():
        rules |= {f"codes.{name}.{code}": _plain(said) for code, said in codes.words.items()}
        rules |= {f"codes.{name}.reverse.{word}": _plain(said) for word, said in codes.reverse.items()}
    return rules


def _tables(table: Table, above: str) -> Iterator[tuple[str, Table]]:
    """Yield a table and those beneath it, each with what stands before the names of its rules."""
    yield above, table
    for name, inner in table.lists.items():
        for number, one in enumerate(inner, start=1):
            word = one.word_key()
            told = f"{word[0]} {word[1]}" if word else str(number)
            yield from _tables(one, f"{above}{name}[{told}]." if one.repeated or len(inner) > 1 else f"{above}{name}.")


def _rules_in(table: Table, wire: str) -> Iterator[tuple[str, _Rule]]:
    if table.at:
        places = SourceText(text=" · ".join(said.text for said in table.at), where=table.at[0].where)
        yield "at", _Rule(said=places, meaning=[_meaning_of_place(said.text, wire) for said in table.at])
    if table.by:
        yield "by", _plain(table.by)
    for value, said in table.places.items():
        yield f"at.{value}", _Rule(said=said, meaning=_meaning_of_place(said.text, wire))
    for field, said in table.fields.items():
        yield field, _Rule(said=said, meaning=_meaning_of(said.text, wire), why=_why(table, field))
    for section, lines in (("const", table.const), ("totals", table.totals)):
        for key, said in lines.items():
            yield f"{section}.{key}", _plain(said)


_BEGINNING = re.compile(r"""[\s<"/]*([\w:@.-]*)""")
"""The name with which a segment or a line of a body begins."""


def _plain(said: SourceText) -> _Rule:
    return _Rule(said=said, meaning=said.text.split())


def _meaning_of(text: str, wire: str) -> RuleSource | str:
    """Return the sentence without its spelling; one that is none is its own meaning."""
    try:
        source = parse_source(text, wire)
    except Misconfigured:
        return text
    return replace(source, text="", choices=tuple(replace(choice, text="") for choice in source.choices))


def _meaning_of_place(text: str, wire: str) -> Path | str:
    try:
        return replace(parse_path(text, wire), text="")
    except Misconfigured:
        return text


def _why(table: Table, field: str) -> str | None:
    """Return the reason given for the field, or for the nearest field that holds it."""
    parts = field.split(".")
    names = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((table.why[name].text for name in names if name in table.why), None)


def _moved(before: dict[str, _Rule], after: dict[str, _Rule]) -> list[ChangedRule]:
    """Return the rules that stand in another order: the first that finds a segment takes it, and is written first."""
    old, new = (
        [name for name in mine if name in other and not name.startswith(("codes.", "map."))]
        for mine, other in ((before, after), (after, before))
    )
    if old == new:
        return []
    blocks = SequenceMatcher(a=old, b=new, autojunk=False).get_matching_blocks()
    kept = {name for block in blocks for name in new[block.b : block.b + block.size]}
    return [
        ChangedRule(
            change="moved",
            rule=name,
            where=str(after[name].said.where),
            was=_after(old, name),
            now=_after(new, name),
        )
        for name in new
        if name not in kept
    ]


def _after(names: list[str], name: str) -> str:
    at = names.index(name)
    return f"after {names[at - 1]}" if at else "first"
