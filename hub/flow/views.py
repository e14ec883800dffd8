"""What people are shown of a body, in the words of no syntax: its lines as received, and its places with their names.

``at`` names a place within the views, so that they find one another: "5:3" is segment 5 element 3 of X12, an XPath or a
JSON pointer names itself, "L16:0" is line 16 of what has no better place.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from hub.formats.tokens import place_of
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.location import Location
from hub.kernel.sentence import Phrase, Wording, declared
from hub.kernel.struct import Struct

BODY_READ_MAX = 8 * 1024 * 1024  # bytes of a message that are taken apart for its page; half a second of a thread
HEAD_READ_MAX = 256 * 1024  # bytes that are looked at of a larger one
PLACES_SHOWN_MAX = 500  # of one page: some forty order lines
TEXT_SHOWN_MAX = 60_000  # characters of one page
PLAIN_SHOWN_MAX = 20_000  # characters of a body in no syntax
LINES_SHOWN_MAX = 1_000
VALUE_SHOWN_MAX = 200  # characters of one value
DEPTH_SHOWN_MAX = 3  # deeper places are indented no further

Mark = Literal["", "tag", "sign"]


class ViewText(Struct):
    """A piece of a line, as it was sent."""

    text: str
    at: str = ""
    label: str = ""  # how people call its place: BEG03, /Order/Header/OrderNumber
    name: str = ""
    mark: Mark = ""  # what names, and what only joins
    faulty: bool = False


class ViewLine(Struct):
    """One line: of X12 a segment."""

    number: int  # 0: none of its own
    texts: list[ViewText]
    at: str = ""  # where a finding knows nothing but the line
    depth: int = 0  # of a line that was laid out for people


class ViewValue(Struct):
    """One value with its name."""

    label: str  # BEG03, Quantity/@unit, netPrice
    at: str
    value: str
    name: str = ""
    faulty: bool = False


class ViewEntry(Struct):
    """A place that holds values, with its name: a segment, an element with something beneath, an object."""

    tag: str
    at: str
    name: str = ""
    number: int = 0  # of its segment or line
    depth: int = 0
    unknown: bool = False  # not in the schema
    folded: bool = False  # belongs to the envelope
    faulty: bool = False
    values: list[ViewValue] = []


class ViewTerms(Struct):
    """How a page speaks of a syntax: what its places are called."""

    syntax: str

    def said(self, what: str, **words: str) -> Wording:
        """Return one of the sentences that the syntax declares under ``view-``."""
        return Wording(key=f"view-{self.syntax}/{what}", words=dict(words))


PLAIN = ViewTerms(syntax="plain")
declared(
    {
        "view-plain/all": Phrase(message="Lines of this document"),
        "view-plain/some": Phrase(message="Lines {first} to {last}"),
        "view-plain/earlier": Phrase(message="Earlier lines"),
        "view-plain/later": Phrase(message="Later lines"),
        "view-plain/unknown": Phrase(message="Not in the schema"),
        "view-plain/unnamed": Phrase(message="Names are known once the message has been opened with a schema."),
    }
)


class View(Struct):
    """A body, or so much of it as one page shows."""

    terms: ViewTerms = PLAIN
    lines: list[ViewLine] = []
    entries: list[ViewEntry] = []
    encoding: str | None = None
    schema: str | None = None  # whose names they are
    laid: bool = False  # broken into lines for people: it came in fewer
    cut: bool = False  # there is more that no page shows
    first: int = 1  # number of the first place shown
    last: int = 0
    following: int | None = None  # where the next page begins
    before: int | None = None

    @property
    def whole(self) -> bool:
        """Whether all of it is shown."""
        return not self.cut and self.before is None and self.following is None

    @property
    def places(self) -> set[str]:
        """All places that can be gone to."""
        found = {text.at for line in self.lines for text in line.texts}
        return (found | {line.at for line in self.lines}) - {""}


class KnownPlace(Struct):
    """What a schema says of a place: its name, and what may stand beneath."""

    name: str = ""
    open: bool = True  # others may stand there, too
    beneath: Mapping[str, KnownPlace] = {}


def place_in_view(at: Location) -> str | None:
    """Return how the views name a place; None where it is none of a body."""
    if at.file is not None:
        return None
    if at.at is not None:
        return place_of(at.at)
    if at.segment is not None:
        return f"{at.segment}:{at.element or 0}"
    return None if at.line is None else line_in_view(at.line)


def line_in_view(number: int) -> str:
    """Return how the views name a line."""
    return f"L{number}:0"


def is_about_ours(finding: Diagnostic) -> bool:
    """Say whether a partner made it about what we sent: on their acknowledgement its place is not there."""
    return "-OURS-" in finding.code


def nearest(place: str, shown: set[str]) -> str | None:
    """Return the place, else the nearest above it that is shown: what is missing has a place that is not there."""
    while place and place not in shown:
        above, slash, _ = place.rpartition("/")
        place = above if slash else f"{place.partition(':')[0]}:0" if not place.endswith(":0") else ""
    return place or None


def lines_of(text: str, faulty: set[str], *, encoding: str | None = None, cut: bool = False) -> View:
    """Return the first lines of a body that nobody takes apart."""
    said = [line.rstrip("\r") for line in text[:PLAIN_SHOWN_MAX].split("\n")]
    lines = []
    for number, line in enumerate(said[:LINES_SHOWN_MAX], start=1):
        at = line_in_view(number)
        lines.append(
            ViewLine(number=number, texts=[ViewText(text=line, at=at, label=f"{number}", faulty=at in faulty)])
        )
    more = cut or len(text) > PLAIN_SHOWN_MAX or len(said) > LINES_SHOWN_MAX
    return View(lines=lines, encoding=encoding, cut=more)


def short(value: str) -> str:
    """Return so much of a value as is shown."""
    return value if len(value) <= VALUE_SHOWN_MAX else value[:VALUE_SHOWN_MAX] + "…"
