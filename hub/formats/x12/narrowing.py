"""A guide as the difference to another: a partner's to the release's, a set of a later release to the earlier one's.

In: the base guide and the file of the difference. Out: a guide of its own. A line that fits nothing in the base is a
fault of that file (``Misconfigured``): a difference without effect would be worse than none.

    extends = "x12/004010/850"
    dates = 6                                        # DT elements are YYMMDD
    [places]                                         # path of loops / tag; first of all
    "TAX" = "unused"
    "N1" = "1..5"
    [elements]                                       # "REF02" wherever, "/REF02" on top, "PO1/REF02" in the PO1 loop
    "BEG04" = "required"
    "HL04" = "unused"
    "PO103" = { codes = ["EA", "BX"] }
    "REF01" = { also = ["X1"] }                      # codes of their own, beside the release's
    "PO1/REF02" = { minimum = 4, maximum = 20 }
    [segments.ZA]                                    # a segment of their own, as in segments.toml
    name = "plant"
    elements = "127! 352"
    [add]                                            # of those, or of the release
    "PO1/ZA" = "0..2 after PID"
    "LDT" = "0..* loop after TXI"
    "LDT/QTY" = "0..*"
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import msgspec

from hub.formats.x12.guide import Element, Guide, Segment, Use
from hub.formats.x12.guide_file import COUNT_MAX, TYPES, Release, TomlFile, finish, read_segment
from hub.kernel.sentence import Phrase, declared

EXTENDS = re.compile(r"x12/([0-9]{6})/([0-9A-Z]{3})")
RANGE = re.compile(r"(\d{1,6})\.\.(\d{1,6}|\*)( loop)?(?: after ([A-Z][A-Z0-9]{1,2}))?", re.ASCII)
ELEMENT = re.compile(r"(?P<path>.*/)?(?P<tag>[A-Z][A-Z0-9]{1,2}?)(?P<element>\d\d)(?:-(?P<component>\d\d?))?", re.ASCII)
RULES = ("unused", "required", "minimum", "maximum", "codes", "also", "type")
SHORT_DATE = 6
"""YYMMDD, as senders before release 004010 wrote dates and some still do."""

Change = Callable[[Element], Element]


def narrow(base: Guide, file: TomlFile, shared: Release, partner: str) -> Guide:
    """Return ``base`` as ``file`` of ``partner`` narrows it; unchanged when that file is about another release."""
    file.only("extends", "dates", "places", "elements", "segments", "add", "why")
    form = EXTENDS.fullmatch(file.text_of("extends"))
    if not form or form[2] != base.set:
        raise file.fault("extends-must-be-x12", "extends", set=base.set)
    return _changed(base, file, shared, partner) if form[1] == base.release else base


def later(base: Guide, file: TomlFile, shared: Release) -> Guide:
    """Return ``base``, a set of an earlier release read with the segments of a later one, as that one has it."""
    file.only("extends", "places", "elements", "add", "why")
    return _changed(base, file, shared, None)


def _changed(base: Guide, file: TomlFile, shared: Release, partner: str | None) -> Guide:
    codes = dict(shared.codes)
    uses = base.uses
    if "dates" in file.values:
        uses = _short_dates(uses, file)
    for path, rule in file.table("places").items():
        uses = _change_place(uses, path, str(rule), file)
    own = _own_segments(file, shared)
    for path, rule in file.table("add").items():
        uses = _add(uses, path, str(rule), {**shared.segments, **own}, file)
    for path, rule in file.table("elements").items():
        uses = _change_element(uses, path, rule, codes, file)
    known = base.known | frozenset(own)
    return finish(msgspec.structs.replace(base, uses=uses, partner=partner, known=known), codes)


def _own_segments(file: TomlFile, shared: Release) -> dict[str, Segment]:
    own = {}
    for tag, table in file.table("segments").items():
        if not isinstance(table, dict):
            raise file.fault("segment-must-be-table", tag, tag=tag)
        own[tag] = read_segment(file, shared.elements, tag, table)
    return own


def _short_dates(uses: tuple[Use, ...], file: TomlFile) -> tuple[Use, ...]:
    if file.values["dates"] != SHORT_DATE:
        raise file.fault("dates-can-only-be", "dates")

    def shorten(element: Element) -> Element:
        if element.type == "DT":
            return msgspec.structs.replace(element, minimum=SHORT_DATE, maximum=SHORT_DATE)
        return msgspec.structs.replace(element, components=tuple(shorten(part) for part in element.components))

    def visit(use: Use) -> Use:
        segment = msgspec.structs.replace(use.segment, elements=tuple(shorten(e) for e in use.segment.elements))
        return msgspec.structs.replace(use, segment=segment, children=tuple(visit(child) for child in use.children))

    return tuple(visit(use) for use in uses)


def _add(uses: tuple[Use, ...], path: str, rule: str, known: dict[str, Segment], file: TomlFile) -> tuple[Use, ...]:
    *loops, tag = path.split("/")
    form = RANGE.fullmatch(rule)
    if tag not in known or not form:
        raise file.fault("add-is-not-least", path, path=path, rule=repr(rule))
    most, loop = 0 if form[2] == "*" else int(form[2]), form[3] is not None
    new = Use(
        segment=known[tag],
        required=int(form[1]) > 0,
        maximum=1 if loop else most,
        loop=loop,
        loop_maximum=most if loop else 1,
    )

    def insert(siblings: tuple[Use, ...]) -> tuple[Use, ...]:
        tags = [use.segment.tag for use in siblings]
        if tag in tags or (form[4] and form[4] not in tags):
            raise file.fault("add-has-no-place", path, path=path, form=form[4])
        at = tags.index(form[4]) + 1 if form[4] else 0
        return (*siblings[:at], new, *siblings[at:])

    return _within(uses, loops, insert, lambda: file.fault("add-there-is-no", path, list="/".join(loops)))


def _change_place(uses: tuple[Use, ...], path: str, rule: str, file: TomlFile) -> tuple[Use, ...]:
    *loops, tag = path.strip("/").split("/")

    def change(siblings: tuple[Use, ...]) -> tuple[Use, ...]:
        if tag not in [use.segment.tag for use in siblings]:
            raise file.fault("places-is-no-place", path, path=path)
        return tuple(new for use in siblings for new in (_ranged(use) if use.segment.tag == tag else [use]))

    def _ranged(use: Use) -> list[Use]:
        if rule == "unused":
            return []
        form = RANGE.fullmatch(rule)
        if not form or form[3] or form[4]:
            raise file.fault("places-is-neither-unused", path, path=path, rule=repr(rule))
        most = 0 if form[2] == "*" else int(form[2])
        required = int(form[1]) > 0
        if use.loop:
            return [msgspec.structs.replace(use, required=required, loop_maximum=most)]
        return [msgspec.structs.replace(use, required=required, maximum=most)]

    return _within(uses, loops, change, lambda: file.fault("places-there-is-no", path, list="/".join(loops)))


def _within(
    uses: tuple[Use, ...],
    loops: list[str],
    change: Callable[[tuple[Use, ...]], tuple[Use, ...]],
    missing: Callable[[], Exception],
) -> tuple[Use, ...]:
    """Apply ``change`` to the places inside the loop that ``loops`` leads to."""
    if not loops:
        return change(uses)
    if not any(use.loop and use.segment.tag == loops[0] for use in uses):
        raise missing()
    return tuple(
        msgspec.structs.replace(use, children=_within(use.children, loops[1:], change, missing))
        if use.loop and use.segment.tag == loops[0]
        else use
        for use in uses
    )


def _change_element(
    uses: tuple[Use, ...], path: str, rule: object, codes: dict[str, dict[str, str]], file: TomlFile
) -> tuple[Use, ...]:
    form = ELEMENT.fullmatch(path)
    if not form:
        raise file.fault("elements-is-not-form", path, path=path)
    rules = {rule: True} if isinstance(rule, str) else rule
    if not isinstance(rules, dict) or not rules or any(key not in RULES for key in rules):
        raise file.fault("elements-known-are", path, path=path, list=", ".join(RULES))
    change = _element_change(path, rules, codes, file)
    number, component = int(form["element"]), int(form["component"] or 0)
    hits = 0

    def visit(siblings: tuple[Use, ...], trail: str) -> Iterator[Use]:
        nonlocal hits
        for use in siblings:
            segment = use.segment
            here = segment.tag == form["tag"] and form["path"] in (None, trail)
            if here and 1 <= number <= len(segment.elements):
                if component > len(segment.elements[number - 1].components):
                    raise file.fault("elements-has-no-such", path, path=path)
                hits += 1
                segment = _with_element(segment, number, component, change)
            children = tuple(visit(use.children, f"{trail.lstrip('/')}{segment.tag}/"))
            yield msgspec.structs.replace(use, segment=segment, children=children)

    changed = tuple(visit(uses, "/"))
    if not hits:
        raise file.fault("elements-is-no-element", path, path=path)
    return changed


def _with_element(segment: Segment, number: int, component: int, change: Change) -> Segment:
    elements = list(segment.elements)
    element = elements[number - 1]
    if component:
        parts = list(element.components)
        parts[component - 1] = change(parts[component - 1])
        elements[number - 1] = msgspec.structs.replace(element, components=tuple(parts))
    else:
        elements[number - 1] = change(element)
    return msgspec.structs.replace(segment, elements=tuple(elements))


def _element_change(path: str, rules: dict[str, object], codes: dict[str, dict[str, str]], file: TomlFile) -> Change:
    def change(element: Element) -> Element:
        lists = {} if element.codes is None else codes[element.codes]
        allowed = {}
        if "codes" in rules or "also" in rules:
            kept = _texts(rules.get("codes", list(lists)), path, file)
            allowed = {code: lists.get(code, "") for code in [*kept, *_texts(rules.get("also", []), path, file)]}
            codes[f"{path}:{element.number}"] = allowed
        changed = msgspec.structs.replace(
            element,
            required=bool(rules.get("required", element.required)) and not rules.get("unused", False),
            used=not rules.get("unused", False),
            codes=f"{path}:{element.number}" if allowed else element.codes,
        )
        fields: dict[str, object] = msgspec.structs.asdict(changed)
        fields.update((key, rules[key]) for key in ("minimum", "maximum", "type") if key in rules)
        try:
            made = msgspec.convert(fields, Element)
        except msgspec.ValidationError as error:
            raise file.fault("elements", path, path=path, error=str(error)) from error
        if "type" in rules and made.type not in TYPES:
            raise file.fault("elements-is-no-type", path, path=path, type=made.type)
        if not 0 <= made.minimum <= made.maximum <= COUNT_MAX and ("minimum" in rules or "maximum" in rules):
            raise file.fault("elements-minimum-maximum-are", path, path=path, count_max=COUNT_MAX)
        return made

    return change


def _texts(value: object, path: str, file: TomlFile) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(code, str) for code in value):
        raise file.fault("elements-codes-are-list", path, path=path)
    return value


declared(
    {
        "CFG-GUIDE/extends-must-be-x12": Phrase(
            message="extends must be 'x12/RELEASE/{set}', with six digits for RELEASE"
        ),
        "CFG-GUIDE/dates-can-only-be": Phrase(message="dates can only be 6 (YYMMDD)"),
        "CFG-GUIDE/add-is-not-least": Phrase(
            message='add: {path} = {rule} is not "least..most after TAG" '
            "of a segment defined here or known to the release"
        ),
        "CFG-GUIDE/elements-is-not-form": Phrase(message="elements: {path} is not of the form PATH/TAG01"),
        "CFG-GUIDE/elements-known-are": Phrase(message="elements: {path}: known are {list}"),
        "CFG-GUIDE/elements-is-no-element": Phrase(message="elements: {path} is no element of this set"),
        "CFG-GUIDE/elements-codes-are-list": Phrase(message="elements: {path}: codes are a list of texts"),
        "CFG-GUIDE/segment-must-be-table": Phrase(message="segment {tag} must be a table"),
        "CFG-GUIDE/add-has-no-place": Phrase(message="add: {path} has no place after {form}, or stands there already"),
        "CFG-GUIDE/add-there-is-no": Phrase(message="add: there is no loop {list}"),
        "CFG-GUIDE/places-is-no-place": Phrase(message="places: {path} is no place of this set"),
        "CFG-GUIDE/places-is-neither-unused": Phrase(
            message='places: {path} = {rule} is neither "unused" nor "least..most"'
        ),
        "CFG-GUIDE/places-there-is-no": Phrase(message="places: there is no loop {list}"),
        "CFG-GUIDE/elements-is-no-type": Phrase(message="elements: {path}: {type} is no type of an element"),
        "CFG-GUIDE/elements-minimum-maximum-are": Phrase(
            message="elements: {path}: minimum and maximum are not in order, or above {count_max}"
        ),
        "CFG-GUIDE/elements": Phrase(message="elements: {path}: {error}"),
        "CFG-GUIDE/elements-has-no-such": Phrase(message="elements: {path} has no such component"),
    }
)
