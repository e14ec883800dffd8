"""Paths bound to a schema: which anchor they start from, which place they end in, which parts of it they take.

A ``Path`` and the ``Variant`` it stands in enter, a ``Take`` leaves. What can go wrong is a place or a
part the schema does not have there: ``Misconfigured``, with the nearest name that would be valid.
"""

from __future__ import annotations

from difflib import get_close_matches

from msgspec.structs import replace

from hub.formats.schema import Place, Record
from hub.kernel.errors import Misconfigured
from hub.kernel.sentence import Word, Wording
from hub.mapping.faults import near_or
from hub.mapping.paths import Condition, Path, PathStep, has_numbers
from hub.mapping.plan import OWN, TOP, Anchor, Level, Take, Variant

PARTS_SHOWN_MAX = 99
TEXT = "."  # the key of a place's own text


class OtherPlace(Exception):
    """The path starts at an outer step this place of the list does not have; another place has it."""


def bind_path(path: Path, variant: Variant, root: Place, elsewhere: set[str], wire: str) -> Take:
    """Return ``path`` bound as it is seen from an item of ``variant``.

    ``elsewhere`` names outer steps of the list's other places: a rule that starts there says nothing here.
    """
    if path.member is not None:
        return _member(path, variant, wire)
    if path.number and not path.steps:
        return Take(path, OWN, (), (), variant.place)
    if path.here:
        own_text = variant.place.record.number_of(TEXT)
        return Take(replace(path, parts=(own_text,)) if own_text else path, OWN, (), (), variant.place)
    anchor, own, rest = _anchor(path, variant, root)
    if anchor == OWN and rest and rest[0].tag in elsewhere and _child(own, rest[0].tag) is None:
        raise OtherPlace
    steps: list[PathStep] = []
    places: list[Place] = []
    place = own
    for step in rest:
        child = _child(place, step.tag)
        if child is None and step is rest[-1] and not path.parts:
            taken = _part_of(path, step, place, wire)
            if taken is not None:
                return Take(taken, anchor, tuple(steps), tuple(places), own)
        if child is None and step is rest[-1] and step.tag == place.record.tag and not step.conditions:
            break  # N1[BY]/N102: an element of the loop's own first segment
        if child is None:
            raise _not_beneath(path.text, step.tag, place, wire)
        place = child
        places.append(place)
        steps.append(resolved(step, place.record))
    path = _with_parts(path, place, wire)
    take = Take(path, anchor, tuple(steps), tuple(places), own)
    check_elements(path, take.record, wire)
    return take


def resolved(step: PathStep, record: Record) -> PathStep:
    """Return ``step`` with its conditions on the schema's parts: a bare one on the qualifying part."""
    conditions = tuple(_numbered(c, record) for c in step.conditions)
    return PathStep(tag=step.tag, conditions=conditions, every=step.every)


def bind_steps(
    steps: tuple[PathStep, ...], above: Place, variant: Variant, root: Place, *, top: bool, text: str, wire: str
) -> list[Level]:
    """Return the steps of a list's ``at``, outermost first, each with its place in the guide."""
    place = root if top else above
    levels: list[Level] = []
    for step in steps:
        child = _child(place, step.tag)
        if child is None:
            raise _not_beneath(text, step.tag, place, wire)
        place = child
        bound = resolved(step, place.record)
        levels.append(
            Level(step=PathStep(tag=bound.tag, conditions=bound.conditions, optional=step.optional), place=place)
        )
    return levels


def _anchor(path: Path, variant: Variant, root: Place) -> tuple[Anchor, Place, tuple[PathStep, ...]]:
    if path.top:
        return TOP, root, path.steps
    rest = path.steps
    reached: int | None = None
    for index, level in enumerate(variant.outer):
        if rest and _same(rest[0], level):
            reached, rest = index, rest[1:]
    if reached is not None:
        level = variant.outer[reached]
        if len(rest) == 1 and rest[0].tag == level.step.tag and not rest[0].conditions and not level.place.nests:
            rest = ()
        own = variant.step is not None and rest and _is_own(rest[0], variant)
        if own:
            return OWN, variant.place, rest[1:]
        return Anchor(kind="outer", index=reached), level.place, rest
    if rest and rest[0].tag == variant.place.record.tag and variant.place is not root and _is_own(rest[0], variant):
        return OWN, variant.place, rest[1:]
    return OWN, variant.place, rest


def _same(step: PathStep, level: Level) -> bool:
    if step.tag != level.step.tag:
        return False
    return not step.conditions or resolved(step, level.place.record).conditions == level.step.conditions


def _is_own(step: PathStep, variant: Variant) -> bool:
    if step.tag != variant.place.record.tag or step.every:
        return False
    if variant.place.record.number_of(step.tag) or variant.place.child(step.tag) is not None:
        return False  # what stands beneath is nearer
    conditions = variant.step.conditions if variant.step else ()
    return not step.conditions or resolved(step, variant.place.record).conditions == conditions


def _child(place: Place, tag: str) -> Place | None:
    if place.nests and tag == place.record.tag:
        return place  # a level beneath a level: the guide nests them by parent number
    return place.child(tag)


def _part_of(path: Path, step: PathStep, place: Place, wire: str) -> Path | None:
    """Return ``path`` with the parts of ``place`` that its last name means, and their conditions beside them.

    The name is that of a part; before names of attributes, of the simple element that has them.
    """
    record = place.record
    keys = [f"{step.tag}/{name}" for name in path.names] or [step.tag]
    numbers = tuple(record.number_of(key) for key in keys)
    if not all(numbers) or step.every or (path.number and path.steps):
        return None
    beside = tuple(_numbered(replace(c, name=_beneath(step.tag, c.name)), record) for c in step.conditions)
    return replace(path, steps=path.steps[:-1], parts=numbers, names=(), conditions=beside)


def _beneath(key: str, name: str) -> str:
    return key if name == TEXT else f"{key}/{name}"


def _with_parts(path: Path, place: Place, wire: str) -> Path:
    """Return ``path`` with numbers for its names: those of ``place``, or its text where the path names it alone."""
    if path.names:
        missing = [name for name in path.names if not place.record.number_of(name)]
        if missing:
            words: dict[str, Word] = {"text": path.text, "wire": wire, "missing": missing[0], "named": _named(place)}
            raise Misconfigured("MAP-PATH/not-in-it", words, advice=_nearest(path.text, missing[0], place, wire))
        return replace(path, parts=tuple(map(place.record.number_of, path.names)), names=())
    text = 0 if path.parts or path.number or path.qualifier or path.group else place.record.number_of(TEXT)
    return replace(path, parts=(text,)) if text else path


def _numbered(condition: Condition, record: Record) -> Condition:
    if condition.part:
        return condition
    if not condition.name:
        return Condition(part=record.qualifier, component=condition.component, value=condition.value)
    number = record.number_of(condition.name)
    if not number:
        known = [part.key for part in record.parts]
        near = get_close_matches(condition.name, known, 1, 0.5)
        advice = near_or(near, Wording(key="map/simple"), "map/near-place")
        raise Misconfigured("MAP-PATH/not-to-be-asked", tag=record.tag, name=condition.name, advice=advice)
    return Condition(part=number, value=condition.value)


def _member(path: Path, variant: Variant, wire: str) -> Take:
    group = variant.group
    if group is None or path.member is None or not 1 <= path.member <= group.size:
        size = group.size if group else 0
        raise Misconfigured("MAP-PATH/group-here-has-elements", text=path.text, size=size)
    return Take(path, OWN, (), (), variant.place)


def check_elements(path: Path, record: Record, wire: str) -> None:
    """Raise ``Misconfigured`` when the path names an element, component or group the record does not have."""
    if path.qualifier is not None or path.group:
        if record.group is None:
            raise Misconfigured("MAP-PATH/has-no-repeating-group", text=path.text, tag=record.tag, wire=wire)
        return
    every = [*path.parts, *(c.part for c in path.conditions)]
    every += [c.part for step in path.steps[-1:] for c in step.conditions if c.part]
    for number in every:
        if not 1 <= number <= len(record.parts):
            near = f"{record.tag}{len(record.parts):02d}"
            raise Misconfigured("MAP-PATH/past-the-end", text=path.text, wire=wire, tag=record.tag, near=near)
    for number in path.parts:
        inner = record.parts[number - 1].parts
        if path.component and path.component > len(inner):
            raise Misconfigured(
                "MAP-PATH/past-the-components",
                text=path.text,
                wire=wire,
                tag=record.tag,
                number=f"{number:02d}",
                count=len(inner),
            )


def _not_beneath(text: str, tag: str, place: Place, wire: str) -> Misconfigured:
    advice = _nearest(text, tag, place, wire)
    return Misconfigured("MAP-PATH/not-beneath", text=text, wire=wire, tag=tag, named=_named(place), advice=advice)


def _named(place: Place) -> str | Wording:
    return place.record.tag if place.record.parts else Wording(key="map/top")


def _nearest(text: str, tag: str, place: Place, wire: str) -> Wording:
    """Return the remedy: what the author probably meant."""
    last = text.rsplit("/", 1)[-1]
    tags = [child.record.tag for child in place.children]
    tags += [place.record.tag] if place.record.parts else []
    names = list(tags)
    for record in (place.record, *(child.record for child in place.children)):
        names += _names(record, place, wire)
    near = get_close_matches(last, names, 1, 0.6) or get_close_matches(tag, tags, 1, 0.5)
    beneath = Wording(key="map/beneath", words={"named": _named(place), "list": ", ".join(sorted(set(tags)))})
    return near_or(near, beneath, "map/near-place")


def _names(record: Record, place: Place, wire: str) -> list[str]:
    """Return how an author writes the parts of a record: by number, or by name as seen from ``place``."""
    parts = record.parts[:PARTS_SHOWN_MAX]
    if has_numbers(wire):
        return [f"{record.tag}{number:02d}" for number in range(1, len(parts) + 1)]
    above = "" if record is place.record else f"{record.tag}/"
    return [above + part.key for part in parts if part.key != TEXT]


def nearest_element(text: str, variant: Variant, wire: str) -> Misconfigured:
    """Return the fault for a text that is not even shaped like a path (PO1O2)."""
    advice = _nearest(text, text[:3], variant.place, wire)
    return Misconfigured("MAP-PATH/not-in-wire", text=text, wire=wire, advice=advice)
