"""Acknowledgements that partners owe us: matched when they come.

Matched by partner, kind and reference, which is what the syntax acknowledges by (a group, an interchange), so that
nobody can acknowledge another partner's message. An acknowledgement is never itself acknowledged. What one message says
counts once, however often it is replayed, and never against what a later one has said.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, select, update

from hub.canonical.result import Cause
from hub.exchange.duties import put_duties
from hub.exchange.model import ACKNOWLEDGEMENTS_BY_GRAVITY, Acknowledgement, Duty, DutyState
from hub.exchange.recording import call_attention, note
from hub.exchange.tables import document, envelope, message, owed, search_key
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.struct import Struct
from hub.platform.columns import Instant

OF_INTERCHANGE = "TA1"
DAYS_APART_MAX = 1  # TA102 repeats our ISA09, the partner's calendar day; we know the instant: no zone is further off


def group_reference(functional_group: str, control_number: int | str) -> str:
    """Return what a group of ours is acknowledged by: GS01 and GS06."""
    return f"{functional_group} {control_number}"


class SentSet(Struct):
    """A transaction set of ours that is acknowledged."""

    position: int  # in its message
    kind: str
    control_number: str
    findings: list[Diagnostic]
    release: str | None = None


class SentGroup(Struct):
    """A group of ours that an acknowledgement speaks of: ours is the newest of that number, for they come round."""

    duty: int  # whose clock it stops
    message: str
    sets: list[SentSet]
    state: DutyState
    acknowledged_by: str | None = None


class SetWord(Struct):
    """What is said of one set, and all that is found about it from now on."""

    position: int
    verdict: Acknowledgement
    findings: list[Diagnostic]


def sent_group(conn: Connection, partner: str, *, kinds: tuple[str, ...], reference: str) -> SentGroup | None:
    """Return our group and its sets; None when we sent the partner no such group."""
    values = {"whose": partner, "kinds": list(kinds), "reference": reference}
    row = conn.execute(_FIND, values).first()
    if row is None:
        return None
    sets = conn.execute(_SETS, {"wanted": row.cause})
    return SentGroup(
        duty=row.id,
        message=row.cause,
        sets=[SentSet(**each._mapping) for each in sets],
        state=row.state,
        acknowledged_by=row.done_by,
    )


def acknowledge_group(
    conn: Connection,
    partner: str,
    group: SentGroup,
    verdict: Acknowledgement,
    *,
    said: str,
    sets: Sequence[SetWord],
    findings: Sequence[Diagnostic] = (),
    with_errors: bool = False,
    by: str,
    now: datetime,
) -> None:
    """Record what the partner says about our group, unless it is no news. A rejection calls for a person.

    ``said`` is the verdict in words; ``findings`` are about the group as a whole and replace those of the
    acknowledgement before.
    """
    if not _is_news(group.state, group.acknowledged_by, verdict, by):
        return
    for each in sets:
        values = {"wanted": group.message, "which": each.position, "verdict": each.verdict}
        conn.execute(_SET, {**values, "new_findings": each.findings})
    conn.execute(_ENVELOPE, {"wanted": group.message, "new_findings": list(findings) or None})
    conn.execute(_CHECKED, {"wanted": group.message, "word": "warnings" if with_errors else "valid"})
    _answer(conn, group.duty, group.message, partner, verdict, f"{said} by {partner}", by=by, now=now)


def match_interchange(
    conn: Connection,
    partner: str,
    *,
    control_number: int,
    on: date | None,
    verdict: Acknowledgement,
    said: str,
    findings: Sequence[Diagnostic] = (),
    by: str,
    now: datetime,
) -> str | None:
    """Record what the partner says about our interchange; return the id of our message, None when we sent none such.

    ``on`` is the day that we wrote into it (TA102), ``said`` the verdict in words, ``findings`` what is wrong with the
    envelope. A refusal falls on all that was inside and calls for a person; that the envelope was taken says nothing
    about what is in it, and is noted.
    """
    ours = sent_interchange(conn, partner, control_number=control_number, on=on)
    if ours is None:
        return None
    row = conn.execute(_OF_ENVELOPE, {"wanted": ours}).first()
    if row is None:  # nobody waited for it: this one was not asked for
        put_duties(conn, [_unasked(partner, ours, control_number, now)])
        row = conn.execute(_OF_ENVELOPE, {"wanted": ours}).one()
    if _is_news(row.state, row.done_by, verdict, by):
        if verdict == "rejected":
            conn.execute(_ALL_ANSWERED, {"wanted": ours, "verdict": verdict, "by": by, "now": now})
            conn.execute(_ALL, {"wanted": ours, "verdict": verdict})
        if findings:
            conn.execute(_ENVELOPE, {"wanted": ours, "new_findings": list(findings)})
        _answer(conn, row.id, ours, partner, verdict, said, by=by, now=now)
    return ours


def sent_interchange(conn: Connection, partner: str, *, control_number: int, on: date | None) -> str | None:
    """Return our message in which we sent the interchange, the latest of that number; None when we sent none such."""
    rows = conn.execute(_SENT, {"folded": str(control_number), "whose": partner})
    return next(
        (str(row.message) for row in rows if on is None or abs((row.at.date() - on).days) <= DAYS_APART_MAX), None
    )


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
    said: str,
    *,
    by: str,
    now: datetime,
) -> None:
    conn.execute(_ANSWERED, {"wanted": duty, "verdict": verdict, "by": by, "now": now})
    show_worst(conn, ours)
    note(conn, ours, "acknowledged", said, at=now, actor=f"partner:{partner}")
    if verdict in ("partly", "rejected"):
        call_attention(conn, ours, f"{partner} {verdict} what we sent (acknowledgement {by})")


def show_worst(conn: Connection, message_id: str) -> None:
    """Show the worst that was said of the groups; where none is waited for, whether the envelope was refused."""
    rows = conn.execute(_STATES, {"wanted": message_id}).all()
    of_groups = [row.state for row in rows if row.kind != OF_INTERCHANGE]
    refused = [row.state for row in rows if row.state == "rejected"]
    worst = max(of_groups or refused, key=ACKNOWLEDGEMENTS_BY_GRAVITY.index, default="none")
    conn.execute(_MESSAGE, {"wanted": message_id, "verdict": worst})


def _unasked(partner: str, message_id: str, control_number: int, now: datetime) -> Duty:
    return Duty(
        partner=partner,
        debtor="partner",
        kind=OF_INTERCHANGE,
        reference=str(control_number),
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
_STATES = select(owed.c.kind, owed.c.state).where(owed.c.cause == bindparam("wanted"), _THEIRS)
_SENT = (
    select(envelope.c.message, envelope.c.at)
    .join(search_key, search_key.c.message == envelope.c.message)  # by its index: envelopes sent have none
    .where(
        search_key.c.folded == bindparam("folded"),
        search_key.c.kind == "interchange",
        envelope.c.partner == bindparam("whose"),
        envelope.c.direction == "out",
        envelope.c.kind == "interchange",
        envelope.c.reference == bindparam("folded"),
    )
    .order_by(envelope.c.message.desc())
)
_OF_ENVELOPE = (
    select(owed)
    .where(owed.c.cause == bindparam("wanted"), owed.c.kind == OF_INTERCHANGE, _THEIRS)
    .order_by(owed.c.id.desc())
    .limit(1)
)
_ALL_ANSWERED = update(owed).where(owed.c.cause == bindparam("wanted"), _THEIRS).values(_SAID)
_ALL = update(document).where(document.c.message == bindparam("wanted")).values(acknowledgement=bindparam("verdict"))
_SETS = (
    select(
        document.c.position,
        document.c.kind,
        document.c.reference.label("control_number"),
        document.c.findings,
        document.c.release,
    )
    .where(document.c.message == bindparam("wanted"))  # what we send holds one group
    .order_by(document.c.position)
)
_SET = (
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
