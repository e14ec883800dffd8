"""Documents for the tests of guides: an order as a partner sends it, and any number of others made from a guide."""

from __future__ import annotations

from pathlib import Path
from random import Random

from hub.formats.tree import Value
from hub.formats.x12.events import TransactionSet
from hub.formats.x12.guide import Element, Guide, Segment, SyntaxNote, Use
from hub.formats.x12.guides import GuideLibrary
from hub.formats.x12.separators import Separators
from hub.formats.x12.validate import GuidedSet, compile_guide

CHECKOUT = Path(__file__).resolve().parents[3]
SEPARATORS = Separators(component=":", repetition="^")

ORDER = """
ST*850*0001
BEG*00*RL*PO-7731*0004*20261102*BPA-9
CUR*BY*USD
REF*CO*PRJ-771
DTM*002*20261215
N9*ZZ*QA-REQ
MSG*Certificate of conformance with every shipment
N1*ST*Clinic Stores*92*DC04
N3*100 Dock Street
N4*Memphis*TN*38118*US
PO1*10*500*EA*12.35*CT*BP*AC-1001*VP*CM-77
PID*F****Hub assembly, sterile
SCH*200*EA***002*20261215
SCH*300*EA***002*20270115*1430
PO1*20*5*BX*100**BP*AC-2002
CTT*2
AMT*TT*6675
SE*18*0001
"""


def lines_of(text: str) -> list[str]:
    """The segments of ``text``, one a line."""
    return [line for line in text.strip().splitlines() if line]


def received(lines: list[str]) -> TransactionSet:
    """``lines`` from ST to SE as the reader hands them over."""
    return TransactionSet(lines, SEPARATORS, interchange=77, group=5)


def library(*roots: Path) -> GuideLibrary:
    return GuideLibrary([CHECKOUT, *roots])


def check(lines: list[str], guide: Guide | None = None) -> GuidedSet:
    """Judge ``lines`` by ``guide``; without one, by ours for the set they are."""
    kind = lines[0].split("*")[1]
    found = guide or library().guide("004010", kind)
    assert found is not None
    return compile_guide(found).check(received(lines))


def faults(lines: list[str], guide: Guide | None = None) -> list[str]:
    """What is found, short: ``code@segment place``."""
    return [
        f"{f.code}@{f.location.segment} {f.location.tag}"
        + (f"{f.location.element:02d}" if f.location.element else "")
        + (f"-{f.location.component}" if f.location.component else "")
        for f in check(lines, guide).findings
    ]


def changed(lines: list[str], position: int, *new: str) -> list[str]:
    """``lines`` with the segment at ``position`` (ST = 1) replaced by ``new``, by nothing when there is none."""
    return [*lines[: position - 1], *new, *lines[position:]]


class Author:
    """Writes documents that keep every rule of a guide, the same for the same seed."""

    def __init__(self, guide: Guide, seed: int, liveliness: float = 0.12) -> None:
        self.guide = guide
        self.random = Random(seed)
        self.liveliness = liveliness  # how likely an optional thing is said
        self.lines: list[list[str]] = []

    def document(self) -> list[str]:
        """Segments from ST to SE."""
        for use in self.guide.uses:
            self._place(use)
        counted = {each.of for each in self.guide.computed if each.tag == "CTT" and each.rule == "count"}
        for line in self.lines:
            if line[0] == "CTT":
                line[1] = str(sum(other[0] in counted for other in self.lines))
        whole = [["ST", self.guide.set, "0001"], *self.lines, ["SE", str(len(self.lines) + 2), "0001"]]
        return ["*".join(line) for line in whole]

    def _says(self) -> bool:
        return self.random.random() < self.liveliness

    def _place(self, use: Use) -> None:
        most = use.loop_maximum if use.loop else use.maximum
        times = int(use.required) or int(self._says())
        while times and self._says() and (not most or times < min(most, 4)):
            times += 1
        for _ in range(times):
            self.lines.append(self._segment(use.segment))
            for child in use.children:
                self._place(child)

    def _segment(self, segment: Segment) -> list[str]:
        said = {n for n, e in enumerate(segment.elements, 1) if e.required or (e.used and self._says())}
        for _ in range(200):
            broken = next((note for note in segment.notes if not keeps(note, said)), None)
            if broken is None:
                break
            self._repair(segment, broken, said)
        last = max(said, default=0)
        elements = enumerate(segment.elements[:last], 1)
        line = [segment.tag, *(self._element(element) if number in said else "" for number, element in elements)]
        if segment.tag in ("LS", "LE"):
            line[1] = "LDT"
        return line

    def _repair(self, segment: Segment, note: SyntaxNote, said: set[int]) -> None:
        if note.kind == "E":
            spare = [n for n in note.elements if n in said and not segment.elements[n - 1].required]
            said.discard(self.random.choice(spare))
        elif note.kind in "PC":
            said.update(note.elements)
        else:
            said.add(self.random.choice(note.elements[note.kind == "L" :]))

    def _element(self, element: Element) -> str:
        if element.components:
            parts = [self._element(e) if e.required or self._says() else "" for e in element.components]
            while len(parts) > 1 and not parts[-1]:
                parts.pop()
            return ":".join(parts)
        return self._text(element)

    def _text(self, element: Element) -> str:
        random, low, high = self.random, element.minimum, min(element.maximum, 30)
        if element.codes:
            return random.choice(sorted(self.guide.codes[element.codes]))
        if element.type == "DT":
            day = f"{random.randint(1, 12):02d}{random.randint(1, 28):02d}"
            return f"{random.randint(1990, 2090)}{day}" if high == 8 else f"{random.randint(0, 99):02d}{day}"
        if element.type == "TM":
            return f"{random.randint(0, 23):02d}{random.randint(0, 59):02d}"
        size = random.randint(max(low, 1), max(high, 1))
        if element.type == "R":
            digits = "".join(random.choice("0123456789") for _ in range(size))
            point = random.randint(0, size - 1)
            return random.choice(["", "-"]) + (f"{digits[:point]}.{digits[point:]}" if point else digits)
        if element.type[0] == "N":
            return "".join(random.choice("0123456789") for _ in range(size))
        return "X" + "".join(random.choice("ABC abc'+,-./()19") for _ in range(size - 2)) + "Z" * (size > 1)


def keeps(note: SyntaxNote, said: set[int]) -> bool:
    """Whether the elements ``said`` keep ``note``: the rule as the standard words it, not as our code tests it."""
    first, *others = note.elements
    count = len(said & set(note.elements))
    return {
        "P": count in (0, len(note.elements)),
        "R": count > 0,
        "E": count < 2,
        "C": first not in said or said >= set(others),
        "L": first not in said or bool(said & set(others)),
    }[note.kind]


def plain(value: Value) -> str:
    """A value as it stands on the wire of these tests."""
    return value if isinstance(value, str) else ":".join(v if isinstance(v, str) else "^".join(v) for v in value)
