"""What compiled reading calls while it runs: places found, faults noted, what nobody read reported.

A tree enters with the context ``Reading``; values and findings leave. Nothing here raises for a partner's data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hub.canonical.halves import half
from hub.canonical.shared import Unweighed
from hub.formats.family import Family
from hub.formats.schema import Schema
from hub.formats.tree import Node, Value
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location
from hub.kernel.sentence import Word
from hub.mapping.sentences import finding

Trail = tuple[Any, str, int] | None
"""Where an item stands in the document: (its parent's trail, list name, index); None for the document."""

Conditions = tuple[tuple[int, int, str | None], ...]
"""Element, component or 0, and the value it must hold; None asks for any value."""

Steps = tuple[tuple[str, Conditions, bool, str], ...]
"""A bound way down: (tag, conditions, optional, key)."""

UNWEIGHED_MAX = 20  # of one item: enough to say what to look at
FINDINGS_MAX = 1000  # of one document; a wholly foreign file would bury the rest. What is beyond is counted.


class Reading:
    """One document being read."""

    __slots__ = (
        "beyond", "claimed", "currency", "differing", "family", "fields", "findings", "groups", "halves", "holders",
        "locate", "numbers", "root", "said", "schema", "seen", "sites", "trace",
    )  # fmt: skip

    def __init__(
        self, root: Node, sites: Sequence[tuple[str, str]], trace: list[Any] | None, schema: Schema, family: Family
    ) -> None:
        self.root = root
        self.schema = schema
        self.family = family
        self.locate = family.locate
        self.sites = sites  # by rule number: canonical field, file:line
        self.seen: dict[Node, int] = {}  # bit per element read
        self.claimed: set[Node] = set()
        self.groups: dict[Node, set[int]] = {}
        self.findings: list[Diagnostic] = []
        self.beyond: list[Severity] = []  # of findings that are only counted
        self.fields: dict[str, Any] = {}
        self.numbers: dict[str, dict[Node, int]] = {}
        self.currency: str | None = None
        self.trace = trace
        self.holders: dict[Node, list[Any]] = {}  # the list of each item that keeps what was not weighed
        self.halves: list[tuple[Trail, int, tuple[str, str]]] = []  # the item, the rule, what arrived alone
        self.differing: list[tuple[str, str]] = []  # totals that do not add up: place, as stated
        self.said: dict[str, set[str]] = {}  # running numbers by segment: those said or already given

    def note(
        self,
        key: str,
        severity: Severity,
        number: int,
        trail: Trail,
        node: Node | None = None,
        element: int | None = None,
        *,
        part: str = "",
        found: str | None = None,
        expected: str | None = None,
        standard: str | None = None,
        **words: Word,
    ) -> None:
        """Add a finding about the rule ``number``; ``words`` fill the sentence ``key``."""
        field, rule = self.sites[number]
        path = trail_text(trail) + field.rsplit("|", 1)[-1] + (f".{part}" if part else "")
        location = self.locate(node, element, None, path)
        self.add(finding(key, severity, location, words, found=found, expected=expected, standard=standard, rule=rule))

    def spelt(self, tag: str, part: int) -> str:
        """Return how a map's author writes a part."""
        return self.family.spelt(self.schema, tag, part)

    def add(self, found: Diagnostic) -> None:
        """Keep a finding, or count it when there are too many to read."""
        if len(self.findings) < FINDINGS_MAX:
            self.findings.append(found)
        else:
            self.beyond.append(found.severity)

    def close(self) -> list[Diagnostic]:
        """Return the findings, the last of them saying how many more there are and how bad."""
        if self.beyond:
            self.findings.append(finding("MAP-MORE", max(self.beyond), Location(), {"count": len(self.beyond)}))
        return self.findings

    def bad(self, number: int, node: Node, element: int, text: str, trail: Trail, wanted: str) -> None:
        """Note a text that is no value of the type the field wants."""
        self.note("MAP-VALUE", Severity.VALUE, number, trail, node, element, found=text, standard="6", wanted=wanted)

    def unknown(self, number: int, node: Node, element: int, text: str, trail: Trail, table: str, part: str) -> None:
        """Note a code its table does not have."""
        self.note(
            "MAP-CODE", Severity.VALUE, number, trail, node, element, part=part, found=text, standard="7", table=table
        )

    def passed(self, number: int, node: Node, element: int, text: str, trail: Trail, table: str, part: str) -> str:
        """Note a code that passes untranslated; return it."""
        self.note("MAP-CODE-PASSED", Severity.NOTE, number, trail, node, element, part=part, found=text, table=table)
        return text

    def constant(self, number: int, node: Node, element: int, text: str, wanted: str, trail: Trail) -> None:
        """Note another value where the map says there is only one."""
        self.note("MAP-CONST", Severity.WARNING, number, trail, node, element, found=text, expected=wanted)

    def no_currency(self, number: int, trail: Trail) -> None:
        """Note an amount whose currency neither it nor the document says."""
        self.note("MAP-CURRENCY", Severity.VALUE, number, trail)

    def half(
        self,
        number: int,
        trail: Trail,
        said: tuple[str, str],
        missing: tuple[str, str],
        node: Node | None = None,
        element: int | None = None,
    ) -> None:
        """Note a struct of which a part arrived without the part that makes it one."""
        self.halves.append((trail, number, said))
        self.note(
            "MAP-HALF-SAID", Severity.WARNING, number, trail, node, element, said=half(*said), missing=half(*missing)
        )

    def missing(self, number: int, trail: Trail, node: Node, field: str, *, document: bool) -> None:
        """Note a required field that nothing on the wire says: the item, or the document, falls."""
        self.note("MAP-REQUIRED", Severity.DOCUMENT if document else Severity.PART, number, trail, node, field=field)

    def held(self, node: Node) -> list[Any]:
        """Return the list in which the item at ``node`` keeps what was not weighed; ``weighing`` fills it."""
        kept: list[Any] = []
        self.holders[node] = kept
        return kept

    def weigh(
        self,
        node: Node,
        meaning: str,
        place: str,
        value: str | None,
        *,
        field: str | None = None,
        taken: str | None = None,
    ) -> None:
        """Put what no rule weighed to the item at ``node``; the first of it, the findings have the rest."""
        held = self.holders.get(node)
        if held is not None and len(held) < UNWEIGHED_MAX:
            held.append(Unweighed(meaning=meaning, place=place, value=value, field=field, taken=taken))

    def put(self, held: list[Any], meaning: str, place: str, value: str | None, half: str | None = None) -> None:
        if len(held) < UNWEIGHED_MAX:
            held.append(Unweighed(meaning=meaning, place=place, value=value, half=half))

    def free_number(self, running: int, tag: str, element: int, number: int, trail: Trail, node: Node) -> str:
        """Return the number of an item that says none: its running number, or one that no other item can be taken for.

        Numbers beyond the last running one are nobody's place in the list, so nobody counting lines is misled.
        """
        nodes = self.root.children.get(tag, ())
        said = self.said.get(tag)
        if said is None:
            texts = [component(each.element(element), 1) for each in nodes]
            said = self.said[tag] = {text.lstrip("0") if text.isdigit() else text for text in texts}
        if str(running) not in said:
            return str(running)
        free = len(nodes) + 1
        while str(free) in said:
            free += 1
        said.add(str(free))
        self.note("MAP-NUMBERED", Severity.NOTE, number, trail, node, element, running=running, free=free)
        return str(free)

    def number_of(self, key: str, node: Node) -> int:
        """Return the running number of an outer place among its like, from 1."""
        known = self.numbers.setdefault(key, {})
        return known.setdefault(node, len(known) + 1)


def trail_text(trail: Trail) -> str:
    """Return ``lines[2].schedules[0].`` for an item, nothing for the document."""
    if trail is None:
        return ""
    above, name, index = trail
    return f"{trail_text(above)}{name}[{index}]."


def component(value: Value, number: int) -> str:
    """Return component ``number`` of an element; a plain text is its own first component."""
    if isinstance(value, str):
        return value if number == 1 else ""
    if value and isinstance(value[0], list):
        return component(value[0], number)
    text = value[number - 1] if len(value) >= number else ""
    return text if isinstance(text, str) else ""


def first(value: Value) -> str:
    """Return the first repetition of a repeating element."""
    return component(value, 1)


def fits(node: Node, conditions: Conditions) -> bool:
    """Say whether the segment holds every value asked for."""
    values = node.values
    for element, part, wanted in conditions:
        value = values[element] if element < len(values) else ""
        if wanted is None:
            if not value:
                return False
        elif value != wanted and (isinstance(value, str) or component(value, part or 1) != wanted):
            return False
    return True


def beneath(nodes: Sequence[Node], tag: str) -> list[Node]:
    """Return what stands directly beneath several places, in wire order."""
    return [each for node in nodes for each in node.children.get(tag, ())]


def below(nodes: Sequence[Node]) -> Mapping[str, Sequence[Node]]:
    """Return all that stands directly beneath several places, by tag, each in wire order."""
    found: dict[str, list[Node]] = {}
    for node in nodes:
        for tag, children in node.children.items():
            found.setdefault(tag, []).extend(children)
    return found


def find(
    base: Node, steps: Steps, claimed: set[Node] | None, bound: dict[str, Node], seen: dict[Node, int]
) -> Node | None:
    """Return the first place that fits whole, claim it and the steps named by a condition, mark what these ask."""
    way = _way(base, steps, 0, claimed, bound)
    if way is None:
        return None
    for at, node in enumerate(way):
        conditions = steps[at][1]
        if conditions:
            seen[node] = seen.get(node, 0) | _asked(conditions)
        if conditions or at == len(way) - 1:
            bound[steps[at][3]] = node
            if claimed is not None:
                claimed.add(node)
    return way[-1]


def _way(base: Node, steps: Steps, at: int, claimed: set[Node] | None, bound: dict[str, Node]) -> list[Node] | None:
    if at == len(steps):
        return []
    tag, conditions, _, key = steps[at]
    known = bound.get(key)
    if known is not None:
        rest = _way(known, steps, at + 1, claimed, bound)
        return None if rest is None else [known, *rest]
    names = bool(conditions) or at == len(steps) - 1
    for node in base.children.get(tag, ()):
        if names and claimed is not None and node in claimed:
            continue
        if conditions and not fits(node, conditions):
            continue
        rest = _way(node, steps, at + 1, claimed, bound)
        if rest is not None:
            return [node, *rest]
    return None


def find_all(base: Node, steps: Steps, claimed: set[Node] | None, seen: dict[Node, int]) -> Sequence[Node]:
    """Return every place that fits, in wire order, claim them, and mark what the conditions ask."""
    nodes: Sequence[Node] = (base,)
    for tag, conditions, _, _ in steps:
        nodes = nodes[0].children.get(tag, ()) if len(nodes) == 1 else beneath(nodes, tag)
        if conditions:
            nodes = [node for node in nodes if fits(node, conditions)]
            for node in nodes:
                seen[node] = seen.get(node, 0) | _asked(conditions)
        if not nodes:
            return ()
    if claimed is not None:
        nodes = [n for n in nodes if n not in claimed]
        claimed.update(nodes)
    return nodes


def _asked(conditions: Conditions) -> int:
    mask = 0
    for element, _, _ in conditions:
        mask |= 1 << element
    return mask


def ways(base: Node, steps: Steps) -> list[tuple[Node | None, ...]]:
    """Return every way down ``steps``, levels that may be missing as None, items in wire order."""
    found: list[tuple[tuple[Node | None, ...], Node]] = [((), base)]
    for tag, conditions, optional, _ in steps:
        longer: list[tuple[tuple[Node | None, ...], Node]] = []
        for way, above in found:
            nodes = above.children.get(tag, ())
            longer += [((*way, node), node) for node in nodes if not conditions or fits(node, conditions)]
            if optional:
                longer.append(((*way, None), above))
        found = longer
    made = [way for way, _ in found]
    if len(made) > 1:
        made.sort(key=_last_position)
    return made


def _last_position(way: tuple[Node | None, ...]) -> int:
    node = way[-1]
    return node.position if node is not None else 0


def texts(X: Reading, nodes: Sequence[Node], elements: tuple[int, ...], part: int, mask: int) -> list[str]:
    """Return what stands in ``elements`` of every node, in order, gaps closed; mark it read."""
    found: list[str] = []
    for node in nodes:
        X.seen[node] = X.seen.get(node, 0) | mask
        values = node.values
        for element in elements:
            value: Value = values[element] if element < len(values) else ""
            if isinstance(value, str):
                if value:
                    found.append(value)
            elif part:
                text = component(value, part)
                if text:
                    found.append(text)
            else:
                found += [
                    text
                    for text in (component([v], 1) if isinstance(v, str) else component(v, 1) for v in value)
                    if text
                ]
    return found


def parts_read(X: Reading, node: Node, element: int, parts: frozenset[int]) -> None:
    """Mark a composite read when nothing stands in its other components, else report those."""
    value = node.values[element] if element < len(node.values) else ""
    X.seen[node] = X.seen.get(node, 0) | 1 << element
    if isinstance(value, str):
        return
    inner = value[0] if value and isinstance(value[0], list) else value
    for at, text in enumerate(inner, 1):
        if text and at not in parts:
            X.add(unread(X, node, element, at, str(text)))


def unread(X: Reading, node: Node, element: int, part: int, text: str, *, foreign: bool = False) -> Diagnostic:
    """Return the finding about an element that no rule read."""
    key = "MAP-UNREAD/foreign" if foreign else "MAP-UNREAD"
    return finding(key, Severity.NOTE, X.locate(node, element, part or None, None), {}, found=text)
