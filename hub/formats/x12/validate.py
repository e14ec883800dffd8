"""Judges one transaction set against its guide and builds its tree, in one pass.

In: a ``TransactionSet`` as read. Out: ``GuidedSet``, the tree every mapping starts from and every fault with its place,
remedy and the standard's code; never an exception, whatever the document holds. Order, use and repetition are walked
here, HL levels by their parent number in ``hierarchy``, elements by code generated from the guide (``segment_code``)
and, where that does not accept, by ``explain``.

A segment that is unknown, or whose loop is not open, is set aside under "?" of the open loop, which stays open. One
that comes too often or too late is reported and still stands in the tree where it belongs.
"""

from __future__ import annotations

import gc
from collections import OrderedDict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock

from hub.formats.tree import UNKNOWN, Node, Value
from hub.formats.x12.events import TransactionSet
from hub.formats.x12.explain import SegmentPlace as At
from hub.formats.x12.explain import explain
from hub.formats.x12.guide import Guide
from hub.formats.x12.guide_faults import FOUND_CHARACTERS_MAX, SetFindings, in_loop
from hub.formats.x12.guide_file import digest_of
from hub.formats.x12.hierarchy import Hierarchy
from hub.formats.x12.places import GuidePlace, Move, closed_between, every_place, move_to, places_of, reachable
from hub.formats.x12.segments import BLANKS
from hub.formats.x12.separators import Separators
from hub.kernel.diagnostics import Diagnostic, worst
from hub.kernel.sentence import Wording

COMPILED_MAX = 256
"""Compiled guides kept: some forty sets for each of some partners who narrow them; below 1 MB each, for they share
the code lists of their release."""

LARGE_SET_SEGMENTS = 2_000
"""From here on the collector of cycles rests while a tree grows: nothing in it is garbage yet, there are no cycles in
it, and passing over it again and again costs as much as judging it and more than twice as much for twice the size."""

_NO_MOVES: dict[str, Move] = {}
_compiled: OrderedDict[str, Validator] = OrderedDict()
_compiling = Lock()


class GuidedSet:
    """One set, judged: ``root`` is ST with the places between ST and SE beneath, ``findings`` in document order."""

    __slots__ = ("findings", "root")

    def __init__(self, root: Node, findings: list[Diagnostic]) -> None:
        self.root = root
        self.findings = findings

    @property
    def is_rejected(self) -> bool:
        """Whether the guide refuses the set."""
        return worst(self.findings).is_reject


class Validator:
    """A guide made ready to judge documents; safe to share between threads."""

    def __init__(self, guide: Guide) -> None:
        self.guide = guide
        self.root = places_of(guide, guide.codes)
        self.counted = next((each for each in guide.computed if each.rule == "count"), None)
        self.loops: dict[str, set[str]] = {}  # tag → names of the loops it may stand in
        for place in every_place(self.root):
            loop = place.parent.tag if place.parent else ""
            self.loops.setdefault(place.tag, set()).add(loop)
        self.elements = {
            place.tag: place.use.segment.elements for place in reversed(list(every_place(self.root))) if place.use
        }

    def check(self, set: TransactionSet, leniency: Collection[str] = ()) -> GuidedSet:
        """Return the tree and the findings of ``set``, whose own findings (envelope, counts) are not repeated.

        ``leniency`` names what is forgiven its sender (``FORGIVEN``): found all the same, as a warning.
        """
        findings = SetFindings(set.interchange, set.group, set.control_number, leniency)
        header: list[Value] = list(set.segments[0]) if set.segments else ["ST"]
        root = Node("ST", 1, header)
        body = set.body
        walk = _Walk(self, root, findings, set.separators, repeated=set.holds_repetitions())
        if len(body) < LARGE_SET_SEGMENTS:
            walk.run(body)
        else:
            with _collector_resting():
                walk.run(body)
        if set.padded:
            self._judge_padding(set, findings)
        component = set.separators.component
        if component and set.holds_components():
            _tell_components_in_data(root, component, findings)
        return GuidedSet(root, findings.finished())

    def _judge_padding(self, set: TransactionSet, findings: SetFindings) -> None:
        """Report numbers, dates and times with blanks behind them: blanks mean nothing behind text alone."""
        for position in set.padded:
            tag, *values = set.as_sent(position)
            for number, (element, value) in enumerate(zip(self.elements.get(tag, ()), values, strict=False), 1):
                code = PADDED.get(element.type[0]) if value[-1:] in BLANKS and value.strip(BLANKS) else None
                if code:
                    findings.add(
                        code, segment=position, tag=tag, loop=None, element=number, label=element.name, found=value,
                        expected=NO_BLANK,
                    )  # fmt: skip


NO_BLANK = Wording(key="guide/no-blank")
PADDED = {"N": "GDE-NUMBER-PADDED", "R": "GDE-NUMBER-PADDED", "D": "GDE-DATE-PADDED", "T": "GDE-TIME-PADDED"}
"""By the first letter of the element's type."""


def compile_guide(guide: Guide) -> Validator:
    """Return the validator of ``guide``, made once for each content and kept."""
    key = guide.digest or digest_of(guide)
    with _compiling:
        if key not in _compiled:
            _compiled[key] = Validator(guide)
        _compiled.move_to_end(key)
        while len(_compiled) > COMPILED_MAX:
            _compiled.popitem(last=False)
        return _compiled[key]


@contextmanager
def _collector_resting() -> Iterator[None]:
    was_working = gc.isenabled()
    if was_working:
        gc.disable()
    try:
        yield
    finally:
        if was_working:
            gc.enable()


class _Walk:
    """One document on its way through the places of the guide."""

    def __init__(
        self, validator: Validator, root: Node, findings: SetFindings, separators: Separators, *, repeated: bool
    ) -> None:
        self.repeated = repeated  # whether the sign of a repetition stands anywhere in the set
        self.validator = validator
        self.findings = findings
        self.component = separators.component
        self.repetition = separators.repetition
        self.stack = [root]
        self.state = validator.root
        self.floor = validator.root  # the loop above which the walk does not look: a misplaced loop, else the root
        self.back: tuple[GuidePlace, list[Node]] | None = None  # where to go on after a misplaced loop
        self.hierarchy = Hierarchy(root, findings)

    def run(self, body: Sequence[list[str]]) -> None:
        """Put every segment of ``body`` in its place; the plain cases here, all others in ``_step``."""
        stack = self.stack
        moves = self.state.moves
        repeated = self.repeated
        for position, values in enumerate(body, 2):
            tag = values[0]
            move = moves.get(tag)
            if move is not None:
                depth, most, opens, cut, accepts, closing, place = move
                beneath = stack[depth].children
                same = beneath.get(tag)
                if not (closing or (cut and len(values) > cut) or (most and same is not None and len(same) >= most)):
                    node = Node(tag, position, values)  # type: ignore[arg-type]
                    if same is None:
                        beneath[tag] = [node]
                    else:
                        same.append(node)
                    if not accepts(values) or (repeated and self._repeats(values)):
                        self._explain(place, node)
                    if opens:
                        del stack[depth + 1 :]
                        stack.append(node)
                    self.state = place
                    moves = place.moves
                    continue
            self._step(values, position)
            stack = self.stack
            moves = _NO_MOVES if self.back else self.state.moves
        self._finish(body)

    def _step(self, values: list[str], position: int) -> None:
        """Find the place of one segment by all the rules."""
        tag = values[0]
        if self.back and next(reachable(self.state, tag, self.floor), None) is None:
            self._leave(position)
        places = list(reachable(self.state, tag, self.floor))
        for place in places:
            if not place.maximum or self._count(place) < place.maximum:
                if place is places[0] and not place.nests and not self.back:
                    self.state.moves[tag] = move_to(self.state, place)
                self._put(place, values, position)
                return
        if places:
            self._too_often(places[0], position)
            self._put(places[0], values, position)
        else:
            self._misplaced(values, position)

    def _count(self, place: GuidePlace) -> int:
        return self.hierarchy.count if place.nests else len(self.stack[place.depth].children.get(place.tag, ()))

    def _put(self, place: GuidePlace, values: list[str], position: int) -> None:
        """Add the segment at ``place``, closing the loops that end before it."""
        for loop in closed_between(self.state, place):
            if loop.closing:
                self._close(loop, position)
        node = self._node(place, values, position)
        parent = self.hierarchy.parent_of(node) if place.nests else self.stack[place.depth]
        parent.add(node)
        if place.opens:
            del self.stack[place.depth + 1 :]
            self.stack.append(node)
        self.state = place

    def _node(self, place: GuidePlace, values: list[str], position: int) -> Node:
        node = Node(place.tag, position, self._cut(place, values))
        if not place.accepts(node.values) or (self.repeated and self._repeats(node.values)):
            self._explain(place, node)
        return node

    def _repeats(self, values: Sequence[Value]) -> bool:
        """Say whether the sign of a repetition stands in what was not cut by it: the code made of a guide does not
        know the sign, which comes with the interchange."""
        sign = self.repetition
        if not sign:
            return False
        parts = [value if isinstance(value, str) else "".join(map("".join, value)) for value in values]
        return any(sign in part for part in parts)

    def _cut(self, place: GuidePlace, values: list[str]) -> list[Value]:
        """Cut repeating elements and composites as the guide has them."""
        if not place.cut or len(values) <= place.cut or place.use is None:
            return values  # type: ignore[return-value]
        cut: list[Value] = list(values)
        for number, element in enumerate(place.use.segment.elements[: len(values) - 1], 1):
            text = values[number]
            if not text:
                continue
            if element.repeat > 1:
                turns = [turn.rstrip(" ") for turn in text.split(self.repetition)] if self.repetition else [text]
                cut[number] = [self._parts(turn) for turn in turns] if element.components else turns
            elif element.components:
                cut[number] = self._parts(text)
        return cut

    def _parts(self, text: str) -> list[str]:
        return [part.rstrip(" ") for part in text.split(self.component)] if self.component else [text]

    def _explain(self, place: GuidePlace, node: Node) -> None:
        if self.findings.full:
            self.findings.unlisted += 1
        elif place.use is not None:
            at = At(self.findings, place.tag, node.position, place.loop_tag, self.repetition)
            node.values = explain(place.use.segment, node.values, self.validator.guide.codes, at)

    def _close(self, loop: GuidePlace, position: int) -> None:
        """Report what the loop that ends before ``position`` lacks."""
        node = self.stack[loop.depth + 1]
        for child in loop.required:
            if child.tag not in node.children:
                later = [n.position for tag, ns in node.children.items() for n in ns if _index(loop, tag) > child.index]
                self.findings.add(
                    "GDE-SEGMENT-MISSING", segment=min(later, default=position), tag=child.tag, loop=child.loop_tag,
                    label=child.name, where=in_loop(loop.tag if loop else None),
                )  # fmt: skip
        started, ended = node.element(1), node.children.get("LE", [node])[0].element(1)
        if loop.tag == "LS" and started != ended:
            self.findings.add(
                "GDE-LOOP-NAME", segment=position - 1, tag="LE", loop="LS", element=1, found=str(ended),
                expected=str(started),
            )  # fmt: skip

    def _too_often(self, place: GuidePlace, position: int) -> None:
        code = "GDE-LOOP-TOO-OFTEN" if place.opens else "GDE-SEGMENT-TOO-OFTEN"
        self.findings.add(
            code, segment=position, tag=place.tag, loop=place.loop_tag, label=place.name, most=place.maximum,
            where=in_loop(place.parent.tag if place.parent else None),
        )  # fmt: skip

    def _misplaced(self, values: list[str], position: int) -> None:
        """Judge a segment that may not follow: too late in an open loop, or foreign to all of them."""
        tag = values[0]
        loop: GuidePlace | None = self.state.loop
        while loop is not None:
            child = loop.children.get(tag)
            if child is not None:
                self._late(child, values, position)
                return
            loop = loop.parent
        loops = self.validator.loops.get(tag)
        known = tag in self.validator.guide.known
        unknown = "GDE-SEGMENT-UNKNOWN" if tag else "GDE-SEGMENT-NAMELESS"
        code = "GDE-SEGMENT-UNEXPECTED" if loops else "GDE-SEGMENT-NOT-IN-SET" if known else unknown
        shown = tag[:FOUND_CHARACTERS_MAX]
        self.findings.add(
            code, segment=position, tag=shown, loop=self.state.loop_tag, found=shown, set=self.validator.guide.set,
            loops=[Wording(key="guide/loop", words={"loop": name}) for name in sorted(loops or ())],
        )  # fmt: skip
        node = Node(tag, position, values)  # type: ignore[arg-type]
        self.stack[self.state.loop.depth + 1].children.setdefault(UNKNOWN, []).append(node)

    def _late(self, place: GuidePlace, values: list[str], position: int) -> None:
        """Put a segment that comes after its place where it belongs; if it opens a loop, what follows belongs to it."""
        if place.maximum and self._count(place) >= place.maximum:
            self._too_often(place, position)
        else:
            after = next(loop for loop in _path(self.state) if loop.parent is place.parent)
            self.findings.add(
                "GDE-SEGMENT-ORDER", segment=position, tag=place.tag, loop=place.loop_tag, label=place.name,
                after=after.tag,
            )  # fmt: skip
        node = self._node(place, values, position)
        self.stack[place.depth].add(node)
        if place.opens:
            self.back = (self.state, self.stack)
            self.stack = [*self.stack[: place.depth + 1], node]
            self.state = self.floor = place

    def _leave(self, position: int) -> None:
        """Go back from a misplaced loop to where the walk stood before it."""
        assert self.back is not None
        for loop in closed_between(self.state, self.floor):
            self._close(loop, position)
        self.state, self.stack = self.back
        self.back, self.floor = None, self.validator.root

    def _finish(self, body: Sequence[list[str]]) -> None:
        position = len(body) + 2
        if self.back:
            self._leave(position)
        for loop in closed_between(self.state, None):
            self._close(loop, position)
        self.hierarchy.finish()
        self._check_count(body)

    def _check_count(self, body: Sequence[list[str]]) -> None:
        counted = self.validator.counted
        totals = self.stack[0].children.get(counted.tag) if counted else None
        if counted is None or counted.of is None or not totals:
            return
        there = [values[0] for values in body].count(counted.of)
        stated = totals[0].element(counted.element)
        if not isinstance(stated, str) or not stated.isdecimal():
            return
        said, counted_here = stated.lstrip("0"), str(there).lstrip("0")
        if said != counted_here:
            more = (len(said), said) > (len(counted_here), counted_here)  # of any length: the partner wrote it
            code = "GDE-LINES-MISSING" if more else "GDE-COUNT"
            self.findings.add(
                code, segment=totals[0].position, tag=counted.tag, loop=counted.tag, element=counted.element,
                found=stated, expected=str(there), of=counted.of,
            )  # fmt: skip


def _tell_components_in_data(node: Node, component: str, findings: SetFindings) -> None:
    """Add a warning for each simple element that holds the component separator: who reads on may cut it in two."""
    for number, value in enumerate(node.values[1:], 1):
        if isinstance(value, str) and component in value:
            findings.add(
                "GDE-COMPONENT-SEPARATOR", segment=node.position, tag=node.tag, loop=None, element=number, found=value,
                character=component,
            )  # fmt: skip
    for tag, nodes in node.children.items():
        for child in nodes if tag != UNKNOWN else ():  # of those nobody knows what is composite
            _tell_components_in_data(child, component, findings)


def _path(state: GuidePlace) -> list[GuidePlace]:
    """The places from ``state`` up to the top: how far each open loop has come."""
    path = [state]
    while path[-1].parent is not None:
        path.append(path[-1].parent)
    return path


def _index(loop: GuidePlace, tag: str) -> int:
    child = loop.children.get(tag)
    return -1 if child is None else child.index
