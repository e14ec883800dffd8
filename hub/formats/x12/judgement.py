"""One transaction set of a message judged: is it agreed on, does it stand in its group, what of its guide.

The flow and ``hub x12 check`` judge so, whichever door it came through; ``X12Family.check``, which ``hub map`` asks,
has no message and looks at the guide alone.

In: a set as read, the header of its group, its guide made ready, what was agreed. Out: every finding about it, the
reader's among them, and the tree that a map starts from. What the sender is told follows from these findings, all of
them, and from nothing else.
"""

from __future__ import annotations

from collections import Counter
from itertools import islice

from hub.formats.tree import Node
from hub.formats.x12.agreed import Agreed
from hub.formats.x12.events import TransactionSet
from hub.formats.x12.faults import finding
from hub.formats.x12.guide import Guide
from hub.formats.x12.headers import GroupHeader
from hub.formats.x12.lenient import forgiving, is_acknowledgement, with_plain_numbers
from hub.formats.x12.limits import LOOPS_PER_SET_MAX
from hub.formats.x12.validate import Validator
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.sentence import Phrase, Wording, declared


class JudgedSet:
    """A set and what was found. ``root`` is its tree; None where no guide looked at it."""

    __slots__ = ("findings", "root")

    def __init__(self, findings: list[Diagnostic], root: Node | None = None) -> None:
        self.findings = findings
        self.root = root


def _too_many_loops(received: TransactionSet, guide: Guide) -> Diagnostic | None:
    """Return why a set is refused in which one loop of the first level stands too often, at the first too many."""
    loops = {use.segment.tag for use in guide.uses if use.loop}
    counts = Counter(received.tags())
    tag = max(loops, key=lambda each: counts[each], default="")
    if counts[tag] <= LOOPS_PER_SET_MAX:
        return None
    places = (number for number, each in enumerate(received.tags(), start=1) if each == tag)
    at = received.place(segment=next(islice(places, LOOPS_PER_SET_MAX, None)), tag=tag)
    return finding("GDE-TOO-MANY-LOOPS", at, expected=str(LOOPS_PER_SET_MAX), tag=tag, count=counts[tag])


NOT_HANDLED = {
    "180": "returns are not handled here",
    "810": "invoices are not handled here",
    "820": "payments are not handled here",
    "824": "application advices are not handled here",
    "830": "forecasts are not handled here",
    "832": "price catalogues are not handled here",
    "840": "requests for quotation are not handled here",
    "843": "quotations are not handled here",
    "846": "stock reports are not handled here",
    "852": "sales reports are not handled here",
    "855": "answers to orders are not handled here",
    "856": "ship notices are not handled here",
    "860": "order changes are not handled here",
    "861": "receiving advices are not handled here",
    "862": "shipping schedules are not handled here",
    "864": "text messages are not handled here",
    "865": "answers to order changes are not handled here",
    "869": "inquiries about orders are not handled here",
    "870": "order status reports are not handled here",
}
"""What the sets that customers may try are about: said where we have no guide for one."""
declared({f"not-handled/{kind}": Phrase(message=message) for kind, message in NOT_HANDLED.items()})
NONE = Wording(key="envelope/none")

BARE_RELEASE = "004010"
"""Taken for a set without a group, which names no release: the release of nearly all our traffic."""


def judge(
    received: TransactionSet, group: GroupHeader | None, validator: Validator | None, agreed: Agreed
) -> JudgedSet:
    """Return what is to be said of ``received``, which stands in ``group``; ``validator`` is its guide's, if any."""
    found = received.findings
    if not received.is_kept:
        return JudgedSet(found)  # beyond a limit: its findings say which, and the rest was not read
    at = received.place(segment=1, tag="ST", element=1)
    kind, release = received.kind, received.release
    if validator is None:
        named = release or (NONE if group else BARE_RELEASE)
        if kind not in NOT_HANDLED:
            return JudgedSet([*found, finding("GDE-NO-GUIDE", at, found=kind, kind=kind or NONE, release=named)])
        why = Wording(key=f"not-handled/{kind}")
        told = finding("GDE-NO-GUIDE/not-handled", at, found=kind, kind=kind, release=named, why=why)
        return JudgedSet([*found, told])
    if agreed.sets is not None and kind not in agreed.sets:
        listed = ", ".join(sorted(agreed.sets))
        return JudgedSet([*found, finding("GDE-SET-NOT-AGREED", at, found=kind, expected=listed, kind=kind)])
    if len(received) > LOOPS_PER_SET_MAX and (over := _too_many_loops(received, validator.guide)) is not None:
        return JudgedSet([*found, over])
    acknowledges = is_acknowledgement(validator.guide)
    if acknowledges:
        with_plain_numbers(received)
    checked = validator.check(received, agreed.leniency)
    due = validator.guide.functional_group
    if group is not None and group.functional_group != due:
        sent = group.functional_group
        found = [*found, finding("ENV-SET-NOT-OF-GROUP", received.place(), found=sent, expected=due, kind=kind)]
    return JudgedSet(found + (forgiving(checked.findings) if acknowledges else checked.findings), checked.root)
