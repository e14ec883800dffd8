"""A small guide, small documents and maps written in a test: no partner's file and no standard is needed.

``wire(text)`` is a set of the guide as a tree, ``given(map)`` the compiled map, ``back(tree)`` the segments again.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from hub.formats.tree import Node
from hub.formats.x12.compose import compose
from hub.formats.x12.events import TransactionSet
from hub.formats.x12.guide import ComputedElement, Element, Guide, RepeatingElements, Segment, Use
from hub.formats.x12.schema import GuideSchemas, guide_of
from hub.formats.x12.separators import Separators
from hub.formats.x12.validate import compile_guide
from hub.kernel.struct import Struct
from hub.kernel.words import Id, Money, Period, Price, Quantity, When
from hub.mapping.library import Map, MapLibrary

AN, ID, DATE, NUMBER = "AN", "ID", "DT", "R"


def element(kind: str = AN, most: int = 30, *, repeat: int = 1) -> Element:
    return Element(number="1", name="x", type=kind, maximum=8 if kind == DATE else most, repeat=repeat)  # type: ignore[arg-type]


def segment(tag: str, *kinds: str, group: RepeatingElements | None = None, qualifier: int = 1) -> Segment:
    return Segment(tag=tag, name=tag, elements=tuple(element(k) for k in kinds), group=group, qualifier=qualifier)


def use(
    made: Segment, most: int = 0, *children: Use, loop: bool = False, required: bool = False, nests: bool = False
) -> Use:
    looped = loop or bool(children)
    return Use(
        segment=made, required=required, maximum=1 if looped else most, loop=looped, loop_maximum=most if looped else 1,
        children=children, nests=nests,
    )  # fmt: skip


REF = segment("REF", ID, AN, AN)
DTM = segment("DTM", ID, DATE, "TM")
N3 = segment("N3", AN, AN)
LIN = segment("LIN", AN, ID, AN, ID, AN, ID, AN, group=RepeatingElements(first=2, size=2, last=7))
SDQ = segment("SDQ", ID, ID, *([AN, NUMBER] * 3), group=RepeatingElements(first=3, size=2, last=8))
RCD = segment("RCD", AN, NUMBER, ID, AN, AN, AN, NUMBER, ID, AN, group=RepeatingElements(first=4, size=3, last=9))
QTY = segment("QTY", ID, NUMBER, ID)
MEA = Segment(
    tag="MEA", name="MEA",
    elements=(
        element(ID), element(ID), element(NUMBER),
        Element(number="C001", name="unit", type="composite", components=(element(ID), element(), element())),
    ),
)  # fmt: skip
EB = Segment(tag="EB", name="EB", elements=(element(ID), element(ID), element(AN, repeat=5)))
HL = segment("HL", AN, AN, ID, ID, qualifier=3)

GUIDE = Guide(
    release="004010",
    set="999",
    name="small",
    functional_group="SM",
    computed=(
        ComputedElement(tag="HL", element=1, rule="number"),
        ComputedElement(tag="HL", element=2, rule="parent"),
        ComputedElement(tag="HL", element=4, rule="children"),
    ),
    uses=(
        use(segment("BEG", ID, AN, AN, DATE, "N2", "N0", NUMBER, ID), 1, required=True),
        use(segment("CUR", ID, ID), 1),
        use(REF),
        use(DTM),
        use(segment("TOT", "N2"), 1),
        use(segment("N9", ID, AN, AN), 0, use(segment("MSG", AN), 3)),
        use(segment("N1", ID, AN, ID, AN), 0, use(N3, 2), use(REF)),
        use(EB, 1),
        use(LIN, 0, use(segment("SN1", AN, NUMBER, ID), 1), use(REF), use(SDQ), use(RCD, 1), use(QTY),
            use(segment("TMD", ID, AN), 0, use(MEA, 2)), use(MEA)),
        use(HL, 0, use(segment("PRF", AN, AN), 1), use(segment("MAN", ID, AN)), use(segment("LIN", AN, ID, AN), 1),
            use(segment("SN1", AN, NUMBER, ID), 1), use(REF), nests=True),
        use(segment("CTT", "N0", NUMBER), 1),
    ),
    digest="small",
)  # fmt: skip


class Note(Struct):
    kind: str | None = None
    text: str | None = None


class Share(Struct):
    place: Id
    quantity: Quantity


class Line(Struct):
    number: str | None = None
    buyer: str | None = None
    seller: str | None = None
    quantity: Quantity | None = None
    price: Price | None = None
    others: list[Id] = []
    shares: list[Share] = []
    notes: list[Note] = []
    order: str | None = None
    order_release: str | None = None
    pack: int | None = None
    sscc: str | None = None
    total: Decimal | None = None
    method: str | None = None
    kind: str | None = None
    value: Decimal | None = None


class Doc(Struct):
    number: str | None = None
    kind: str | None = None
    contract: str | None = None
    placed: When | None = None
    window: Period | None = None
    currency: str | None = None
    total: Money | None = None
    count: int | None = None
    flag: bool | None = None
    text: str | None = None
    other: str | None = None
    texts: list[str] = []
    words: dict[str, str] = {}
    notes: list[Note] = []
    lines: list[Line] = []


class Credit(Struct):
    kind: str
    number: str | None = None
    currency: str | None = None
    total: Money | None = None


DOCUMENTS: dict[str, type[Struct]] = {"Doc": Doc, "Credit": Credit}


class Guides:
    def guide(self, release: str, set: str, partner: str | None = None) -> Guide | None:
        return GUIDE if set == "999" else None


def library(folder: Path, *, strict: bool = False, **files: str) -> MapLibrary:
    """Return the maps ``files`` (name → text; ``__`` stands for ``/``) in a folder of their own."""
    for name, text in files.items():
        path = folder / "mappings" / f"{name.replace('__', '/')}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return MapLibrary([folder], GuideSchemas(Guides()), strict=strict, documents=DOCUMENTS)


def given(folder: Path, text: str, *, document: str = "Doc", **files: str) -> Map:
    """Return a map whose ``[map]`` is written for it."""
    head = f'[map]\ndocument = "{document}"\nwire = "x12/004010/999"\n'
    return library(folder, small=head + text, **files).map("small")


def wire(text: str, guide: Guide = GUIDE) -> Node:
    """Return segments, one per line, as the tree the validator makes of them."""
    lines = [line.strip() for line in text.strip().splitlines()]
    received = TransactionSet(["ST*999*0001", *lines, "SE*1*0001"], Separators(component=">", repetition="^"))
    return compile_guide(guide).check(received).root


def back(map_: Map, document: Struct) -> list[str]:
    """Return ``document`` written through the map, one text for each segment."""
    rendered = map_.render(document)
    assert rendered.root is not None
    return ["*".join(_text(v) for v in values) for values in compose(rendered.root, guide_of(map_.schema)).segments]


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    assert isinstance(value, list)
    inner = [_text(part) for part in value]
    return ("^" if value and any(isinstance(part, list) for part in value) else ">").join(inner)


def codes(findings: list) -> list[str]:  # type: ignore[type-arg]
    return [finding.code for finding in findings]


def day(text: str) -> When:
    return When(on=date.fromisoformat(text))
