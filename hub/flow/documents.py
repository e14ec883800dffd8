"""What a message holds, as its syntax opened it: envelopes and documents, in the words of no syntax.

Values only. They are data and nothing else: a message may have been opened in another process (see ``readers``). What
only its syntax understands travels with an envelope or a group as ``details``, and is read by that syntax alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.business.rooms import ROOMS
from hub.exchange.model import Usage, Validation
from hub.exchange.partners import Partner
from hub.kernel.diagnostics import Diagnostic, Severity, is_of_form, worst
from hub.kernel.outcome import Key
from hub.kernel.sentence import Phrase, Wording, declared
from hub.kernel.struct import Struct

SUBJECTS = frozenset(room.subject_kind for room in ROOMS if room.subject_kind)
"""The kinds of number that documents are about: of each room, the one that people use first."""


class Identity(Struct):
    """How an envelope names a party."""

    id: str = ""
    qualifier: str = ""
    group: str = ""  # how a group within the envelope names it

    @property
    def spelled(self) -> str:
        """The name with its qualifier: one text that no other party has."""
        return f"{self.qualifier}:{self.id}" if self.qualifier else self.id


class DocumentGroup(Struct):
    """Documents that stand together in an envelope, and are refused and acknowledged together."""

    number: int  # among the groups of the message, from 1
    kind: str
    reference: str  # its control number
    findings: list[Diagnostic] = []
    details: bytes = b""

    @property
    def refused(self) -> bool:
        return worst(self.findings) >= Severity.GROUP


class Envelope(Struct):
    """What stands around documents; where a syntax has nothing of the kind, the body itself."""

    position: int  # in the message, from 1
    kind: str = ""  # of its control reference; "" where it bears none, and none is entered and judged
    reference: str = ""
    numbered: bool = True  # whether ``reference`` could be read
    of_a_document: bool = False  # whether ``reference`` is what the one document in it is known by
    sender: Identity = Identity()
    receiver: Identity = Identity()
    usage: Usage = "production"
    digest: str = ""  # SHA-256 of what it means, or of its bytes where that is not at hand
    digest_of_bytes: str = ""
    findings: list[Diagnostic] = []
    groups: list[DocumentGroup] = []
    details: bytes = b""

    @property
    def refused(self) -> bool:
        return worst(self.findings) >= Severity.ENVELOPE

    def group(self, number: int) -> DocumentGroup | None:
        """Return the group that has the number in the message; None for 0, which is no group."""
        return self.groups[number - self.groups[0].number] if number else None


class Survey(Struct):
    """What envelopes a message holds, and what is wrong with them."""

    syntax: str
    envelopes: list[Envelope]
    stray: list[Diagnostic] = []  # about what stands in no envelope


class Document(Struct):
    """One document, read as far as it could be read."""

    position: int  # in the message, from 1
    envelope: int  # position of its envelope
    group: int  # number of its group; 0: it stands in none
    kind: str  # as the wire names it: 850, a root element
    number: str  # its own, as sent; "" where it has none
    release: str
    findings: list[Diagnostic]
    stopped: bool = False  # its envelope or group is refused, and it with them
    version: str | None = None  # the implementation it says it follows
    document: str | None = None  # canonical name; None: not mapped, and the findings say why
    canonical: bytes | None = None  # as stored, see hub.canonical.stored
    map_name: str | None = None
    map_digest: str | None = None
    schema_digest: str | None = None
    numbers: list[tuple[str, str]] = []  # kind and value: what people ask for it by, read whatever its verdict

    @property
    def subject(self) -> Key | None:
        """What it is about, as sent: the first of its numbers by which a room knows what it has."""
        return next((Key(kind=kind, value=value) for kind, value in self.numbers if kind in SUBJECTS), None)

    @property
    def syntactic(self) -> list[Diagnostic]:
        """The findings that an acknowledgement tells: of syntax, not of understanding."""
        return [finding for finding in self.findings if is_of_form(finding.code)]

    @property
    def rejected(self) -> bool:
        """Whether its acknowledgement rejects it."""
        return worst(self.syntactic).is_reject

    @property
    def validation(self) -> Validation:
        """The word of the message log for its syntax; what the map refuses is a warning there."""
        return "rejected" if self.rejected else "warnings" if worst(self.findings) >= Severity.WARNING else "valid"

    @property
    def refused(self) -> bool:
        """Whether it, its group or its envelope is: then it has no effect."""
        return self.stopped or self.rejected

    @property
    def takes_effect(self) -> bool:
        """Whether it was read whole and nothing refuses it, not even the map."""
        return self.canonical is not None and not self.refused and not worst(self.findings).is_reject


class JudgedDocument(Struct):
    """What an acknowledgement says of one document; that of X12 speaks of its syntax alone."""

    envelope: int
    group: int
    kind: str
    number: str
    findings: Sequence[Diagnostic] = ()
    version: str | None = None
    subject: Key | None = None  # what it is about
    unanswered: Sequence[Diagnostic] = ()  # why its room asks a person, and says nothing to it by itself
    is_answer: bool = False  # itself, to something of ours: nothing is said of it


class NotRouted(Struct):
    """What is said of a document that no map takes, and what it says of itself."""

    finding: Diagnostic
    kind: str  # how the wire names it
    number: str = ""  # its own, as sent
    numbers: list[tuple[str, str]] = []  # kind and value: what people ask for it by


def is_test(envelope: Envelope, partner: Partner) -> bool:
    """Say whether what the envelope holds is a test: unless it and the partner's file both say production.

    Nothing of a refused one is taken, so nothing has to be kept from harm: it is a test only where somebody says so.
    """
    if envelope.refused:
        return partner.in_test or envelope.usage == "test"
    return partner.in_test or envelope.usage != "production"


def not_understood(document: Document) -> Wording:
    """Say why a document that is sound in its syntax waits for a person."""
    reason = next((f.wording for f in document.findings if f.severity.is_reject), None)
    if reason is None:
        return Wording(key="call/not-handled", words={"document": document.kind})
    return Wording(key="call/not-understood", words={"reason": reason})


declared(
    {
        "call/not-understood": Phrase(message="Not understood: {reason}"),
        "call/not-handled": Phrase(message="Nothing in the hub handles {document} yet"),
    }
)
