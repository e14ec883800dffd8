"""The table ``[x12]`` of a partner's file: who both sides are in X12 envelopes, and what was agreed about them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, field

from hub.exchange.partner_syntax import IDENTITIES_MAX, Fault, Signs, SyntaxTable
from hub.kernel.sentence import Phrase, Word, declared
from hub.kernel.struct import Struct
from hub.platform.toml_lines import Key

A_MONTH = 31 * 24 * 60  # minutes: an acknowledgement later than that is none
TEN_YEARS = 3_660  # days; whoever restarts more rarely has nine digits that last
AT: Key = ("x12",)

EnvelopeName = Annotated[str, Meta(min_length=1, max_length=15, pattern=r"\A[!-~]([ -~]*[!-~])?\Z")]
"""ISA06 and GS02: fifteen characters of ASCII at most; blanks at the end are padding."""

Release = Annotated[str, Meta(pattern=r"\A[0-9]{6}[0-9A-Z]{0,6}\Z")]
SetId = Annotated[str, Meta(pattern=r"\A[0-9]{3}\Z")]
Sign = Annotated[str, Meta(min_length=1, max_length=1)]
Days = Annotated[int, Meta(ge=1, le=TEN_YEARS)]
Minutes = Annotated[int, Meta(ge=0, le=A_MONTH)]

WRITTEN_BY_US = ("997", "999", "TA1")  # what we send and no map writes
LENIENCIES = (
    "usage-may-differ",  # ISA15 may disagree with this file: a note instead of a warning
    "group-sender-may-differ",  # GS02 and GS03 may name other parties than the interchange
    "test-in-production",  # test interchanges are taken from a partner in production, and answered as test
    "padded-numbers",  # numbers, dates and times may have blanks behind them: a warning instead of a rejection
    "segments-out-of-order",  # segments may come after their place in an open loop: a warning instead of a rejection
    "number-may-restart",  # ISA13 may come again with other bytes, numbers_restart_after_days after it came before
)
"""What can be forgiven a partner, each by its name and never by the partner's."""


class EnvelopeId(Struct):
    """How an envelope names a party: ISA05/06 or ISA07/08, and GS02 or GS03."""

    qualifier: Annotated[str, Meta(pattern=r"\A[0-9A-Z]{2}\Z")]
    id: EnvelopeName
    group: EnvelopeName | None = None  # GS02/GS03; None: the same as ``id``

    @property
    def group_id(self) -> str:
        return self.group or self.id

    @property
    def signs(self) -> Signs:
        """ISA05 and ISA06."""
        return self.qualifier, self.id

    @property
    def parts(self) -> tuple[str, str, str]:
        """ISA05, ISA06 and GS02."""
        return self.qualifier, self.id, self.group_id

    def taken(self, owner: str) -> tuple[str, dict[str, Word]]:
        """Return that another partner has the ids of the envelope."""
        return "envelope-id-is-s", {"qualifier": self.qualifier, "id": self.id, "owner": owner}

    def __str__(self) -> str:
        group = f" (group {self.group})" if self.group else ""
        return f"{self.qualifier}:{self.id}{group}"


class OutboundSeparators(Struct):
    """What we write between the parts."""

    element: Sign = "*"
    segment: Sign = "~"
    component: Sign = ">"
    repetition: Sign | None = None  # from 005010 on
    line_end: Annotated[str, Meta(max_length=2)] = ""  # "\n" for partners who want one segment per line


class Acknowledgements(Struct):
    """Which acknowledgements are owed, by whom, and by when."""

    functional: Literal["997", "999", "none"] = "997"  # what we send for each of their groups
    functional_due_minutes: Minutes = 24 * 60  # theirs for our groups: overdue after this; 0: none is expected
    interchange: Literal["asked", "always", "never"] = "asked"  # TA1: when ISA14 asks (a refusal always gets one)


class X12Envelope(SyntaxTable):
    """X12 with this partner."""

    syntax: ClassVar[str] = "x12"

    ours: EnvelopeId
    theirs: Annotated[list[EnvelopeId], Meta(min_length=1, max_length=IDENTITIES_MAX)]  # one for each division of
    # theirs; what answers a message goes to the one it came from, anything else to the first
    releases: Annotated[list[Release], Meta(min_length=1, max_length=20)] = field(
        default_factory=lambda: ["004010"]
    )  # GS08 that they may send; a suffix is tolerated
    written_in: Annotated[dict[SetId, Release], Meta(max_length=100)] = {}  # GS08 of what we send, set by set; of the
    # rest that of its map, and of an acknowledgement that of what it acknowledges
    separators: OutboundSeparators | None = None  # stated, they never change; else others where data contains one
    substitute: Sign = "?"  # written for a separator in text for people, where separators are stated
    numbers_restart_after_days: Days = 60  # with "number-may-restart": whoever sends again has done so long since
    acknowledgements: Acknowledgements = Acknowledgements()

    @property
    def names(self) -> list[EnvelopeId]:
        return self.theirs

    @property
    def editions(self) -> list[str]:
        return self.releases

    @property
    def acknowledged_by(self) -> list[str]:
        said = self.acknowledgements
        interchange = ["TA1"] if said.interchange != "never" else []
        return interchange + ([said.functional] if said.functional != "none" else [])

    def numbers_restart_after(self, leniency: Collection[str]) -> timedelta | None:
        """Return how long ago an ISA13 of theirs must have come to come again with other bytes; None: it never may."""
        return timedelta(days=self.numbers_restart_after_days) if "number-may-restart" in leniency else None

    def faults(self, written: Collection[str]) -> list[Fault]:
        """Return what is wrong with identities, releases of what we write, and separators."""
        return x12_faults(self, {*written, *WRITTEN_BY_US})

    def shown(self) -> dict[str, str]:
        """Return who signs, and the releases."""
        return {
            "envelope theirs": " ".join(map(str, self.theirs)),
            "envelope ours": str(self.ours),
            "releases": " ".join(self.releases),
            "written in": ", ".join(f"{kind} in {release}" for kind, release in sorted(self.written_in.items())),
        }

    @property
    def agreed_separators(self) -> OutboundSeparators:
        """The separators we write where the data contains none of them."""
        return self.separators or OutboundSeparators()

    def identity(self, qualifier: str | None, sender: str | None, group: str | None = None) -> EnvelopeId | None:
        """Return which of them signed with ISA05, ISA06 and, where it is known, GS02; None where that is nobody's.

        Where the group is none of that sender's, it is the first of its identities.
        """
        found = [each for each in self.theirs if (each.qualifier, each.id) == (qualifier, sender)]
        return next((each for each in found if each.group_id == group), found[0] if found else None)


def x12_faults(x12: X12Envelope, written: Collection[str]) -> list[Fault]:
    """Return what is wrong with the table beyond its types; ``written`` are the sets that we send."""
    named = [(each.qualifier, each.id, each.group_id) for each in x12.theirs]
    if len(set(named)) < len(named):
        return [((*AT, "theirs"), "identity-stands-twice", {})]
    for name in x12.written_in:
        if name not in written:
            key = (*AT, "written_in", name)
            return [(key, "is-nothing-they-receive", {"name": name})]
    return _separator_faults(x12.agreed_separators, x12.substitute)


def _separator_faults(separators: OutboundSeparators, substitute: str) -> list[Fault]:
    key: Key = (*AT, "separators")
    signs = [separators.element, separators.segment, separators.component, separators.repetition]
    used = [sign for sign in signs if sign is not None]
    if len(set(used)) < len(used):
        return [(key, "two-separators-are-same", {})]
    if any(len(sign) != 1 or sign.isalnum() or sign in " .-" for sign in used):
        return [(key, "separator-is-one-character", {})]
    if substitute in used or not (substitute.isascii() and substitute.isprintable()):
        return [((*AT, "substitute"), "substitute-is-separator-no", {})]
    if separators.line_end not in ("", "\n", "\r\n"):
        return [((*key, "line_end"), "line-end-is-neither", {})]
    return []


declared(
    {
        "CFG-VALUE/identity-stands-twice": Phrase(
            message="an identity stands twice", remedy="each once, told apart by qualifier, id or group"
        ),
        "CFG-VALUE/two-separators-are-same": Phrase(
            message="two separators are the same", remedy="choose four different characters"
        ),
        "CFG-VALUE/separator-is-one-character": Phrase(
            message="a separator is one character that no data holds", remedy="such as * ~ > ^"
        ),
        "CFG-VALUE/substitute-is-separator-no": Phrase(
            message="the substitute is a separator, or no sign of ASCII", remedy="such as ? or _"
        ),
        "CFG-VALUE/line-end-is-neither": Phrase(
            message="line_end is neither empty nor a line end", remedy='"", "\\n" or "\\r\\n"'
        ),
        "CFG-VALUE/is-nothing-they-receive": Phrase(
            message="{name} is nothing that they receive", remedy="name its map under [receives]: {name} ="
        ),
    }
)
