"""Acknowledgements that partners owe us: matched when they come.

Matched by partner, kind and reference, which is what their syntax acknowledges by (group, envelope), so that nobody
can acknowledge another partner's message. An acknowledgement is never itself acknowledged. What one message says counts
once, however often it is replayed. The first verdict stands: of two that differ nobody but the partner knows which
holds, so a later one changes nothing and calls a person, with both.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, select, update

from hub.canonical.result import Cause
from hub.exchange.duties import put_duties
from hub.exchange.model import ACKNOWLEDGEMENTS_BY_GRAVITY, Acknowledgement, Duty, DutyState, Event
from hub.exchange.recording import call_attention, fold, note
from hub.exchange.tables import document, envelope, message, owed, search_key, timeline
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.outcome import Key
from hub.kernel.sentence import Phrase, Word, Wording, declared
from hub.kernel.struct import Struct
from hub.platform.columns import Instant

GIVEN = frozenset({"accepted", "partly", "rejected"})
"""Verdicts, among the states of what a partner owes us."""
TAKEN = GIVEN - {"rejected"}
CONTRADICTED: Event = "acknowledgement-contradicted"
DAYS_APART_MAX = 1  # what is repeated is a calendar day of the partner's; we know the instant: no zone is further off


class SentDocument(Struct):
    """A document of ours that is acknowledged."""

    position: int  # in its message
    kind: str
    reference: str
    findings: list[Diagnostic]
    release: str | None = None
    subject_kind: str | None = None
    subject: str | None = None

    @property
    def about(self) -> list[Key]:
        """What it is about, if it says so."""
        return [Key(kind=self.subject_kind, value=self.subject)] if self.subject_kind and self.subject else []


class AcknowledgedDocuments(Struct):
    """What of ours is acknowledged together: the newest of its reference, for numbers come round."""

    duty: int  # whose clock it stops
    message: str
    documents: list[SentDocument]
    state: DutyState
    acknowledged_by: str | None = None


class DocumentVerdict(Struct):
    """What a partner makes of one document, and all that is found about it from now on."""

    position: int
    verdict: Acknowledgement
    findings: list[Diagnostic]


def sent_documents(
    conn: Connection, partner: str, *, kinds: tuple[str, ...], reference: str
) -> AcknowledgedDocuments | None:
    """Return what we sent the partner under the reference; None when that is nothing."""
    values = {"whose": partner, "kinds": list(kinds), "reference": reference}
    row = conn.execute(_FIND, values).first()
    if row is None:
        return None
    documents = conn.execute(_SENT_DOCUMENTS, {"wanted": row.cause})
    return AcknowledgedDocuments(
        duty=row.id,
        message=row.cause,
        documents=[SentDocument(**each._mapping) for each in documents],
        state=row.state,
        acknowledged_by=row.done_by,
    )


def about_what(conn: Connection, message_id: str) -> list[Key]:
    """Return what the documents of a message of ours are about: an acknowledgement of it is found by that, too."""
    sent = (SentDocument(**each._mapping) for each in conn.execute(_SENT_DOCUMENTS, {"wanted": message_id}))
    return [key for each in sent for key in each.about]


def acknowledge_documents(
    conn: Connection,
    partner: str,
    ours: AcknowledgedDocuments,
    verdict: Acknowledgement,
    *,
    in_words: Wording,
    documents: Sequence[DocumentVerdict],
    findings: Sequence[Diagnostic] = (),
    with_errors: bool = False,
    by: str,
    now: datetime,
) -> None:
    """Record what the partner says about what we sent, unless it is no news. A rejection calls for a person.

    ``in_words`` is the verdict for people; ``findings`` are about all of it, and replace those of an acknowledgement
    before that gave the same verdict.
    """
    if _contradicts(ours.state, ours.acknowledged_by, verdict, by):
        _contradict(conn, ours.message, partner, ours.state, verdict, by=by, now=now)
        return
    if not _is_news(ours.state, ours.acknowledged_by, verdict, by):
        return
    for each in documents:
        values = {"wanted": ours.message, "which": each.position, "verdict": each.verdict}
        conn.execute(_DOCUMENT, {**values, "new_findings": each.findings})
    conn.execute(_ENVELOPE, {"wanted": ours.message, "new_findings": list(findings) or None})
    conn.execute(_CHECKED, {"wanted": ours.message, "word": "warnings" if with_errors else "valid"})
    _answer(conn, ours.duty, ours.message, partner, verdict, in_words, by=by, now=now)


def acknowledge_envelope(
    conn: Connection,
    partner: str,
    *,
    kind: str,
    envelope_kind: str,
    reference: str,
    on: date | None,
    verdict: Acknowledgement,
    in_words: Wording,
    findings: Sequence[Diagnostic] = (),
    by: str,
    now: datetime,
) -> str | None:
    """Record what the partner says about our envelope; return the id of our message, None when we sent none such.

    ``kind`` is that of the acknowledgement, ``on`` the day that we wrote into the envelope, ``in_words`` the verdict
    for people, ``findings`` what is wrong with it. A refusal falls on all that was inside and calls for a person; that
    the envelope was taken says nothing about what is in it, and is noted.
    """
    ours = message_of_envelope(conn, partner, kind=envelope_kind, reference=reference, on=on)
    if ours is None:
        return None
    row = conn.execute(_OF_ENVELOPE, {"wanted": ours, "kind": kind}).first()
    if row is None:  # nobody waited for it: this one was not asked for
        put_duties(conn, [_unasked(partner, ours, kind, reference, now)])
        row = conn.execute(_OF_ENVELOPE, {"wanted": ours, "kind": kind}).one()
    if _contradicts(row.state, row.done_by, verdict, by):
        _contradict(conn, ours, partner, row.state, verdict, by=by, now=now)
    elif _is_news(row.state, row.done_by, verdict, by):
        taken = _taken_before(conn, ours, by) if verdict == "rejected" else None
        if verdict == "rejected" and taken is None:
            conn.execute(_ALL_ANSWERED, {"wanted": ours, "verdict": verdict, "by": by, "now": now})
            conn.execute(_ALL, {"wanted": ours, "verdict": verdict})
        if findings:
            conn.execute(_ENVELOPE, {"wanted": ours, "new_findings": list(findings)})
        _answer(conn, row.id, ours, partner, verdict, in_words, by=by, now=now)
        if taken is not None:
            _contradict(conn, ours, partner, taken, verdict, by=by, now=now)
    return ours


def message_of_envelope(
    conn: Connection, partner: str, *, kind: str, reference: str, on: date | None = None
) -> str | None:
    """Return our message in which we sent the envelope, the latest of that reference; None when we sent none such."""
    rows = conn.execute(_SENT, {"folded": fold(reference), "kind": kind, "reference": reference, "whose": partner})
    return next(
        (str(row.message) for row in rows if on is None or abs((row.at.date() - on).days) <= DAYS_APART_MAX), None
    )


def _contradicts(state: str, acknowledged_by: str | None, verdict: Acknowledgement, by: str) -> bool:
    """Say whether another acknowledgement has given another verdict. What one message says may be read anew."""
    return state in GIVEN and state != verdict and acknowledged_by != by


def _taken_before(conn: Connection, ours: str, by: str) -> Acknowledgement | None:
    """Return the verdict by which something in our envelope was taken, at best; None where nothing was."""
    rows = conn.execute(_STATES, {"wanted": ours}).all()
    taken = [row.state for row in rows if not row.of_envelope and row.state in TAKEN and row.done_by != by]
    return min(taken, key=ACKNOWLEDGEMENTS_BY_GRAVITY.index, default=None)


def _contradict(
    conn: Connection, ours: str, partner: str, first: str, verdict: Acknowledgement, *, by: str, now: datetime
) -> None:
    """Leave the first verdict as it is and call a person, once: only the partner can say which of the two holds."""
    told = conn.execute(_CONTRADICTED, {"wanted": ours, "event": CONTRADICTED}).scalars()
    if any(text is not None and text.words.get("by") == by for text in told):
        return
    both: dict[str, Word] = {
        "first": Wording(key=f"acknowledged/word-{first}"),
        "since": Wording(key=f"acknowledged/word-{verdict}"),
    }
    why = Wording(key="acknowledged/contradicted", words={"partner": partner, "by": by, **both})
    note(conn, ours, CONTRADICTED, why, at=now, actor=f"partner:{partner}")
    call_attention(conn, ours, why)


def _is_news(state: str, acknowledged_by: str | None, verdict: Acknowledgement, by: str) -> bool:
    """Say whether ``by`` says something new: it is no replay, and nothing newer has come (ids sort by time)."""
    if acknowledged_by == by:
        return state != verdict
    return acknowledged_by is None or acknowledged_by < by


def _answer(
    conn: Connection,
    duty: int,
    ours: str,
    partner: str,
    verdict: Acknowledgement,
    in_words: Wording,
    *,
    by: str,
    now: datetime,
) -> None:
    conn.execute(_ANSWERED, {"wanted": duty, "verdict": verdict, "by": by, "now": now})
    show_worst(conn, ours)
    note(conn, ours, "acknowledged", in_words, at=now, actor=f"partner:{partner}")
    if verdict in ("partly", "rejected"):
        call_attention(conn, ours, Wording(key=f"acknowledged/{verdict}", words={"partner": partner, "by": by}))


def show_worst(conn: Connection, message_id: str) -> None:
    """Show the worst that was said of the documents; where none is waited for, whether the envelope was refused."""
    rows = conn.execute(_STATES, {"wanted": message_id}).all()
    of_documents = [row.state for row in rows if not row.of_envelope]
    refused = [row.state for row in rows if row.state == "rejected"]
    worst = max(of_documents or refused, key=ACKNOWLEDGEMENTS_BY_GRAVITY.index, default="none")
    conn.execute(_MESSAGE, {"wanted": message_id, "verdict": worst})


def _unasked(partner: str, message_id: str, kind: str, reference: str, now: datetime) -> Duty:
    return Duty(
        partner=partner,
        debtor="partner",
        kind=kind,
        reference=reference,
        of_envelope=True,
        because=Cause(kind="message", id=message_id),
        due_at=now,
        state="none",
    )


_THEIRS = owed.c.debtor == "partner"
_FIND = (
    select(owed)
    .where(
        owed.c.partner == bindparam("whose"),
        owed.c.reference == bindparam("reference"),
        owed.c.kind.in_(bindparam("kinds", expanding=True)),
        _THEIRS,
    )
    .order_by(owed.c.id.desc())
    .limit(1)
)
_SAID = {"state": bindparam("verdict"), "done_by": bindparam("by"), "done_at": bindparam("now", type_=Instant)}
_ANSWERED = update(owed).where(owed.c.id == bindparam("wanted")).values(_SAID)
_STATES = select(owed.c.of_envelope, owed.c.state, owed.c.done_by).where(owed.c.cause == bindparam("wanted"), _THEIRS)
_CONTRADICTED = select(timeline.c.text).where(
    timeline.c.message == bindparam("wanted"), timeline.c.event == bindparam("event")
)
_SENT = (
    select(envelope.c.message, envelope.c.at)
    .join(search_key, search_key.c.message == envelope.c.message)  # by its index: envelopes sent have none
    .where(
        search_key.c.folded == bindparam("folded"),
        search_key.c.kind == bindparam("kind"),
        envelope.c.partner == bindparam("whose"),
        envelope.c.direction == "out",
        envelope.c.kind == bindparam("kind"),
        envelope.c.reference == bindparam("reference"),
    )
    .order_by(envelope.c.message.desc())
)
_OF_ENVELOPE = (
    select(owed)
    .where(owed.c.cause == bindparam("wanted"), owed.c.kind == bindparam("kind"), _THEIRS)
    .order_by(owed.c.id.desc())
    .limit(1)
)
_ALL_ANSWERED = update(owed).where(owed.c.cause == bindparam("wanted"), _THEIRS).values(_SAID)
_ALL = update(document).where(document.c.message == bindparam("wanted")).values(acknowledgement=bindparam("verdict"))
_SENT_DOCUMENTS = (
    select(
        document.c.position,
        document.c.kind,
        document.c.reference,
        document.c.findings,
        document.c.release,
        document.c.subject_kind,
        document.c.subject,
    )
    .where(document.c.message == bindparam("wanted"))  # what we send is acknowledged as one
    .order_by(document.c.position)
)
_DOCUMENT = (
    update(document)
    .where(document.c.message == bindparam("wanted"), document.c.position == bindparam("which"))
    .values(acknowledgement=bindparam("verdict"), findings=bindparam("new_findings", type_=document.c.findings.type))
)
_ENVELOPE = (
    update(message)
    .where(message.c.id == bindparam("wanted"))
    .values(findings=bindparam("new_findings", type_=message.c.findings.type))
)
_CHECKED = update(message).where(message.c.id == bindparam("wanted")).values(validation=bindparam("word"))
_MESSAGE = update(message).where(message.c.id == bindparam("wanted")).values(acknowledgement=bindparam("verdict"))


declared(
    {
        "acknowledged/partly": Phrase(message="{partner} partly accepted what we sent (acknowledgement {by})"),
        "acknowledged/contradicted": Phrase(
            message="{partner}: {first}, {since} since (acknowledgement {by}): ask which holds"
        ),
        "acknowledged/word-accepted": Phrase(message="accepted"),
        "acknowledged/word-partly": Phrase(message="partly accepted"),
        "acknowledged/word-rejected": Phrase(message="rejected"),
        "acknowledged/rejected": Phrase(message="{partner} rejected what we sent (acknowledgement {by})"),
    }
)
