"""Paths bound to a guide: which anchor they start from, which segment they end in.

A ``Path`` and the ``Variant`` it stands in enter, a ``Take`` leaves. What can go wrong is a segment or an
element the guide does not have there: ``Misconfigured``, with the nearest name that would be valid.
"""

from __future__ import annotations

from difflib import get_close_matches

from hub.formats.x12.guide import Segment, Use
from hub.kernel.errors import Misconfigured
from hub.mapping.plan import OWN, TOP, Anchor, Level, Take, Variant
from hub.mapping.source import Condition, Path, Step

ELEMENTS_SHOWN_MAX = 99


class Elsewhere(Exception):
    """The path starts at an outer step this place of the list does not have; another place has it."""


def bind_path(path: Path, variant: Variant, root: Use, elsewhere: set[str], wire: str) -> Take:
    """Return ``path`` bound as it is seen from an item of ``variant``.

    ``elsewhere`` names outer steps of the list's other places: a rule that starts there says nothing here.
    """
    if path.member is not None:
        return _member(path, variant, wire)
    if path.here or (path.number and not path.steps):
        return Take(path, OWN, (), (), variant.use)
    anchor, own, rest = _anchor(path, variant, root)
    if anchor == OWN and rest and rest[0].tag in elsewhere and _child(own, rest[0].tag) is None:
        raise Elsewhere
    steps: list[Step] = []
    uses: list[Use] = []
    use = own
    for step in rest:
        child = _child(use, step.tag)
        if child is None and step is rest[-1] and step.tag == use.segment.tag and not step.conditions:
            break  # N1[BY]/N102: an element of the loop's own first segment
        if child is None:
            raise Misconfigured(
                f"`{path.text}` is not in {wire}: no {step.tag} beneath {_named(use)}",
                remedy=_nearest(path.text, step.tag, use),
            )
        use = child
        uses.append(use)
        steps.append(resolved(step, use.segment))
    take = Take(path, anchor, tuple(steps), tuple(uses), own)
    check_elements(path, take.segment, wire)
    return take


def resolved(step: Step, segment: Segment) -> Step:
    """Return ``step`` with its bare condition on the guide's qualifying element."""
    conditions = tuple(
        c if c.element else Condition(element=segment.qualifier, component=c.component, value=c.value)
        for c in step.conditions
    )
    return Step(tag=step.tag, conditions=conditions, every=step.every)


def bind_steps(
    steps: tuple[Step, ...], above: Use, variant: Variant, root: Use, *, top: bool, text: str, wire: str
) -> list[Level]:
    """Return the steps of a list's ``at``, outermost first, each with its place in the guide."""
    use = root if top else above
    levels: list[Level] = []
    for step in steps:
        child = _child(use, step.tag)
        if child is None:
            raise Misconfigured(
                f"`{text}` is not in {wire}: no {step.tag} beneath {_named(use)}",
                remedy=_nearest(text, step.tag, use),
            )
        use = child
        bound = resolved(step, use.segment)
        levels.append(Level(step=Step(tag=bound.tag, conditions=bound.conditions, optional=step.optional), use=use))
    return levels


def _anchor(path: Path, variant: Variant, root: Use) -> tuple[Anchor, Use, tuple[Step, ...]]:
    if path.top:
        return TOP, root, path.steps
    rest = path.steps
    reached: int | None = None
    for index, level in enumerate(variant.outer):
        if rest and _same(rest[0], level):
            reached, rest = index, rest[1:]
    if reached is not None:
        level = variant.outer[reached]
        if len(rest) == 1 and rest[0].tag == level.step.tag and not rest[0].conditions and not level.use.nests:
            rest = ()
        own = variant.step is not None and rest and _is_own(rest[0], variant)
        if own:
            return OWN, variant.use, rest[1:]
        return Anchor(kind="outer", index=reached), level.use, rest
    if rest and rest[0].tag == variant.use.segment.tag and variant.use is not root and _is_own(rest[0], variant):
        return OWN, variant.use, rest[1:]
    return OWN, variant.use, rest


def _same(step: Step, level: Level) -> bool:
    if step.tag != level.step.tag:
        return False
    return not step.conditions or resolved(step, level.use.segment).conditions == level.step.conditions


def _is_own(step: Step, variant: Variant) -> bool:
    if step.tag != variant.use.segment.tag or step.every:
        return False
    conditions = variant.step.conditions if variant.step else ()
    return not step.conditions or resolved(step, variant.use.segment).conditions == conditions


def _child(use: Use, tag: str) -> Use | None:
    if use.nests and tag == use.segment.tag:
        return use  # a level beneath a level: the guide nests them by parent number
    return next((child for child in use.children if child.segment.tag == tag), None)


def _member(path: Path, variant: Variant, wire: str) -> Take:
    group = variant.group
    if group is None or path.member is None or not 1 <= path.member <= group.size:
        size = group.size if group else 0
        raise Misconfigured(f"`{path.text}`: a group here has {size} elements", remedy='at = "PO1~" opens a group')
    return Take(path, OWN, (), (), variant.use)


def check_elements(path: Path, segment: Segment, wire: str) -> None:
    """Raise ``Misconfigured`` when the path names an element, component or group the segment does not have."""
    if path.qualifier is not None or path.group:
        if segment.group is None:
            raise Misconfigured(f"`{path.text}`: {segment.tag} has no repeating group in {wire}")
        return
    every = [*path.elements, *(c.element for c in path.conditions)]
    every += [c.element for step in path.steps[-1:] for c in step.conditions if c.element]
    for number in every:
        if not 1 <= number <= len(segment.elements):
            near = f"{segment.tag}{len(segment.elements):02d}"
            raise Misconfigured(
                f"`{path.text}` is not in {wire}: {segment.tag} ends with {near}", remedy=f"did you mean `{near}`?"
            )
    for number in path.elements:
        components = segment.elements[number - 1].components
        if path.component and path.component > len(components):
            raise Misconfigured(
                f"`{path.text}` is not in {wire}: {segment.tag}{number:02d} has {len(components)} components"
            )


def _named(use: Use) -> str:
    return use.segment.tag if use.segment.elements else "the top of the document"


def _nearest(text: str, tag: str, use: Use) -> str:
    """Return the remedy: what the author probably meant."""
    last = text.rsplit("/", 1)[-1]
    tags = [child.segment.tag for child in use.children]
    tags += [use.segment.tag] if use.segment.elements else []
    names = list(tags)
    for segment in (use.segment, *(child.segment for child in use.children)):
        names += [f"{segment.tag}{n:02d}" for n in range(1, min(len(segment.elements), ELEMENTS_SHOWN_MAX) + 1)]
    near = get_close_matches(last, names, 1, 0.6) or get_close_matches(tag, tags, 1, 0.5)
    return f"did you mean `{near[0]}`?" if near else f"beneath {_named(use)} stand {', '.join(sorted(set(tags)))}"


def nearest_element(text: str, variant: Variant, wire: str) -> Misconfigured:
    """Return the fault for a text that is not even shaped like a path (PO1O2)."""
    return Misconfigured(f"`{text}` is not in {wire}", remedy=_nearest(text, text[:3], variant.use))
