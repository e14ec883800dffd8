"""The right answer to every file: what its sender is told, and whom it calls here.

``form`` are TA1 (verdict and note), AK3, AK4, AK5 and AK9 as they go out, in order; ``orders`` says of each 855 its
number and verdict, then of each line its number and status, with the days promised. ``anyone`` says whether a person
of ours is called. What is None is not the point of the row.
"""

from __future__ import annotations

from dataclasses import dataclass

GOOD = ("AK5*A", "AK9*A*1*1*1")
WANTED = "20270305"


@dataclass(frozen=True)
class Row:
    """One file and what is right. ``name`` is how the file's name begins."""

    name: str
    form: tuple[str, ...] | None = GOOD
    orders: tuple[str, ...] | None = ()
    anyone: bool | None = None
    test: bool | None = False
    validation: tuple[str, ...] | None = None
    outcome: str | None = None
    says: tuple[str, ...] = ()  # each stands in a finding or in why a person is called
    never: tuple[str, ...] = ()  # none of these does
    found: tuple[str, ...] = ()  # order numbers under which the message is found


def taken(name: str, number: str, **more: object) -> Row:
    """Return the row of a file with one sound order, accepted as it is."""
    given = {"anyone": False, "outcome": "accepted", "found": (number,), **more}
    return Row(name, orders=(f"{number} AD: 1 IA {WANTED}",), **given)  # type: ignore[arg-type]  # keywords of Row


def refused(name: str, *form: str, **more: object) -> Row:
    """Return the row of a file that is refused for its form."""
    return Row(name, form=form, **{"anyone": True, **more})  # type: ignore[arg-type]  # keywords of Row


def bad(*, ak3: str, ak4: str = "") -> tuple[str, ...]:
    """Return how a set with one fault is told: the segment, the element, the rejection."""
    return (f"AK3*{ak3}", *([f"AK4*{ak4}"] if ak4 else []), "AK5*R*5")


def good_line(number: str) -> str:
    return f"{number} AD: 1 IA {WANTED}"


ROWS = (
    taken("00", "4600000500"),
    Row("01", form=()),
    Row("02", form=()),
    taken("04", "4600000504"),
    taken("05", "4600000505"),
    taken("06", "4600000506", says=("77 bytes",)),
    taken("07", "4600000507"),
    taken("08", "4600000508"),
    taken("09", "4600000509"),
    Row("10", form=None, orders=(good_line("4600000510"),), found=("4600000510",), outcome="accepted", says=(">",)),
    taken("11", "4600000511"),
    taken("12", "4600000512"),
    taken("13", "4600000513"),
    refused("14", "TA1 R 021", says=("'54'", "'0'")),
    refused("15", "AK5*R*4*3", "AK9*R*1*1*0", says=("SE01 is empty", "SE02 is empty"),
            never=("states nothing", "is nothing"), found=("4600000515",)),
    refused("17", "AK3*ZZZ*11*CTT*1", "AK5*R*2*5", "AK9*R*1*1*0", says=("separator",), found=("4600000517",)),
    taken("18", "4600000518", anyone=None),
    taken("19", "4600000519", says=("ISA09",)),
    taken("20", "4600000520"),
    taken("22", "4600000522"),
    refused("24", "AK3*REF*4**8", "AK4*1*128*5", "AK3*DTM*5**8", "AK4*2*373*8", "AK3*PO1*10*PO1*8", "AK4*2*330*6*25O",
            "AK5*R*5", "AK9*R*1*1*0"),
    taken("25", "4600000526"),
    Row("26", form=(), anyone=True, says=("UTF-16",)),
    Row("27", form=(*GOOD, *GOOD), orders=(good_line("4600000528"), good_line("4600000529")), anyone=False),
    Row("28", form=("TA1 R 022", *GOOD), orders=(good_line("4600000532"),), anyone=True),
    Row("29", form=("AK5*A", *bad(ak3="PO1*9*PO1*8", ak4="2*330*6*X"), "AK5*A", "AK5*R*23", "AK9*P*4*4*2"),
        orders=(good_line("4600000533"), good_line("4600000535")), anyone=True,
        found=("4600000533", "4600000534", "4600000535", "4600000536")),
    Row("30", form=None, anyone=True, never=("Rejected:  is", " is no segment of this release; ''")),
    Row("31", orders=(f"4600000538 AD: 0001 IA {WANTED}",), anyone=False, outcome="accepted", found=("4600000538",)),
    Row("32", form=None, found=("4600000539",), anyone=None),
    Row("33", form=(
            "AK5*A", "AK5*A", *bad(ak3="PO1*9*PO1*8", ak4="2*330*6*+250"),
            *bad(ak3="PO1*9*PO1*8", ak4="2*330*6*1,250"), *bad(ak3="PO1*9*PO1*8", ak4="2*330*6*2.5E2"),
            "AK5*A", "AK5*A", "AK5*A", *bad(ak3="PO1*9*PO1*8", ak4="2*330*2"),
            *bad(ak3="PO1*9*PO1*8", ak4="2*330*6*1 250"), *bad(ak3="PO1*9*PO1*8", ak4="2*330*6"),
            *bad(ak3="PO1*9*PO1*8", ak4="2*330*5*9999999999999999"), "AK9*P*12*12*5"),
        orders=(good_line("4600000540"), "4600000541 RD: 1 IR", "4600000545 RD: 1 IR", "4600000546 RD: 1 IR",
                good_line("4600000547")),
        anyone=True, found=("4600000542", "4600000551"), says=("7 of 12",)),
    Row("34", form=(
            "AK5*A", *bad(ak3="PO1*9*PO1*8", ak4="4*212*6"), "AK5*A", *bad(ak3="PO1*9*PO1*8", ak4="4*212*6*1,875"),
            *bad(ak3="PO1*9*PO1*8", ak4="4*212*6*1.875-"), "AK5*A", "AK5*A",
            *bad(ak3="PO1*9*PO1*8", ak4="4*212*6*187.50/C"), *bad(ak3="PO1*9*PO1*8", ak4="4*212*6*1.875USD"),
            *bad(ak3="PO1*9*PO1*8", ak4="4*212*2"), *bad(ak3="PO1*9*PO1*8", ak4="4*212*6*."),
            *bad(ak3="PO1*9*PO1*8", ak4="4*212*6*1e0"), "AK9*P*12*12*4"),
        orders=(good_line("4600000560"), good_line("4600000562"), "4600000565 RD: 1 IR", "4600000566 RD: 1 IR"),
        anyone=True, says=("8 of 12",)),
    Row("35", form=(
            "AK5*A", *bad(ak3="SAC*4*SAC*8", ak4="5*610*6*15.25"), "AK5*A",
            *bad(ak3="SAC*4*SAC*8", ak4="5*610*6*1525."), "AK5*A", "AK5*A",
            *bad(ak3="SAC*4*SAC*8", ak4="5*610*6*15,25"), "AK9*P*7*7*4"),
        orders=("4600000575 AH: 1 IH", "4600000577 AH: 1 IH", "4600000579 AH: 1 IH", "4600000580 AH: 1 IH"),
        anyone=True, never=("'15.25' is not a number",), says=("decimal",)),
    Row("36", form=(), orders=None, anyone=False),
    taken("37a", "4600000600"),
    taken("37b", "4600000601"),
    Row("38", form=None, orders=(good_line("4600000602"),), anyone=True, found=("4600000603",)),
    Row("39", form=("AK5*A", "AK5*R*1", "AK9*P*2*2*1"), orders=(good_line("4600000604"),), anyone=True,
        found=("4600000604",)),
    refused("40", "AK5*R*6", "AK9*R*1*1*0"),
    taken("41a", "4600000610"),
    taken("41b", "4600000611"),
    *(refused(f"41{letter}", "AK9*R*1*1*0*2", found=(f"46000006{12 + at}",)) for at, letter in enumerate("cdefg")),
    refused("42", "TA1 R 005", says=("qualifier",), found=("4600000620",)),
    Row("44", form=("AK9*R*1*1*0*3", *GOOD), orders=(good_line("4600000624"),), anyone=True),
    refused("45", "AK3*REF*4**8", "AK4*2*127*5*" + "R" * 45, "AK3*PID*11*PID*8", "AK4*5*352*5", "AK3*MSG*13*N9*8",
            "AK4*1*933*5", "AK5*R*5", "AK9*R*1*1*0"),
    refused("46", "AK3*REF*4**8", "AK4*2*127*2", "AK3*SAC*5*SAC*8", "AK4*2*1300*2", "AK3*DTM*6**8", "AK4*2*373*2",
            "AK3*N1*7*N1*8", "AK4*4*67*2", "AK3*N1*8*N1*8", "AK4*2*93*2", "AK3*N3*9*N1*8", "AK4*1*166*1",
            "AK3*PID*12*PID*8", "AK4*4*751*2", "AK3*SDQ*13*PO1*8", "AK4*4*380*1", "AK5*R*5", "AK9*R*1*1*0"),
    refused("47", "AK3*PER*5**7", "AK3*FOB*6**7", "AK3*N3*10*N1*7", "AK3*REF*12*N1*7", "AK3*PID*15*PID*7",
            "AK3*REF*16*PO1*7", "AK5*R*5", "AK9*R*1*1*0", found=("4600000627",)),
    Row("48", form=None, orders=None, found=tuple(f"46000006{n}" for n in range(30, 40))),
    Row("49", form=None, orders=None, found=tuple(f"46000006{n}" for n in range(45, 52))),
    Row("50", orders=("4600000655 AC: 001 IA 20270305; 003 IR",)),
    Row("51", form=None, orders=None, anyone=True, says=("CTT01",)),
    taken("52a", "4600000670"),
    refused("52b", "TA1 R 018", never=("'000000000'", "number 0 came"), found=("4600000671",)),
    refused("52c", "TA1 R 020", test=False, found=("4600000672",)),
    taken("53", "4600000673"),
    Row("54", form=(), anyone=True, says=("no ISA",)),
    Row("55", form=(), anyone=True, says=("no ISA",)),
    Row("56", form=("TA1 A 000", "AK9*A*0*0*0"), orders=(), says=("no transaction set",)),
    Row("57", orders=None, never=("stands on more than one line",), found=("4600000677",)),
    Row("58", form=("AK5*A", *bad(ak3="PO1*9*PO1*8", ak4="5*639*7*PZ"), *["AK5*A"] * 6, "AK9*P*8*8*7"),
        orders=("4600000680 RD: 1 IR", "4600000682 RD: 1 IR", good_line("4600000683"), "4600000684 RD: 1 IR",
                "4600000685 RD: 1 IR", good_line("4600000686"), "4600000687 RD: 1 IR")),
    taken("59", "4600000690"),
    taken("60", "4600000691"),
    taken("61", "4600000692"),
    Row("68", form=(*["AK5*A"] * 5, "AK9*A*5*5*5"), orders=None, never=("no day asked for",)),
    Row("71", form=(), orders=(), anyone=True, says=("Group 6 (PO) was never sent",)),
    refused("73", says=("AK1",)),
    Row("74", form=(), orders=(), anyone=True, says=("Group 99999 (PR) was never sent",)),
    Row("80", form=("AK5*R*1", "AK9*R*1*1*0"), anyone=True),
    Row("81", form=("AK5*A", "AK5*A", "AK9*A*2*2*2"), orders=None, never=("no day asked for",)),
    Row("83", form=("AK5*A", "AK5*A", "AK9*A*2*2*2"), orders=("4600000727 AH: 1 IH", "4600000728 AH: 1 IH"),
        anyone=True),
    Row("84", orders=("4600000729 RD: 1 IR",), never=("AC-1003 is AC-1003 with us",), says=("CM-77-1003",)),
    Row("86", orders=None, anyone=True),
    Row("87", orders=None, says=("99999.99", "468.75")),
    taken("92", "4600000762"),
    taken("93", "4600000763", never=("UTF-8",)),
    taken("94", "4600000764"),
    taken("95", "4600000765"),
    refused("96", "AK3*PID*10*PID*8", "AK4*6*752*5*/week", "AK5*R*5", "AK9*R*1*1*0"),
)  # fmt: skip
"""Every row but those that acknowledge numbers of ours, which ``test_acknowledgements`` sends after an answer."""
