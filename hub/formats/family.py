"""What a map asks of a syntax: how values are spelt, where something stands, and bytes to trees and back.

``x12``, ``xml``, ``cxml`` and ``json`` each have one ``Family``; ``families`` is the table of them. A family holds
nothing of a document: it is asked with what it has opened. It knows documents, and nothing of who sent them: envelopes,
answers and numbers are the syntax's, which stands in ``hub.flow`` and is built on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from hub.formats.schema import Part, Schema
from hub.formats.tree import Node
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.location import Location
from hub.kernel.struct import Struct

ValueReader = Callable[[str], Any]
"""Text of the wire → value, None for a text that is no such value."""

ValueWriter = Callable[[Any], str | None]
"""Value → text of the wire, None for a value that the part cannot hold as it is."""


Kinds = Mapping[tuple[str, str], str]
"""Kind of value (Decimal, When, str …) by the tag of a place and the part, as the wire names them."""


class OpenedDocument(Struct):
    """One document of a body, as its syntax opened it, not yet judged by a schema."""

    kind: str  # how the wire names it: ST01, the root element, the type it says
    number: str  # the wire's own number for it, for people; "" where it has none
    place: Location
    content: Any  # the family's own
    findings: list[Diagnostic] = []


class Checked:
    """One document judged: its tree, and every fault with place and remedy."""

    __slots__ = ("findings", "root")

    def __init__(self, root: Node, findings: list[Diagnostic]) -> None:
        self.root = root
        self.findings = findings


class Written(Struct):
    """The bytes, or why there are none; a warning may stand beside the bytes."""

    body: bytes | None
    findings: list[Diagnostic] = []


class Schemas(Protocol):
    """Finds schemas by the name that maps give them; a faulty file raises ``Misconfigured``."""

    def find(self, wire: str, partner: str | None = None) -> Schema | None:
        """Return the schema ``wire``, as ``partner`` narrows it; None where there is none."""


class Family(Protocol):
    """One syntax, as maps use it."""

    @property
    def name(self) -> str: ...

    @property
    def called(self) -> str:
        """As people write it: X12, cXML."""

    @property
    def extension(self) -> str:
        """Of the files a case keeps: edi."""

    @property
    def wanted(self) -> Mapping[str, str]:
        """By kind of value: what a sender should write, in words."""

    def schemas(self, roots: Sequence[Path]) -> Schemas:
        """Return what finds this family's schemas in configuration ``roots``."""

    def names(self, roots: Sequence[Path]) -> Iterator[str]:
        """Yield what the standard's places are called in ``roots``, for those who read another language."""

    # values

    def reader(self, kind: str, part: Part | None) -> ValueReader:
        """Return what reads a ``kind`` (date, time, Decimal, int, bool) from ``part``; equal asks, equal function."""

    def writer(self, kind: str, part: Part | None) -> tuple[ValueWriter, bool]:
        """Return what writes a ``kind`` into ``part``, and whether it may find a value that does not fit."""

    def held(self, text: str) -> str | None:
        """Return what this wire holds of a text that a value is: "" for nothing, None for what it cannot hold."""

    # places

    def locate(self, node: Node | None, part: int | None, component: int | None, path: str | None) -> Location:
        """Return where ``part`` of ``node`` stands; ``path`` is the canonical field it is about."""

    def spelt(self, schema: Schema, tag: str, part: int) -> str:
        """Return how a map's author writes a part: PO103, Line/Quantity, line/quantity."""

    # documents

    def documents(self, data: bytes) -> Iterator[OpenedDocument | list[Diagnostic]]:
        """Yield the documents of a body, and findings that belong to none.

        Raises ``Unreadable`` where nothing of this syntax can be made out in it.
        """

    def choose(self, received: OpenedDocument, schemas: Sequence[Schema]) -> Schema | None:
        """Return by which of several schemas a document is to be judged; None where it is of none, or of two."""

    def make_ready(self, schema: Schema) -> None:
        """Compile what judging by ``schema`` needs. Raises ``Misconfigured``."""

    def check(self, received: OpenedDocument, schema: Schema) -> Checked:
        """Return the tree of a document and what is wrong with it by ``schema``."""

    def write(self, root: Node, schema: Schema, dress: object = None, *, bare: bool = False) -> Written:
        """Return a tree as a body; the clock stands, every control number is 1.

        ``dress`` is the family's own: who signs, with which separators. ``bare`` leaves the envelope out.
        """

    def dress(self, received: OpenedDocument) -> object:
        """Return how ``received`` was dressed, to write in the same."""

    def pieces(self, data: bytes) -> list[str]:
        """Return a body as texts to compare and to keep in a file, one for each segment or line."""

    def body(self, received: OpenedDocument) -> list[str]:
        """Return ``received`` without its envelope, as texts to compare."""

    def said(self, received: OpenedDocument, schema: Schema, kinds: Kinds) -> list[str]:
        """Return what ``received`` says, as texts to compare: of a value, every spelling is the same.

        ``kinds`` says what a map takes parts for; of any other part it is what ``schema`` says it holds.
        """

    def sent(self, received: OpenedDocument, position: int, part: int, component: int | None) -> str:
        """Return the text of a part as it was sent."""

    def rule(self, received: OpenedDocument, at: Location) -> str:
        """Return how a rule would name the place of a finding."""


class BodyFamily(Family, Protocol):
    """A syntax of which a body is one document."""

    def beginning(self, data: bytes) -> OpenedDocument | None:
        """Return what stands whole before the break of a body that is no document, by its first bytes; None: nothing.

        Nobody judges or takes it: it says by what numbers the body is found.
        """
