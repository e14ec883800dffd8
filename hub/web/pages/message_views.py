"""One message as its page shows it: never more than a screen or two of anything, whatever the message holds.

In: the message, which of its documents is meant, and from which segment on. Out: what the page needs of the database,
read in one work, and the views, made off the event loop.
"""

from __future__ import annotations

import asyncio
from typing import Any

from msgspec.structs import replace

from hub.business.room import Pages
from hub.business.rooms import ROOMS
from hub.canonical.acknowledgement import FunctionalAcknowledgement
from hub.canonical.stored import decode_document
from hub.exchange import parts
from hub.exchange.messages import find_message, latest_delivery, stages_of
from hub.exchange.model import DocumentRow, MessageDetail, MessageRow
from hub.flow.syntaxes import SYNTAXES
from hub.flow.views import BODY_READ_MAX, HEAD_READ_MAX, View
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.scope import Scope
from hub.kernel.sentence import keys_within
from hub.kernel.struct import Struct
from hub.web.canonical import Branch, place_of, tree_of
from hub.web.hub import Hub, Link
from hub.web.languages import N_
from hub.web.navigation import PAGES_OF
from hub.web.pages.findings import FINDINGS_SHOWN_MAX
from hub.web.pages.steps import STEPS_SHOWN_MAX, Understood
from hub.web.placing import placed

TABS_MAX = 40  # documents offered above the views; the next forty are one link away
LISTED_MAX = 20  # answers, acknowledgements
ENVELOPES_SHOWN_MAX = 3
WHEN_HELD = {document: room.when_held for room in ROOMS for document in room.handles}
WHEN_FOUND = {code: way for room in ROOMS for code, way in room.when_found.items()}
NOT_TAKEN = ("MAP-NOT-ROUTED", "GDE-NO-GUIDE", "GDE-SET-NOT-AGREED")  # codes: nothing here reads such a document
TAKEN = ("held", "duplicate")  # of a record that stands: what comes again under its number is held once more
SEND_RENUMBERED = N_("If the fault is theirs: ask the partner to send it anew, under a new control number.")
SEND_APART = N_("If both are meant: ask the partner to send the second under a number of its own.")
SEND_ANEW = N_("If the fault is theirs: ask the partner to send it anew, put right.")
SETTLE_OTHERWISE = N_(
    "If it asks something of us: agree it with the partner by mail or telephone, for nothing here reads such a "
    "document. If another one was meant: ask the partner to send that."
)
OF_MAP = "MAP-"  # codes of what is found where a document is read
CANONICAL_READ_MAX = 1024 * 1024  # bytes of a document shown as understood: some 2,000 lines


class Tabs(Struct):
    """The documents of a message, so many at a time."""

    before: int | None = None  # first document of the tabs before
    following: int | None = None


class Shown(Struct):
    """What the page shows of the database."""

    detail: MessageDetail
    counts: dict[str, int]
    document: DocumentRow | None  # with the findings that are shown, and its canonical form if that is small enough
    canonical_bytes: int
    understood: Understood  # of the document that is shown; of a message, whether anything of any of them
    findings: list[Diagnostic]
    finding_count: int
    tabs: Tabs
    acknowledges: MessageRow | None = None  # ours, which an acknowledgement speaks of
    record: Pages | None = None  # where people read the record that the document is about, if there is one

    @property
    def is_answered(self) -> bool:
        """Whether it has an answer that says more than that its syntax is sound."""
        return any(each.document != FunctionalAcknowledgement.__name__ for each in self.detail.answers)

    @property
    def if_theirs(self) -> str:
        """What the partner is asked for where the fault is theirs: to agree, where what they send under the number of a
        record that stands would be held once more, or what nothing here carries out; else to send it anew, under the
        number that has to be another."""
        return self._to_settle or self._to_agree or self._to_send

    @property
    def _to_settle(self) -> str | None:
        asked = self.detail.message.attention
        codes = [key.partition("/")[0] for key in keys_within(asked)] if asked else []
        ways = (SETTLE_OTHERWISE if code in NOT_TAKEN else WHEN_FOUND.get(code) for code in codes)
        return next((way for way in ways if way), None)

    @property
    def _to_agree(self) -> str | None:
        if self.detail.message.validation not in ("valid", "warnings") or self.record is None:
            return None
        ways = {WHEN_HELD.get(each.document or "") for each in self.detail.documents if each.outcome in TAKEN}
        return ways.pop() if len(ways) == 1 else None

    @property
    def _to_send(self) -> str:
        message = self.detail.message
        syntax = SYNTAXES.get(message.syntax or "")
        if syntax is not None and syntax.called_by is not None:
            return SEND_RENUMBERED
        return SEND_APART if message.outcome == "quarantined" else SEND_ANEW


class Views(Struct):
    """The message as sent, with names, and as understood."""

    wire: View = View()
    canonical: Branch | None = None
    becomes: dict[str, str] = {}  # by place, the first field that came from it
    findings: list[Diagnostic] | None = None  # with their places on the wire, where those had to be looked for
    too_large: bool = False  # to be shown as understood


def shown_message(conn: Any, scope: Scope, message: str, position: int | None) -> Shown | None:
    """Return what the page shows; None when there is no such message in scope, or no such document in it.

    Without a position it is the first document that was not valid, else the first.
    """
    row = find_message(conn, scope, message)
    if row is None:
        return None
    chosen = position or parts.first_rejected(conn, message) or 1
    before = (chosen - 1) // TABS_MAX * TABS_MAX
    offered = parts.documents(conn, message, cursor=str(before), limit=TABS_MAX)
    tabs = [part.document for part in offered.items]
    counts = parts.counts_of(conn, message)
    meant = next((part for part in offered.items if part.document.position == chosen), None)
    if meant is None and position is not None:
        return None
    about = parts.findings_of_message(conn, message, limit=FINDINGS_SHOWN_MAX, worst_first=True).items
    own: list[Diagnostic] = []
    size, canonical = 0, None
    if meant is not None:
        own = parts.findings_of_document(conn, message, chosen, limit=FINDINGS_SHOWN_MAX, worst_first=True).items
        size, canonical = _canonical(conn, scope, message, chosen)
    heads = parts.happened(conn, message, limit=STEPS_SHOWN_MAX).items
    return Shown(
        detail=MessageDetail(
            message=row,
            findings=about,
            envelopes=parts.envelopes(conn, message, limit=ENVELOPES_SHOWN_MAX).items,
            documents=tabs,
            stages=stages_of(conn, message),
            timeline=heads,
            delivery=latest_delivery(conn, message),
            answers=parts.answers(conn, message, limit=LISTED_MAX).items,
            duties=parts.duties(conn, message, limit=LISTED_MAX).items,
        ),
        counts=counts,
        document=replace(meant.document, findings=own, canonical=canonical) if meant else None,
        canonical_bytes=size,
        understood=_understood(conn, message, meant.document if meant else None, own, size),
        findings=[*about, *own],
        finding_count=counts["findings"] + (meant.finding_count if meant else 0),
        tabs=Tabs(
            before=before - TABS_MAX + 1 if before else None,
            following=before + TABS_MAX + 1 if offered.next else None,
        ),
        acknowledges=_acknowledges(conn, scope, row, meant.document, canonical) if meant else None,
        record=_record(conn, scope, meant.document) if meant else None,
    )


def _understood(
    conn: Any, message: str, document: DocumentRow | None, findings: list[Diagnostic], size: int
) -> Understood:
    """Return how much was understood: of the document that is shown, where anything was, else of any of the message."""
    if size == 0 or document is None:
        return "whole" if size or parts.is_understood(conn, message) else "none"
    refused = any(each.severity.is_reject and each.code.startswith(OF_MAP) for each in findings)
    return "part" if refused and document.direction == "in" else "whole"


def _record(conn: Any, scope: Scope, document: DocumentRow) -> Pages | None:
    """Return the pages of the record that the document is about; None when none stands, as of what was not read."""
    pages = PAGES_OF.get(document.document or "")
    if pages is None or not document.subject or is_unread(document):
        return None
    return pages if pages.stands(conn, scope, document.partner, document.subject) else None


async def views_of(hub: Hub, shown: Shown, *, first: int) -> Views:
    """Return the three views of the chosen document from its place ``first`` on."""
    message, chosen = shown.detail.message, shown.document
    cut = message.size_bytes > BODY_READ_MAX
    if cut:
        body = await asyncio.to_thread(_beginning, hub, message.sha256)
    else:
        body = await hub.database.read(lambda conn: hub.blobs.get(conn, message.sha256))
    readable = not cut and chosen is not None and chosen.canonical is not None
    links: list[Link] = await hub.provenance(chosen) if chosen is not None and readable else []
    findings = placed(shown.findings, links)
    wire = await asyncio.to_thread(hub.view, body, chosen, findings, first=first, cut=cut)
    if chosen is None or chosen.canonical is None or not readable:
        return Views(wire=wire, too_large=chosen is not None and (cut or shown.canonical_bytes > 0))
    linked = await asyncio.to_thread(_linked, wire, chosen.canonical, links)
    return replace(linked, findings=findings)


def _linked(wire: View, canonical: bytes, links: list[Link]) -> Views:
    """Return the views with what came from the places that are shown."""
    within = None if wire.whole or not links else wire.places
    tree = tree_of(canonical, links, within=within, begins=wire.before is None)
    becomes: dict[str, str] = {}
    for link in links:
        becomes.setdefault(place_of(link), link.path)
    return Views(wire=wire, canonical=tree, becomes=becomes)


def is_unread(document: DocumentRow | None) -> bool:
    """Say whether a document names a subject that was never taken from it: a copy, not understood, or refused for how
    it is written. What was refused for what it asks was read, and stands."""
    if document is None or document.direction != "in" or not document.subject:
        return False
    unread = document.outcome == "quarantined" or (document.outcome == "refused" and document.validation == "rejected")
    return document.document is None or unread


def headline(shown: Shown) -> str:
    """Return the number by which people call this message: of what it is about, else of its envelope."""
    detail = shown.detail
    if shown.document and shown.document.subject:
        return shown.document.subject
    if detail.envelopes:
        return detail.envelopes[0].reference
    return detail.message.keys[0].value if detail.message.keys else ""


def _acknowledges(
    conn: Any, scope: Scope, row: MessageRow, document: DocumentRow, canonical: bytes | None
) -> MessageRow | None:
    """Return our message that an acknowledgement speaks of; None where it is none, or speaks of nothing we sent."""
    if document.document != FunctionalAcknowledgement.__name__ or canonical is None or document.direction != "in":
        return None
    theirs, syntax = decode_document(document.document, canonical), SYNTAXES.get(row.syntax or "")
    if syntax is None or not isinstance(theirs, FunctionalAcknowledgement):
        return None
    ours = syntax.message_spoken_of(conn, document.partner, theirs)
    return find_message(conn, scope, ours) if ours else None


def _canonical(conn: Any, scope: Scope, message: str, position: int) -> tuple[int, bytes | None]:
    """Return how large the canonical form is, and the form itself where it is not too large for a page."""
    size = parts.canonical_size(conn, scope, message, position) or 0
    if not 0 < size <= CANONICAL_READ_MAX:
        return size, None
    return size, parts.canonical_piece(conn, scope, message, position, offset=0, length=size)


def _beginning(hub: Hub, sha256: str) -> bytes:
    """Return the first of a body that is a file: only those are larger than is read whole."""
    with hub.blobs.path(sha256).open("rb") as file:
        return file.read(HEAD_READ_MAX)
