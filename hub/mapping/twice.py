"""What a map takes once and the document says again: the places its rules read, looked up by where a value stands.

A ``Plan`` enters; a table leaves that knows of a place nobody read, or that fell to a list nobody weighs, whether a
rule takes one such place and has taken another. What a document says twice, no machine of ours chooses between.
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.canonical.order import Property
from hub.formats.tree import Node, Value
from hub.kernel.struct import Struct
from hub.mapping.plan import Plan, Rule, Take, Variant
from hub.mapping.reader_run import Reading, Steps, fits
from hub.mapping.runsteps import run_steps

UNJUDGED = (Property,)
"""What a list keeps for people: that something stands there says nothing against its being said a second time."""

Tags = tuple[str, ...]
"""The tags from the top of a document down to a place."""


class FieldPlace(Struct):
    """A place that rules take once: beneath which place, how one gets there, and the field of each part taken."""

    depth: int  # how far down the place stands from which the steps go
    steps: Steps
    fields: dict[int, str]  # by part; as the item calls it


class FieldValue(Struct):
    """A value said again: the field, and what its rule took."""

    field: str
    taken: str


class FieldPlaces:
    """Every place that the rules of a map take once."""

    def __init__(self, plan: Plan) -> None:
        self._places = _places(plan)
        self.watched = frozenset(
            variant.tags[-1]
            for variant in plan.variants
            if variant.struct in UNJUDGED and variant.step is not None and variant.tags in self._places
        )  # tags of places that a list keeps where a rule leaves them

    def again(self, X: Reading, way: Sequence[Node], element: int) -> FieldValue | None:
        """Say what rule took another place than the last of ``way`` for what stands in its ``element``."""
        for once in self._places.get(tuple(node.tag for node in way[1:]), ()):
            field = once.fields.get(element)
            if field is not None and _is_one(way[once.depth + 1 :], once.steps):
                taken = _taken(X, way[once.depth], once.steps, way[-1], element)
                if taken is not None:
                    return FieldValue(field=field, taken=taken)
        return None


def _places(plan: Plan) -> dict[Tags, list[FieldPlace]]:
    """Return by their tags the places that rules which read take once."""
    places: dict[Tags, dict[tuple[int, Steps], dict[int, str]]] = {}
    for variant in plan.variants:
        for rule in variant.rules:
            for take in rule.takes:
                if _takes_once(rule, take):
                    above = _tags_above(variant, take)
                    tags = above + tuple(step.tag for step in take.steps)
                    fields = places.setdefault(tags, {}).setdefault((len(above), run_steps(take.steps)), {})
                    for part in take.path.parts:
                        fields.setdefault(part, rule.field.removeprefix(f"{variant.name}."))
    return {
        tags: [FieldPlace(depth=depth, steps=steps, fields=fields) for (depth, steps), fields in found.items()]
        for tags, found in places.items()
    }


def _takes_once(rule: Rule, take: Take) -> bool:
    """Whether one value of a place of its own is taken; numbers that stand in groups, lists have beside them."""
    return rule.reads and not rule.listed and bool(take.steps and take.path.parts) and not take.path.conditions


def _tags_above(variant: Variant, take: Take) -> Tags:
    """Return the tags of the place from which the steps of ``take`` go."""
    if take.anchor.kind == "root":
        return ()
    if take.anchor.kind == "own":
        return variant.tags
    beneath = len(variant.outer) - 1 - take.anchor.index + (variant.step is not None)
    return variant.tags[: len(variant.tags) - beneath]


def _is_one(way: Sequence[Node], steps: Steps) -> bool:
    return all(fits(node, step[1]) for node, step in zip(way, steps, strict=True))


def _taken(X: Reading, above: Node, steps: Steps, but: Node, element: int) -> str | None:
    """Return what was read at the first such place; None where that is ``but`` itself, or nothing was."""
    nodes = [above]
    for tag, conditions, _, _ in steps:
        nodes = [n for each in nodes for n in each.children.get(tag, ()) if fits(n, conditions)]
    first = next((node for node in nodes if X.seen.get(node, 0) >> element & 1), None)
    return None if first is None or first is but else shown(first.element(element))


def shown(value: Value) -> str:
    """Return a value as one text."""
    if isinstance(value, str):
        return value
    return ":".join(v if isinstance(v, str) else ":".join(v) for v in value)
