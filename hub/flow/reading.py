"""A message is read: opened, validated and mapped, and what its documents come to prepared and written. Pure.

The process beside the server does so with every message (``reader_process``); a hub that serves nobody does it itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from msgspec.structs import replace

from hub.flow.documents import Document, Survey, is_test
from hub.flow.preparing import PreparedDocument, prepare, with_drafts
from hub.flow.rules import Rules
from hub.flow.syntax import Opened
from hub.flow.syntaxes import open_message
from hub.kernel.errors import Defect, HubError
from hub.kernel.sentence import Wording
from hub.kernel.struct import Struct

log = structlog.get_logger("hub.flow.reading")


class ToRead(Struct):
    """A message to be read; ``now`` is told, so that whoever reads needs no clock."""

    message: str
    partner: str
    body: bytes
    now: datetime


class ReadMessage(Struct, tag="reading"):
    """A message as read: all of it."""

    survey: Survey
    documents: list[Document]
    prepared: dict[int, PreparedDocument] = {}  # by position of the document, where something could be


def read_messages(rules: Rules, asked: Sequence[ToRead]) -> list[ReadMessage | HubError]:
    """Read messages with their partners' maps and guides; of each what it holds, or why it could not be read.

    All go through one stage before the next: the processor then keeps its code at hand, which saves a sixth.
    """
    held: list[Any] = [None] * len(asked)
    for stage in (_open, _read, _prepare, _write):
        held = [
            each if isinstance(each, HubError) else _attempt(stage, rules, wanted, each)
            for wanted, each in zip(asked, held, strict=True)
        ]
    return held


def _attempt(stage: Callable[[Rules, ToRead, Any], Any], rules: Rules, wanted: ToRead, so_far: object) -> object:
    try:
        return stage(rules, wanted, so_far)
    except HubError as fault:
        return fault
    except Exception as fault:  # a bug of ours concerns this message and no other
        log.exception("could not read", message=wanted.message, partner=wanted.partner, fault=type(fault).__name__)
        return Defect(f"{type(fault).__name__}: {fault}")


def _open(rules: Rules, wanted: ToRead, _: None) -> Opened:
    return open_message(wanted.body, rules, wanted.partner)


def _read(rules: Rules, wanted: ToRead, opened: Opened) -> ReadMessage:
    return ReadMessage(survey=opened.survey, documents=list(opened.documents()))


def _prepare(rules: Rules, wanted: ToRead, reading: ReadMessage) -> ReadMessage:
    found = [(each.position, _prepared(rules, wanted, reading, each)) for each in reading.documents]
    prepared = {position: each for position, each in found if each is not None}
    return replace(reading, prepared=prepared) if prepared else reading


def _prepared(
    rules: Rules, wanted: ToRead, reading: ReadMessage, document: Document, unsaid: Wording | None = None
) -> PreparedDocument | None:
    """Return what a document comes to; as one that is held, where ``unsaid`` says why it cannot be answered."""
    envelope, partner = reading.survey.envelopes[document.envelope - 1], rules.partner(wanted.partner)
    test, message = is_test(envelope, partner), wanted.message
    return prepare(document, envelope.reference, rules, message, partner.id, test=test, now=wanted.now, unsaid=unsaid)


def _write(rules: Rules, wanted: ToRead, reading: ReadMessage) -> ReadMessage:
    """Write what will be due; where our configuration is at fault that is said when it is due."""
    written: dict[int, PreparedDocument] = {}
    for document in reading.documents:
        before = reading.prepared.get(document.position)
        if before is not None:
            held = partial(_prepared, rules, wanted, reading, document)
            found = with_drafts(rules, wanted.partner, before, held)
            if found is not None:
                written[document.position] = found
    return replace(reading, prepared=written)


def with_prepared(rules: Rules, wanted: ToRead, reading: ReadMessage) -> ReadMessage:
    """Return a portion of a message with what its documents come to, and our answers written."""
    return _write(rules, wanted, _prepare(rules, wanted, reading))
