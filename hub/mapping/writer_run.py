"""What compiled writing calls while it runs: places opened and shared, faults noted.

A document enters with the context ``Writing``; a tree and findings leave. Faults, never silence: what cannot
be said, or would be read back otherwise, is a finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hub.formats.family import Family
from hub.formats.schema import Schema
from hub.formats.tree import Node, Value
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location
from hub.kernel.sentence import Word
from hub.kernel.struct import Struct
from hub.mapping.reader_run import Steps, Trail, find, fits, trail_text
from hub.mapping.sentences import finding

Template = tuple[Any, ...]
"""The values a place opens with: tag, conditions, blanks; composites as tuples."""


class Field(Struct):
    """A field of the document, by its dotted path, as a guard of an item asks for it."""

    path: str

    def of(self, document: Any) -> Any:
        """Return what ``document`` says there; None where something on the way is not said."""
        value = document
        for name in self.path.split("."):
            if value is None:
                return None
            value = value.get(name) if isinstance(value, dict) else getattr(value, name)
        return value


class Writing:
    """One document being written."""

    __slots__ = (
        "currency", "document", "family", "findings", "groups", "numbers", "root", "schema", "shared", "sites", "taken",
        "tops",
    )  # fmt: skip

    def __init__(
        self, root: Node, sites: Sequence[tuple[str, str]], document: Any, schema: Schema, family: Family
    ) -> None:
        self.root = root
        self.schema = schema
        self.family = family
        self.sites = sites
        self.document = document
        self.currency: str | None = None
        self.findings: list[Diagnostic] = []
        self.groups: dict[Node, tuple[int, int, list[str]]] = {}  # first element, room, what stands there
        self.taken: set[tuple[Node, int]] = set()  # places that hold one item, and whose list that is of
        self.shared: dict[tuple[Node, str], dict[Any, Node]] = {}  # by what is said there; None: nothing yet
        self.numbers: dict[str, int] = {}
        self.tops: dict[int, str | None] = {}

    def note(
        self,
        key: str,
        severity: Severity,
        number: int,
        trail: Trail,
        node: Node | None = None,
        element: int | None = None,
        *,
        found: str | None = None,
        expected: str | None = None,
        **words: Word,
    ) -> None:
        """Add a finding about the rule ``number``; ``words`` fill the sentence ``key``."""
        field, rule = self.sites[number]
        location = self.family.locate(node, element, None, trail_text(trail) + field)
        self.findings.append(finding(key, severity, location, words, found=found, expected=expected, rule=rule))

    def fault(
        self,
        key: str,
        number: int,
        trail: Trail,
        *,
        found: str | None = None,
        expected: str | None = None,
        **words: Word,
    ) -> None:
        """Add a finding that rejects the element: the wire would say something else than the model."""
        self.note(key, Severity.VALUE, number, trail, None, None, found=found, expected=expected, **words)

    def spelt(self, node: Node, part: int) -> str:
        """Return how a map's author writes a part of ``node``."""
        return self.family.spelt(self.schema, node.tag, part)

    def text(self, text: str, number: int, trail: Trail) -> str | None:
        """Return what the wire can hold of a text: nothing of an empty one or of one with control characters.

        Blanks behind it that mean nothing there are nobody's to read: they are left off, and that is told.
        """
        said = self.family.held(text)
        if text and said == text:
            return text
        if text and said is not None:
            self.note("MAP-BLANKS", Severity.NOTE, number, trail, found=text)
            return said or None
        self.fault("MAP-TEXT" if text else "MAP-TEXT/empty", number, trail, found=text)
        return None

    def no_word(self, number: int, word: str, trail: Trail, table: str) -> None:
        """Note a word its table has no code for."""
        self.fault("MAP-CODE/no-word", number, trail, found=word, table=table)

    def loose(self, number: int, word: str, trail: Trail, table: str) -> str:
        """Note a word that passes as it is but is a code of its table: it would come back as another word."""
        self.fault("MAP-CODE/loose", number, trail, found=word, table=table)
        return word

    def inexact(self, number: int, value: object, trail: Trail) -> None:
        """Note a value the element cannot hold: a third decimal into N2, a fraction into a whole number."""
        self.fault("MAP-INEXACT", number, trail, found=str(value))

    def assumed(self, number: int, word: str, trail: Trail) -> None:
        """Note a field that says nothing and will be read as what its rule assumes."""
        self.note("MAP-ASSUMED", Severity.WARNING, number, trail, word=word)

    def put(self, node: Node, element: int, text: str, number: int, trail: Trail) -> None:
        """Write an element that several rules write; they must agree."""
        values = node.values
        if len(values) <= element:  # a place at the top, opened by a line that says less
            values += [""] * (element + 1 - len(values))
        standing = values[element]
        if standing and standing != text:
            place = self.spelt(node, element)
            self.fault("MAP-TWICE", number, trail, found=text, named=place, standing=_plain(standing))
        else:
            values[element] = text

    def part(self, node: Node, element: int, component: int, text: str, number: int, trail: Trail) -> None:
        """Write a component of a composite."""
        value = node.values[element]
        parts: list[str] = (
            [v if isinstance(v, str) else "" for v in value] if isinstance(value, list) else ([value] if value else [])
        )
        parts += [""] * (component - len(parts))
        if parts[component - 1] and parts[component - 1] != text:
            place = f"{self.spelt(node, element)}-{component}"
            self.fault("MAP-TWICE/part", number, trail, found=text, named=place)
            return
        parts[component - 1] = text
        node.values[element] = parts

    def absent(self, node: Node | None, element: int, number: int, trail: Trail) -> None:
        """Note a field that says nothing where another rule says the same element: it would be read from there."""
        standing = node.values[element] if node is not None else ""
        if node is not None and standing:
            place = self.spelt(node, element)
            self.fault("MAP-TWICE/absent", number, trail, named=place, standing=_plain(standing))

    def group(
        self, node: Node, first: int, size: int, last: int, members: Sequence[str], number: int, trail: Trail
    ) -> None:
        """Append a group to a segment; report when it has no room left."""
        _, room, standing = self.groups.setdefault(node, (first, last - first + 1, []))
        if len(standing) + size > room:
            self.fault("MAP-FULL", number, trail, found=" ".join(members), segment=node.tag)
            return
        standing += members

    def takes_one(self, node: Node, variant: int, number: int, trail: Trail) -> bool:
        """Say whether an item may be written into the place itself; note one that comes where another stands."""
        if (node, variant) in self.taken:
            self.fault("MAP-FULL/one", number, trail)
            return False
        self.taken.add((node, variant))
        return True

    def rival_group(self, node: Node, qualifier: str, rivals: dict[str, str], number: int, trail: Trail) -> None:
        """Note a group that a line would read as its own, because that line has written none."""
        standing = self.groups.get(node)
        if standing is None or qualifier not in standing[2]:
            self.fault("MAP-CLAIMED/group", number, trail, found=qualifier, other=rivals[qualifier])

    def top(self, number: int, text: str | None, trail: Trail) -> bool:
        """Say whether to write what an item says at the top of the document: the first does, the others must agree."""
        if number not in self.tops:
            self.tops[number] = text
            return text is not None
        if self.tops[number] != text:
            earlier = self.tops[number]
            self.fault("MAP-SHARED", number, trail, said=str(text), earlier=str(earlier))
        return False

    def word(self, number: int, word: str, found: object, trail: Trail) -> None:
        """Note a field that must say the word its rule stands for."""
        self.fault("MAP-WORD", number, trail, word=word, said=str(found))

    def nowhere(self, number: int, listing: str, trail: Trail, field: str | None, said: object) -> None:
        """Note an item that none of the list's places can hold: what ``field`` of it says chooses the place."""
        if field is None:
            self.note("MAP-UNSAID/like-this", Severity.WARNING, number, trail, listing=listing)
            return
        self.note("MAP-UNSAID/nowhere", Severity.WARNING, number, trail, listing=listing, field=field, said=str(said))

    def unsaid(self, value: Any, covered: dict[str, Any], number: int, trail: Trail, above: str = "") -> None:
        """Report every field of ``value`` that is said and that no rule writes."""
        for name in value.__struct_fields__:
            said, cover = getattr(value, name), covered.get(name)
            if said is None or said == [] or said == {} or cover is True:
                continue
            if isinstance(cover, dict) and isinstance(said, dict):
                missing = [f"{above}{name}.{word}" for word in said if word not in cover]
            elif isinstance(cover, dict):
                self.unsaid(said, cover, number, trail, f"{above}{name}.")
                continue
            else:
                missing = [above + name]
            for field in missing:
                self._unsaid(field, number, trail)

    def _unsaid(self, field: str, number: int, trail: Trail) -> None:
        location = Location(path=trail_text(trail) + field)
        rule = self.sites[number][1] if self.sites else None
        self.findings.append(finding("MAP-UNSAID", Severity.NOTE, location, {"field": field}, rule=rule))

    def unsaid_field(self, number: int, trail: Trail, case: str, guard: str = "", said: str = "") -> None:
        """Report a field whose rule did not write it: ``case`` says why not, ``guard`` what it would take."""
        words: dict[str, Word] = {"guard": guard, "said": said} if guard else {}
        self.note(f"MAP-UNSAID/{case}", Severity.WARNING, number, trail, None, None, found=None, expected=None, **words)

    def money(self, currency: str, number: int, trail: Trail, field: str) -> None:
        """Report an amount in another currency than the document's: the wire has one."""
        if self.currency is None:
            self.note("MAP-CURRENCY/unsaid", Severity.WARNING, number, trail, field=field, currency=currency)
            return
        self.fault("MAP-CURRENCY/other", number, trail, field=field, currency=currency, agreed=self.currency)

    def claimed(self, node: Node, rivals: Sequence[tuple[Steps, Node | None, str]], number: int, trail: Trail) -> None:
        """Report an item that another rule would take for its own when it is read."""
        for steps, written, rule in rivals:
            if written is None and fits(node, steps[0][1]) and (len(steps) == 1 or find(node, steps[1:], None, {}, {})):
                self.fault("MAP-CLAIMED", number, trail, other=rule)
                return


def _plain(value: Value) -> str:
    """Return what stands in an element, as it is told."""
    return value if isinstance(value, str) else str(value)
