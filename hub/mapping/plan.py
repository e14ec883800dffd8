"""A map bound to its schema and its document: what the two writers of Python (``reading``, ``writing``) work from.

Nothing here decides anything; ``bind`` fills these, and they live only while a map is compiled.
"""

from __future__ import annotations

from typing import Literal

from hub.formats.families import family_of
from hub.formats.schema import Part, Place, Record, RepeatingGroup, Schema
from hub.kernel.struct import Struct
from hub.mapping.codecs import Bound
from hub.mapping.paths import Path, PathStep
from hub.mapping.scan import Where
from hub.mapping.shape import Shape
from hub.mapping.source import RuleSource


class Anchor(Struct):
    """Where a path starts: the item's own place, one of its outer steps, or the top of the document."""

    kind: Literal["own", "outer", "root"] = "own"
    index: int = 0

    @property
    def name(self) -> str:
        """The variable that holds the node in generated code."""
        return {"own": "n", "outer": f"o{self.index}", "root": "X.root"}[self.kind]


OWN = Anchor()
TOP = Anchor(kind="root")


class Take:
    """A path bound to the schema: the steps beneath its anchor, and the place it ends in."""

    def __init__(
        self, path: Path, anchor: Anchor, steps: tuple[PathStep, ...], places: tuple[Place, ...], own: Place
    ) -> None:
        self.path = path
        self.anchor = anchor
        self.steps = steps
        self.places = places
        self.own = own
        self.place = places[-1] if places else own

    @property
    def record(self) -> Record:
        return self.place.record

    @property
    def every(self) -> bool:
        return any(step.every for step in self.steps)

    @property
    def selector(self) -> tuple[Anchor, tuple[PathStep, ...]]:
        """What makes two paths the same place."""
        return self.anchor, self.steps

    def part(self, number: int) -> Part:
        """Return the schema's part; with a component named, that component."""
        part = self.record.parts[number - 1]
        return part.parts[self.path.component - 1] if self.path.component else part


class Rule:
    """One line of a map, bound."""

    def __init__(self, number: int, field: str, source: RuleSource, shape: Shape, where: Where) -> None:
        self.number = number
        self.field = field
        self.source = source
        self.shape = shape
        self.where = where
        self.takes: list[Take] = []
        self.codecs: list[Bound] = []
        self.inherited = False

    @property
    def reads(self) -> bool:
        return self.source.direction != "out"

    @property
    def writes(self) -> bool:
        return self.source.direction != "in"

    @property
    def listed(self) -> bool:
        """Whether it takes many values: starred, repeated, or over several places."""
        return self.source.sequence or any(take.every or take.path.repeated for take in self.takes)


class Level(Struct):
    """An outer step of a list's ``at``: shared by the items beneath."""

    step: PathStep
    place: Place


class Constant:
    """A constant: the place, and what stands there."""

    def __init__(self, take: Take, value: str, where: Where, number: int) -> None:
        self.take = take
        self.value = value
        self.where = where
        self.number = number


class Total(Struct):
    """A total: where it stands and what it adds up, both as paths from the loop in which they stand."""

    number: int
    operation: Literal["sum", "count"]
    loop: tuple[PathStep, ...]
    target: Path
    source: Path
    where: Where
    decimals: int = 0
    digits_max: int = 0  # of the target element
    required: bool = False  # the target, by the guide
    hashed: bool = False  # the target is a hash total (data element 347), which has an arithmetic of its own


class Variant:
    """One place a list's items may stand, with the rules for an item there. The document itself is one too."""

    def __init__(self, number: int, struct: type[Struct], name: str, place: Place) -> None:
        self.number = number
        self.struct = struct
        self.name = name  # dotted, from the document: lines.schedules
        self.place = place  # of the item's own
        self.tags: tuple[str, ...] = ()  # from the top down to the item's own place
        self.outer: list[Level] = []
        self.step: PathStep | None = None  # of the item's own segment; None when it stands in its parent's place
        self.group: RepeatingGroup | None = None
        self.said_by: tuple[str, str] | None = None  # field and word the place decides
        self.rules: list[Rule] = []
        self.lists: list[Listing] = []
        self.constants: list[Constant] = []
        self.where: Where | None = None
        self.above: Variant | None = None  # the item that holds the list

    @property
    def in_place(self) -> bool:
        """Whether items stand in their parent's own segment (``.``, ``PO1~``)."""
        return self.step is None


class Listing:
    """A list field and the places its items come from."""

    def __init__(self, name: str, variants: list[Variant]) -> None:
        self.name = name  # dotted, from the item that holds it: item.others
        self.variants = variants


class Plan:
    """A whole map, bound."""

    def __init__(self, schema: Schema, document: type[Struct]) -> None:
        self.schema = schema
        self.family = family_of(schema)
        self.document = document
        self.root: Variant
        self.rules: list[Rule] = []
        self.variants: list[Variant] = []
        self.totals: list[Total] = []
        self.numbers = 0  # rules, constants and totals share one numbering
        self.places: list[tuple[str, Where]] = []  # by number: field and where it was said
        self.whys: dict[str, str] = {}
        self.why_places: dict[str, Where] = {}
