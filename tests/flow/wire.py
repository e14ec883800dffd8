"""What the partner's system writes, as text: orders, groups and interchanges of Acme Cardio, and what we wrote back.

Written and read without anything of ours, so that a fault of the reader or the writer cannot hide itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

CONTROL, LINES_OF_AN_ORDER = 101, 1
ISA = "ISA*00*          *00*          *{sender}*{receiver}*261120*0600*U*00401*{number:09d}*{wish}*{usage}*>~"
SENDER, RECEIVER = "01*123456789      ", "ZZ*MEDCM          "


def order(number: str, *, purpose: str = "00", lines: str | None = None, kind: str = "SA") -> str:
    """Return what stands between ST and SE of an 850: one line of 100 AC-1001, or ``lines``."""
    lines = lines or line(10)
    return f"BEG*{purpose}*{kind}*{number}**20261120*BPA-2026-017~CUR*BY*USD~{lines}CTT*{lines.count('PO1*')}~"


def line(number: int, *, quantity: str = "100", due: str = "20270315", item: str = "BP*AC-1001*EC*D") -> str:
    return f"PO1*{number}*{quantity}*EA*12.35*CT*{item}~SCH*{quantity}*EA***002*{due}~"


def transaction(body: str, *, kind: str = "850", control: str = "0001", count: int | None = None) -> str:
    """Return ``body`` between ST and SE; ``count`` is a wrong SE01."""
    stated = body.count("~") + 2 if count is None else count
    return f"ST*{kind}*{control}~{body}SE*{stated}*{control}~"


def group(
    *sets: str, number: int = CONTROL, functional: str = "PO", release: str = "004010", count: int | None = None
) -> str:
    """Return sets between GS and GE; ``count`` is a wrong GE01."""
    stated = len(sets) if count is None else count
    head = f"GS*{functional}*123456789*MEDCM*20261120*0600*{number}*X*{release}~"
    return f"{head}{''.join(sets)}GE*{stated}*{number}~"


def interchange(
    *groups: str,
    number: int = CONTROL,
    sender: str = SENDER,
    receiver: str = RECEIVER,
    usage: str = "P",
    wish: int = 0,
    count: int | None = None,
) -> bytes:
    """Return groups between ISA and IEA; ``wish`` is ISA14, ``count`` a wrong IEA01."""
    stated = len(groups) if count is None else count
    head = ISA.format(sender=sender, receiver=receiver, number=number, usage=usage, wish=wish)
    return f"{head}{''.join(groups)}IEA*{stated}*{number:09d}~".encode()


def one_order(number: str, control: int = CONTROL, *, usage: str = "P", wish: int = 0, **more: str) -> bytes:
    """Return the usual case: one order in one group in one interchange, all under ``control``."""
    return interchange(
        group(transaction(order(number, **more)), number=control), number=control, usage=usage, wish=wish
    )


def acknowledgement(number: int, *, functional: str = "PR", verdict: str = "A", control: int = 900) -> bytes:
    """Return the partner's 997 about our group ``number``."""
    accepted = 1 if verdict in "AE" else 0
    of_set = {"A": "A", "E": "E", "R": "R", "P": "R"}[verdict]
    body = f"AK1*{functional}*{number}~AK2*855*0001~AK5*{of_set}~AK9*{verdict}*1*1*{accepted}~"
    return interchange(group(transaction(body, kind="997"), number=control, functional="FA"), number=control)


@dataclass(frozen=True)
class Sent:
    """One interchange of ours, taken apart by hand."""

    message: str  # id of our message
    body: bytes

    @property
    def segments(self) -> list[list[str]]:
        text = self.body.decode().replace("\n", "")
        return [each.split("*") for each in text.split("~") if each]

    def all(self, tag: str) -> list[list[str]]:
        """Return the elements of every segment ``tag``; element n stands at n."""
        return [each for each in self.segments if each[0] == tag]

    def one(self, tag: str) -> list[str]:
        found = self.all(tag)
        assert len(found) == 1, f"{tag}: {found}"
        return found[0]

    @property
    def kind(self) -> str:
        """Return what it is: 855, 997, or TA1 when that is all."""
        sets = self.all("ST")
        return sets[0][1] if sets else "TA1"

    @property
    def number(self) -> int:
        return int(self.one("ISA")[13])

    @property
    def group(self) -> int | None:
        groups = self.all("GS")
        return int(groups[0][6]) if groups else None

    @property
    def test(self) -> bool:
        return self.one("ISA")[15] == "T"


def of_kind(sent: Sequence[Sent], kind: str) -> list[Sent]:
    return [each for each in sent if each.kind == kind]
