"""What processing found out about an inbound message, written in one go.

What enters is the outcome of every stage; it replaces what an earlier run wrote, for a replay tells the newer truth
about the same bytes. Runs in the transactions that apply the effects: documents and keys portion by portion, the
message with the last.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import islice

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from hub.exchange.model import Acknowledgement, DocumentRow, Event, StageTime, Validation
from hub.exchange.storable import storable, storable_said, storable_text
from hub.exchange.tables import document, message, search_key, timeline
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.errors import Defect
from hub.kernel.outcome import Key, Outcome
from hub.kernel.sentence import Wording
from hub.kernel.struct import Struct
from hub.platform.statements import PreparedStatement, unless_there

KEYS_SHOWN_MAX = 24  # of one message in the log; the search box knows all of them
KEYS_MAX = 20_000  # of one message: a release of 10,000 lines has two keys each
SHORT_LENGTH_MIN = 4  # of a number without its prefix: a shorter one ends too many others
FILE = "file"  # kind of the key that is the file's name: known at intake, not read from the body
POSITION_MAX = 2**31 - 1  # of a document, as its column has it
DETAIL_LENGTH_MAX = 80  # of what only a syntax understands of a document's envelope
VALUE_LENGTH_MAX = 120  # of a key, as its column has it; longer ones are cut, as they are when searched


_BEFORE_DIGITS = re.compile(r"\A[^0-9]+")
_LAST_DIGITS = re.compile(r"[0-9]+\Z")


class Processed(Struct):
    """An inbound message after its last stage. The statuses are the worst of its documents."""

    message: str
    partner: str
    stages: list[StageTime]  # from "received" on
    validation: Validation
    outcome: Outcome
    acknowledgement: Acknowledgement = "none"  # what our acknowledgements say, at worst
    syntax: str | None = None
    wire: str | None = None
    document: str | None = None
    test: bool = False
    attention: Wording | None = None  # why a person should look
    keys: list[Key] = []  # the first of them are shown in the log
    documents: int = 0
    findings: list[Diagnostic] = []  # about its envelopes


class TestsBefore(Struct):
    """What an earlier run of a message took each of its documents for."""

    by_position: dict[int, bool] = {}
    by_envelope: dict[int, bool] = {}  # for documents of which no row was kept

    def judged(self, position: int, envelope: int) -> bool | None:
        """Return whether the document was a test; None when no earlier run has said so."""
        return self.by_position.get(position, self.by_envelope.get(envelope))


def forget_keys(conn: Connection, message_id: str) -> None:
    """Drop the keys that an earlier run has left."""
    conn.execute(_FORGET_KEYS, {"wanted": message_id})


def forget_documents(conn: Connection, message_id: str, *, after: int, to: int | None = None) -> None:
    """Drop the documents that an earlier run has left behind position ``after``, up to and with ``to`` or to the end.

    No more than is written anew at that moment: which of the others were tests stands nowhere else.
    """
    conn.execute(_FORGET_DOCUMENTS, {"wanted": message_id, "after": after, "to": POSITION_MAX if to is None else to})


def record(conn: Connection, *processed: Processed) -> None:
    """Write where messages stand; their documents and keys are written beside, as they are read."""
    if _RECORD.run_many(conn, [_outcome(each) for each in processed]) != len(processed):
        raise Defect(f"there is no message {' or '.join(each.message for each in processed)}")


def hold(conn: Connection, message_id: str, why: Wording) -> None:
    """Put the message aside for a person; what an earlier run found out about it stays as it is."""
    _HOLD.run(conn, {"wanted": message_id, "why": storable_said(why)})


def tests_among(conn: Connection, message_id: str) -> TestsBefore:
    """Return whether each document that an earlier run wrote was a test."""
    found = TestsBefore(by_position={}, by_envelope={})
    for position, envelope, test in _TESTS.returned(conn, {"wanted": message_id}):
        found.by_position[position] = bool(test)
        if envelope is not None:
            found.by_envelope[envelope] = found.by_envelope.get(envelope, False) or bool(test)
    return found


def note(
    conn: Connection, message_id: str, event: Event, text: Wording | None, *, at: datetime, actor: str = "hub"
) -> None:
    """Add an entry to the message's timeline."""
    kept = text and storable_said(text)
    row: dict[str, object] = {"message": message_id, "at": at, "event": event, "text": kept, "actor": actor}
    _NOTE.run(conn, storable(timeline, row))


def note_acknowledged(conn: Connection, message_id: str, envelopes: int) -> None:
    """Say how many envelopes of a message, from the first, have been acknowledged, though it is not at its end."""
    _ACKNOWLEDGED.run(conn, {"wanted": message_id, "told": envelopes})


def call_attention(conn: Connection, message_id: str, why: Wording) -> None:
    """Put the message at the head of the log until a person has dealt with it."""
    conn.execute(_ATTENTION, {"wanted": message_id, "why": storable_said(why)})


def put_documents(conn: Connection, documents: Sequence[DocumentRow]) -> None:
    """Write documents."""
    _DOCUMENTS.run_many(conn, [_document(row) for row in documents])


def kept_keys(keys: Iterable[Key], most: int = KEYS_MAX) -> list[Key]:
    """Return the first ``most`` keys as they are stored: each once, in their first order, cut to their column."""
    distinct = dict.fromkeys((key.kind, storable_text(key.value, VALUE_LENGTH_MAX)) for key in keys if key.value)
    return [Key(kind=kind, value=value) for kind, value in islice(distinct, max(0, most))]


def put_kept_keys(
    conn: Connection, kept: Iterable[tuple[str, str, Sequence[Key]]], shortened: Collection[str] = ()
) -> None:
    """Write what ``kept_keys`` returned: of each message its partner, its id, its keys.

    Those of the kinds ``shortened`` are found without their prefix too: two more rows of each at most.
    """
    rows = [
        {"folded": folded, "message": message_id, "kind": key.kind, "partner": partner, "value": key.value}
        for partner, message_id, keys in kept
        for key in keys
        for folded in (_spellings(key.value) if key.kind in shortened else (fold(key.value),))
    ]
    _KEYS.run_many(conn, rows)


def fold(value: str) -> str:
    """Return ``value`` as the search box compares it: no outer blanks, no difference of capitals."""
    return storable_text(value.strip().upper(), VALUE_LENGTH_MAX)  # cut last: capitals may be longer (ß, SS)


def _spellings(value: str) -> tuple[str, ...]:
    """Return a number as it is compared, and without what stands before its digits: people leave that out.

    >>> _spellings("mc-4500071"), _spellings("NL-2026-10077"), _spellings("4500098123")
    (('MC-4500071', '4500071'), ('NL-2026-10077', '2026-10077', '10077'), ('4500098123',))
    """
    whole = fold(value)
    if whole.isdecimal():
        return (whole,)
    found = (_BEFORE_DIGITS.sub("", whole), _LAST_DIGITS.search(whole))
    short = (found[0], found[1][0] if found[1] else "")
    return tuple(dict.fromkeys((whole, *(each for each in short if len(each) >= SHORT_LENGTH_MIN))))


def _document(row: DocumentRow) -> dict[str, object]:
    kept = storable(document, msgspec.structs.asdict(row))
    if row.details and not all(
        value.isprintable() and len(value) <= DETAIL_LENGTH_MAX for value in row.details.values()
    ):
        kept["details"] = {name: storable_text(value, DETAIL_LENGTH_MAX) for name, value in row.details.items()}
    return kept


def _outcome(processed: Processed) -> dict[str, object]:
    return {
        "wanted": processed.message,
        "new_syntax": processed.syntax,
        **{f"new_{name}": value for name, value in storable(message, _named(processed)).items()},
        "new_documents": processed.documents,
        "new_test": processed.test,
        "new_stage": processed.stages[-1].stage,
        "new_stages": processed.stages,
        "new_validation": processed.validation,
        "new_acknowledgement": processed.acknowledgement,
        "new_outcome": processed.outcome,
        "new_keys": processed.keys[:KEYS_SHOWN_MAX],
        "new_findings": processed.findings or None,
    }


def _named(processed: Processed) -> dict[str, object]:
    """Return what the message itself said it is, and why a person should look."""
    return {
        "document": processed.document,
        "wire": processed.wire,
        "attention": processed.attention and storable_said(processed.attention),
    }


_RECORD = PreparedStatement(
    update(message)
    .where(message.c.id == bindparam("wanted"))
    .values(
        {
            name: bindparam(f"new_{name}", type_=message.c[name].type)
            for name in (
                "syntax",
                "document",
                "wire",
                "documents",
                "test",
                "stage",
                "stages",
                "validation",
                "acknowledgement",
                "outcome",
                "attention",
                "keys",
                "findings",
            )
        }
    )
)
_ATTENTION = update(message).where(message.c.id == bindparam("wanted")).values(attention=bindparam("why"))
_HOLD = PreparedStatement(
    update(message).where(message.c.id == bindparam("wanted")).values(outcome="held", attention=bindparam("why"))
)
_ACKNOWLEDGED = PreparedStatement(
    update(message).where(message.c.id == bindparam("wanted")).values(acknowledged_to=bindparam("told"))
)
_TESTS = PreparedStatement(
    select(document.c.position, document.c.envelope, document.c.test).where(document.c.message == bindparam("wanted"))
)
_DOCUMENTS = PreparedStatement(insert(document))
_KEYS = unless_there(search_key)
_NOTE = PreparedStatement(insert(timeline))
_FORGET_DOCUMENTS = delete(document).where(
    document.c.message == bindparam("wanted"),
    document.c.position > bindparam("after"),
    document.c.position <= bindparam("to"),
)
_FORGET_KEYS = delete(search_key).where(search_key.c.message == bindparam("wanted"), search_key.c.kind != FILE)
