"""What we have to say, before it is numbered: contents checked and ready, the message they make, replies to envelopes.

Values only. ``body`` and ``envelope_acknowledgements`` are bytes that their syntax keeps until it frames them.
"""

from __future__ import annotations

from hub.canonical.result import Cause
from hub.exchange.model import Acknowledgement
from hub.flow.documents import Identity
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.outcome import Key
from hub.kernel.struct import Struct


class Content(Struct):
    """One document of ours, checked and ready to be framed."""

    kind: str  # as the wire names it
    release: str
    body: bytes
    group: str = ""  # kind of the group it goes out in
    document: str | None = None  # canonical name
    canonical: bytes | None = None
    map_name: str | None = None
    map_digest: str | None = None
    schema_digest: str | None = None
    findings: list[Diagnostic] = []


class Draft(Struct):
    """A message of ours before it is numbered: to whom, because of what, and what it says."""

    partner: str
    because: Cause
    test: bool
    syntax: str
    canonical: bool = False  # as our own JSON, whatever that syntax is with the partner
    contents: list[Content] = []  # one group; none: those of envelopes alone
    envelope_acknowledgements: list[bytes] = []  # beside all documents
    subject: Key | None = None
    keys: list[Key] = []
    record: str | None = None  # of the room that owes it
    to: Identity | None = None  # which of the partner's identities; None: the first


class DocumentAcknowledgements(Struct):
    """Acknowledgements of documents of one envelope that go out in one message, to one identity of the partner."""

    contents: list[Content]
    to: Identity | None = None  # None: the partner has but one
    keys: list[Key] = []  # what the documents are about


class Reply(Struct):
    """What is said of one envelope."""

    acknowledgement: Acknowledgement  # at worst
    test: bool = False
    of_envelope: bytes | None = None  # its own acknowledgement
    to: Identity | None = None  # of whom the envelope is
    of_documents: list[DocumentAcknowledgements] = []


class Unsendable(Exception):
    """What we have to say cannot be said in this partner's schema; ``findings`` say why."""

    def __init__(self, findings: list[Diagnostic]) -> None:
        super().__init__("; ".join(finding.message for finding in findings))
        self.findings = findings
