"""From what is written to bytes that wait for the partner: framed, numbered, stored.

In: drafts (see ``rendering``, ``replying``). Out: messages in the outbox, their control numbers taken in the caller's
transaction. What could not be written is no draft, so nothing here fails that takes a number.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from hub.canonical.result import Cause
from hub.exchange import outbox
from hub.exchange.controls import Numbers
from hub.exchange.duties import put_duties
from hub.exchange.model import Acknowledgement, DocumentRow, Duty
from hub.exchange.partners import Partner
from hub.flow.canonical_json import frame_canonical
from hub.flow.documents import SUBJECTS
from hub.flow.drafts import Content, Draft
from hub.flow.rows import ACKNOWLEDGEMENT, envelope_row
from hub.flow.rules import Rules
from hub.flow.syntax import Framed
from hub.flow.syntaxes import SYNTAXES
from hub.kernel.clock import Clock
from hub.kernel.diagnostics import Diagnostic, Severity, worst
from hub.kernel.identity import new_id
from hub.kernel.outcome import Key
from hub.platform.blobs import Blobs, Body

UNWRITTEN = "MAP-UNSAID"


class Outgoing:
    """What one transaction sends: kept as it is put in, numbered and written table by table at the end.

    Numbers are locked partner by partner in one order, so that who waits for a number never holds another's that is
    waited for.
    """

    def __init__(self, conn: Connection, rules: Rules, blobs: Blobs, clock: Clock, now: datetime) -> None:
        self._conn, self._rules, self._blobs, self._clock, self._now = conn, rules, blobs, clock, now
        self._drafts: dict[str, list[tuple[str, Draft]]] = {}  # by partner, with the ids they will have

    def put(self, draft: Draft) -> str:
        """Keep a message of ours; return the id it will have."""
        message_id = new_id()
        self._drafts.setdefault(draft.partner, []).append((message_id, draft))
        return message_id

    def flush(self) -> None:
        """Number what was put in, and write it into the outbox."""
        messages: list[outbox.OutboundMessage] = []
        duties: list[Duty] = []
        for partner_id in sorted(self._drafts):
            partner, numbers = self._rules.partner(partner_id), Numbers(self._conn, partner_id, self._clock)
            for message_id, draft in self._drafts[partner_id]:
                message, awaited = self._numbered(message_id, partner, draft, numbers)
                messages.append(message)
                duties += awaited
            numbers.save()
        self._drafts = {}
        outbox.put_all(self._conn, messages, SUBJECTS)
        put_duties(self._conn, duties)

    def _numbered(
        self, message_id: str, partner: Partner, draft: Draft, numbers: Numbers
    ) -> tuple[outbox.OutboundMessage, list[Duty]]:
        """Return the message in its envelope, and the acknowledgement it is owed."""
        framed = self._framed(message_id, partner, draft, numbers)
        body = self._blobs.keep(framed.body)
        awaited = _awaited(message_id, partner, framed, self._now)
        return _outgoing(message_id, partner, draft, framed, body, self._now), awaited

    def _framed(self, message_id: str, partner: Partner, draft: Draft, numbers: Numbers) -> Framed:
        if draft.canonical:
            return frame_canonical(draft, message_id)
        return SYNTAXES[draft.syntax].frame(partner, draft, numbers, message_id, self._now)


def _outgoing(
    message_id: str, partner: Partner, draft: Draft, framed: Framed, body: Body, now: datetime
) -> outbox.OutboundMessage:
    acknowledgement: Acknowledgement = "awaited" if framed.awaits else "none"
    rows = [
        _document_row(message_id, position, partner, draft, content, framed, acknowledgement)
        for position, content in enumerate(draft.contents, start=1)
    ]
    envelope = framed.envelope
    return outbox.OutboundMessage(
        id=message_id,
        partner=partner.id,
        transport=partner.outbound(_called(partner, draft, framed)),
        body=body,
        created_at=now,
        syntax=draft.syntax,
        wire=framed.kind,
        document=draft.contents[0].document if draft.contents else ACKNOWLEDGEMENT,
        test=draft.test,
        content_type=framed.content_type,
        file_name=framed.file_name,
        because=draft.because,
        acknowledgement=acknowledgement,
        envelopes=[
            envelope_row(
                envelope,
                message=message_id,
                partner=partner.id,
                direction="out",
                digest=body.sha256,
                at=now,
            )
        ]
        if envelope
        else [],
        documents=rows,
        keys=_keys(draft, framed),
    )


def _keys(draft: Draft, framed: Framed) -> list[Key]:
    """Return all by which the message is found: what it is about, and the numbers it bears."""
    about = [draft.subject] if draft.subject and draft.contents else []
    envelope = framed.envelope
    own = [Key(kind=envelope.kind, value=envelope.reference)] if envelope and envelope.kind else []
    return [*draft.keys, *about, *framed.keys, *own]


def _called(partner: Partner, draft: Draft, framed: Framed) -> str:
    """Return what the partner's file calls it: its name under ``[receives]``, else the wire's own (997, TA1)."""
    map_name = draft.contents[0].map_name if draft.contents else None
    return next((name for name, written_by in partner.receives.items() if written_by == map_name), framed.kind)


def _document_row(
    message_id: str,
    position: int,
    partner: Partner,
    draft: Draft,
    content: Content,
    framed: Framed,
    acknowledgement: Acknowledgement,
) -> DocumentRow:
    return DocumentRow(
        message=message_id,
        position=position,
        partner=partner.id,
        direction="out",
        kind=content.kind,
        envelope=framed.envelope.position if framed.envelope else None,
        document=content.document,
        release=content.release or None,
        reference=framed.numbers[position - 1] if framed.numbers else None,
        subject_kind=draft.subject.kind if draft.subject else None,
        subject=draft.subject.value if draft.subject else None,
        details=framed.details,
        test=draft.test,
        validation="warnings" if worst(content.findings) >= Severity.WARNING else "valid",
        acknowledgement=acknowledgement,
        findings=[each for each in content.findings if not _is_of_map(each)],
        canonical=content.canonical,
        map_name=content.map_name,
        map_digest=content.map_digest,
        schema_digest=content.schema_digest,
        cause_kind=draft.because.kind,
        cause=draft.because.id,
        cause_position=draft.because.position,
    )


def _is_of_map(finding: Diagnostic) -> bool:
    """Say whether a note says no more than that a map has no rule for a field: that is so of every document it writes,
    and stands with the map (``hub map coverage``). What a rule could have written and did not is a warning: it stays.
    """
    return finding.code == UNWRITTEN and finding.severity is Severity.NOTE


def _awaited(message_id: str, partner: Partner, framed: Framed, now: datetime) -> list[Duty]:
    awaits = framed.awaits
    if awaits is None:
        return []
    return [
        Duty(
            partner=partner.id,
            debtor="partner",
            kind=awaits.kind,
            reference=awaits.reference,
            because=Cause(kind="message", id=message_id),
            due_at=now + awaits.due_within,
            state="awaited",
        )
    ]
