"""Reads the files of one release into a guide: segments.toml, codes.toml and one file per transaction set.

In: the paths of those files. Out: ``Release`` (what is shared) and ``Guide``. What is wrong in a file is ours and
raises ``Misconfigured`` with file and line. The forms are described at the head of each file in ``schemas/x12``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast, get_args

import msgspec

from hub.formats.x12.guide import (
    ComputedElement,
    Element,
    ElementType,
    Guide,
    RepeatingElements,
    Segment,
    SyntaxNote,
    Use,
)
from hub.kernel.errors import Misconfigured
from hub.kernel.own_files import parse_toml, read_own_text
from hub.kernel.sentence import Phrase, Word, declared

TYPES = frozenset(get_args(ElementType)) - {"composite"}
UNBOUNDED = 0
GUIDE_BYTES_MAX = 1024 * 1024  # all code lists of a release take a tenth of this
ELEMENTS_MAX = 99  # of a segment: two digits name an element
COUNT_MAX = 999_999  # longest value, most repetitions: the standard counts to 999999
NOTE_NAMES = ("P", "R", "E", "C", "L")


class Release:
    """What all sets of one release share: segments by tag and code lists by name.

    A release that extends an earlier one (``base``) states what it has otherwise: elements, composites and segments
    replace those of the same name, codes stand beside those the list had. A code is never taken away: what a later
    list leaves out is still sent, and a refusal would need a reason.
    """

    def __init__(self, segments: TomlFile, codes: TomlFile, base: Release | None = None) -> None:
        segments.only("extends", "elements", "composites", "segments")
        self.files: tuple[TomlFile, ...] = (*(base.files if base else ()), segments)
        self.codes: dict[str, dict[str, str]] = _code_lists(codes, base.codes if base else {})
        self.elements = _elements(self.files, self.codes)
        self.segments = {tag: _segment(file, self.elements, tag) for tag, (file, _) in _said(self.files, "segments")}


class TomlFile:
    """A TOML file with the text kept beside the values, so that a fault can name its line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text = read_own_text(path, bytes_max=GUIDE_BYTES_MAX)
        self.values: dict[str, object] = parse_toml(self.text, str(path))

    def table(self, name: str) -> Mapping[str, object]:
        """Return table ``name``, empty when the file has none."""
        found = self.values.get(name, {})
        if not isinstance(found, dict):
            raise self.fault("must-be-table", name, name=name)
        return found

    def text_of(self, name: str) -> str:
        """Return the text under ``name`` of the file's top, which must be there."""
        found = self.values.get(name)
        if not isinstance(found, str):
            raise self.fault("is-missing-no-text", name, name=name)
        return found

    def only(self, *names: str) -> None:
        """Refuse any other key at the file's top: a misspelt key must not be silently without effect."""
        for name in self.values:
            if name not in names:
                raise self.fault("is-not-known-here", name, name=name, list=", ".join(names))

    def fault(self, case: str, near: str = "", /, **words: Word) -> Misconfigured:
        """Return the exception for that case, with the first line that holds ``near`` as a word."""
        word = re.compile(r"(?<![\w/])" + re.escape(near) + r"(?![\w/])") if near else None
        lines = self.text.split("\n")
        line = next((n for n, text in enumerate(lines, 1) if word and word.search(text)), None)
        return Misconfigured(f"CFG-GUIDE/{case}", words, file=str(self.path), line=line)


def read_guide(file: TomlFile, release: str, shared: Release) -> Guide:
    """Return the guide that ``file`` describes, with the segments and codes of ``shared``."""
    file.only("set", "name", "group", "computed", "structure")
    guide = Guide(
        release=release,
        set=file.text_of("set"),
        name=file.text_of("name"),
        functional_group=file.text_of("group"),
        uses=_uses(file, shared.segments),
        computed=tuple(_computed(file, shared)),
        known=frozenset(shared.segments),
    )
    return finish(guide, shared.codes)


def finish(guide: Guide, codes: Mapping[str, dict[str, str]]) -> Guide:
    """Return ``guide`` with the code lists its elements name, and with its digest."""
    names = {codes for use in every_use(guide.uses) for codes in _list_names(use.segment.elements)}
    whole = msgspec.structs.replace(guide, codes={name: codes[name] for name in sorted(names)}, digest="")
    return msgspec.structs.replace(whole, digest=digest_of(whole))


def digest_of(guide: Guide) -> str:
    """Return the content hash of ``guide``: equal for equal guides, whatever files they came from."""
    plain = msgspec.structs.replace(guide, digest="", known=frozenset())
    body = msgspec.json.encode((plain, sorted(guide.known)))
    return hashlib.sha256(body).hexdigest()


def every_use(uses: tuple[Use, ...]) -> Iterator[Use]:
    """Yield each place of ``uses`` and of what stands beneath, in guide order."""
    for use in uses:
        yield use
        yield from every_use(use.children)


def read_segment(file: TomlFile, elements: Mapping[str, Element], tag: str, table: Mapping[str, object]) -> Segment:
    """Return segment ``tag`` as ``table`` of ``file`` describes it with the known ``elements``."""
    for key in table:
        if key not in ("name", "elements", "notes", "qualifier"):
            raise file.fault("segment-is-not-known", tag, tag=tag, key=key)
    members, group = _members(file, elements, tag, str(table.get("elements", "")))
    qualifier = table.get("qualifier", 1)
    if not isinstance(qualifier, int) or not 1 <= qualifier <= len(members):
        raise file.fault("segment-qualifier-is-not", tag, tag=tag, qualifier=str(qualifier))
    notes = tuple(_note(file, tag, text, len(members)) for text in str(table.get("notes", "")).split())
    return Segment(
        tag=tag, name=str(table.get("name", tag)), elements=members, notes=notes, qualifier=qualifier, group=group
    )


def _said(files: Sequence[TomlFile], table: str) -> Iterable[tuple[str, tuple[TomlFile, object]]]:
    """Return each name of ``table`` with what the last of ``files`` that has it says, and which that is."""
    return {name: (file, value) for file in files for name, value in file.table(table).items()}.items()


def _code_lists(file: TomlFile, earlier: Mapping[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    lists = {name: dict(codes) for name, codes in earlier.items()}
    for name in file.values:
        table, known = file.table(name), lists.setdefault(name, {})
        known.update((code, str(label)) for code, label in table.items() if code != "bare")
        known.update((code, "") for code in str(table.get("bare", "")).split())
    return lists


def _elements(files: Sequence[TomlFile], codes: Mapping[str, object]) -> dict[str, Element]:
    made = {number: _element(file, number, str(text), codes) for number, (file, text) in _said(files, "elements")}
    for number, (file, table) in _said(files, "composites"):
        if not isinstance(table, dict):
            raise file.fault("composite-must-be-table", number, number=number)
        parts, _ = _members(file, made, number, str(table.get("parts", "")))
        made[number] = Element(number=number, name=str(table.get("name", number)), type="composite", components=parts)
    return made


def _element(file: TomlFile, number: str, text: str, codes: Mapping[str, object]) -> Element:
    form = re.fullmatch(r"(\w+) (\d{1,6})/(\d{1,6}) (.+)", text, re.ASCII)
    if not form or form[1] not in TYPES or int(form[2]) > int(form[3]):
        raise file.fault("element-is-not-form", number, number=number, text=repr(text))
    return Element(
        number=number,
        name=form[4],
        type=cast(ElementType, form[1]),
        minimum=int(form[2]),
        maximum=int(form[3]),
        codes=number if form[1] == "ID" and number in codes else None,
    )


def _segment(file: TomlFile, elements: Mapping[str, Element], tag: str) -> Segment:
    table = file.table("segments")[tag]
    if not isinstance(table, dict):
        raise file.fault("segment-must-be-table", tag, tag=tag)
    return read_segment(file, elements, tag, table)


def _members(
    file: TomlFile, known: Mapping[str, Element], tag: str, text: str
) -> tuple[tuple[Element, ...], RepeatingElements | None]:
    """Read ``350 330! (235 234)*10 1270^5``: "!" mandatory, in a group for its first turn only; "^" repeats."""
    members: list[Element] = []
    group: RepeatingElements | None = None
    for inner, times, single in re.findall(r"\(([^)]*)\)\*([1-9]\d?)(?!\d)|(\S+)", text):
        if single:
            members.append(_member(file, known, tag, single))
            continue
        turn = [_member(file, known, tag, word) for word in inner.split()]
        later = [msgspec.structs.replace(element, required=False) for element in turn]
        if group:
            raise file.fault("segment-has-two-repeating", tag, tag=tag)
        group = RepeatingElements(first=len(members) + 1, size=len(turn), last=len(members) + len(turn) * int(times))
        members += turn + later * (int(times) - 1)
    if len(members) > ELEMENTS_MAX:
        raise file.fault("segment-has-more-than", tag, tag=tag, elements_max=ELEMENTS_MAX)
    return tuple(members), group


def _member(file: TomlFile, known: Mapping[str, Element], tag: str, word: str) -> Element:
    form = re.fullmatch(r"(\w+)(?:\^([1-9]\d{0,5}))?(!?)", word, re.ASCII)
    if not form or form[1] not in known:
        raise file.fault("names-no-element-release", tag, tag=tag, word=word)
    return msgspec.structs.replace(known[form[1]], required=bool(form[3]), repeat=int(form[2] or 1))


def _note(file: TomlFile, tag: str, text: str, last: int) -> SyntaxNote:
    numbers = tuple(int(pair) for pair in re.findall("[0-9][0-9]", text[1:]))
    fits = len(text) == 1 + 2 * len(numbers) and len(set(numbers)) == len(numbers) >= 2
    if text[0] not in NOTE_NAMES or not fits or not all(1 <= number <= last for number in numbers):
        raise file.fault("segment-note-does-not", tag, tag=tag, text=text, last=last)
    return msgspec.convert({"kind": text[0], "elements": numbers}, SyntaxNote)


def _list_names(elements: tuple[Element, ...]) -> Iterator[str]:
    for element in elements:
        if element.codes:
            yield element.codes
        yield from _list_names(element.components)


LINE = re.compile(
    r"(?P<tag>[A-Z][A-Z0-9]{1,2})\s+(?P<nests>nests\s+)?(?P<least>\d{1,6})\.\.(?P<most>\d{1,6}|\*)(?P<loop>\s*\{\s*\}?)?",
    re.ASCII,
)


def _uses(file: TomlFile, segments: Mapping[str, Segment]) -> tuple[Use, ...]:
    """Read the outline: one place a line, ``tag least..most``, "{" opens the loop that starts with it."""
    text = file.text_of("structure")
    first = file.text[: max(0, file.text.find("structure"))].count("\n") + 1
    open_loops: list[tuple[Use | None, list[Use]]] = [(None, [])]
    for number, raw in enumerate(text.splitlines(), first + 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line == "}":
            if len(open_loops) == 1:
                raise Misconfigured("CFG-GUIDE/closes-loop-is-not", file=str(file.path), line=number)
            opened, children = open_loops.pop()
            if opened is not None:
                open_loops[-1][1].append(msgspec.structs.replace(opened, children=tuple(children)))
            continue
        use, opens = _use(file, segments, line, number)
        _refuse_twice(file, use, open_loops[-1], number)
        if opens:
            open_loops.append((use, []))
        else:
            open_loops[-1][1].append(use)
    if len(open_loops) > 1:
        raise file.fault("loop-structure-is-not", "structure")
    return tuple(open_loops[0][1])


def _use(file: TomlFile, segments: Mapping[str, Segment], line: str, number: int) -> tuple[Use, bool]:
    form = LINE.fullmatch(line)
    if not form:
        raise Misconfigured("CFG-GUIDE/is-not-form-tag", file=str(file.path), line=number, text=repr(line))
    segment = segments.get(form["tag"])
    if segment is None:
        raise Misconfigured("CFG-GUIDE/is-no-segment-release", file=str(file.path), line=number, form=form["tag"])
    most = UNBOUNDED if form["most"] == "*" else int(form["most"])
    loop = form["loop"] is not None
    use = Use(
        segment=segment,
        required=int(form["least"]) > 0,
        maximum=1 if loop else most,
        loop=loop,
        loop_maximum=most if loop else 1,
        nests=form["nests"] is not None,
    )
    return use, loop and "}" not in form["loop"]


def _refuse_twice(file: TomlFile, use: Use, level: tuple[Use | None, list[Use]], number: int) -> None:
    opened, siblings = level
    tag = use.segment.tag
    if any(sibling.segment.tag == tag for sibling in siblings) or (opened and opened.segment.tag == tag):
        raise Misconfigured("CFG-GUIDE/stands-twice-one-loop", file=str(file.path), line=number, tag=tag)


def _computed(file: TomlFile, shared: Release) -> Iterator[ComputedElement]:
    for place, rule in file.table("computed").items():
        word, _, of = str(rule).partition(" ")
        segment = shared.segments.get(place[:-2])
        counts = word == "count" and of in shared.segments
        number = int(place[-2:]) if re.fullmatch("[0-9][0-9]", place[-2:]) else 0
        if segment is None or not 1 <= number <= len(segment.elements):
            raise file.fault("computed-is-no-element", place, place=place)
        if not counts and (of or word not in ("number", "parent", "children", "loop")):
            raise file.fault("computed-is-no-rule", place, rule=repr(rule))
        yield msgspec.convert({"tag": place[:-2], "element": number, "rule": word, "of": of or None}, ComputedElement)


declared(
    {
        "CFG-GUIDE/segment-qualifier-is-not": Phrase(
            message="segment {tag}: qualifier {qualifier} is not one of its elements"
        ),
        "CFG-GUIDE/element-is-not-form": Phrase(
            message='element {number}: {text} is not of the form "type shortest/longest label"'
        ),
        "CFG-GUIDE/segment-must-be-table": Phrase(message="segment {tag} must be a table"),
        "CFG-GUIDE/segment-has-more-than": Phrase(message="segment {tag} has more than {elements_max} elements"),
        "CFG-GUIDE/names-no-element-release": Phrase(message="{tag}: {word} names no element of this release"),
        "CFG-GUIDE/segment-note-does-not": Phrase(
            message="segment {tag}: note {text} does not fit its {last} elements"
        ),
        "CFG-GUIDE/loop-structure-is-not": Phrase(message="a loop of the structure is not closed with }}"),
        "CFG-GUIDE/is-not-form-tag": Phrase(message='{text} is not of the form "TAG least..most"'),
        "CFG-GUIDE/is-no-segment-release": Phrase(message="{form} is no segment of this release"),
        "CFG-GUIDE/stands-twice-one-loop": Phrase(message="{tag} stands twice in one loop"),
        "CFG-GUIDE/must-be-table": Phrase(message="[{name}] must be a table"),
        "CFG-GUIDE/is-missing-no-text": Phrase(message="{name} is missing or no text"),
        "CFG-GUIDE/segment-is-not-known": Phrase(message="segment {tag}: {key} is not known"),
        "CFG-GUIDE/composite-must-be-table": Phrase(message="composite {number} must be a table"),
        "CFG-GUIDE/segment-has-two-repeating": Phrase(message="segment {tag} has two repeating groups"),
        "CFG-GUIDE/computed-is-no-element": Phrase(message="computed: {place} is no element of this release"),
        "CFG-GUIDE/computed-is-no-rule": Phrase(message="computed: {rule} is no rule"),
        "CFG-GUIDE/is-not-known-here": Phrase(message="{name} is not known here; known are {list}"),
        "CFG-GUIDE/closes-loop-is-not": Phrase(message="closes a loop that is not open"),
    }
)
