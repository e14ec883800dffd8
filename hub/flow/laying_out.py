"""A text of XML or JSON as a page of it: its lines as received, and its places with the names a schema gives them.

In: the text, its tokens, what the schema knows. Out: a ``View``. The text is shown as it came; only a line that nobody
could read, for all of a body stands in it, is broken where its places begin. Places of one value stand with the place
above them. Never more than a page is kept, and no more is looked at than half a second takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hub.flow.views import (
    DEPTH_SHOWN_MAX,
    LINES_SHOWN_MAX,
    PLACES_SHOWN_MAX,
    TEXT_SHOWN_MAX,
    KnownPlace,
    Mark,
    View,
    ViewEntry,
    ViewLine,
    ViewText,
    ViewValue,
    line_in_view,
    short,
)
from hub.formats.tokens import Token

PLACES_READ_MAX = 100_000  # of a text, to find the page that is asked for: half a second of a thread
LONG_LINE = 240  # characters; who writes lines for people writes shorter ones
INDENTED_MAX = 12  # steps of a line that was laid out
PIECE_SHOWN_MAX = 5_000  # characters of one token
COUNTED = ("place", "part", "list", "value")

Said = Callable[[str], str]


def page_of(
    text: str,
    tokens: Callable[[str], Iterator[Token]],
    said: Said,
    known: KnownPlace | None,
    faulty: set[str],
    *,
    first: int,
) -> View:
    """Return the page of ``text`` that begins with its place ``first``; ``said`` is what a value says."""
    page = _Page(text, said, known, faulty, max(1, first))
    for token in tokens(text):
        if not page.takes(token):
            break
    if not page.last and page.first > 1:
        return page_of(text, tokens, said, known, faulty, first=1)
    return page.finished()


class _Frame:
    """A place that is open."""

    __slots__ = ("at", "entry", "known", "label", "said", "token", "values")

    def __init__(self, token: Token, label: str, known: KnownPlace | None, entry: int | None) -> None:
        self.token = token
        self.label = label
        self.known = known
        self.entry = entry  # number of its entry on this page
        self.values: list[ViewValue] = []  # of a part: its attributes
        self.said = ""


class _Page:
    """One page on its way."""

    def __init__(self, text: str, said: Said, known: KnownPlace | None, faulty: set[str], first: int) -> None:
        self.first, self.last = first, 0
        self._text, self._said, self._known, self._faulty = text, said, known, faulty
        self._entries: list[ViewEntry] = []
        self._frames: list[_Frame] = []
        self._lines = _Lines(text, faulty, first == 1)
        self._place = 0  # number of the place that was last met
        self._following: int | None = None
        self._cut = False

    def takes(self, token: Token) -> bool:
        """Take the next token; say whether there is room for more."""
        counted = token.kind in COUNTED and not (token.kind == "value" and self._is_open(token.at))
        if counted:
            self._place += 1
            if self._place > self.first and self._is_full():
                self._following = self._place
                return False
            if self._place > PLACES_READ_MAX:
                self._cut = True
                return False
            if self._place == self.first:
                self._lines.begin()
        if self._lines.is_beyond:
            self._cut = True
            return False
        if self._place >= self.first:
            self.last = self._place
        self._lines.take(token, depth=len(self._frames))
        self._follow(token)
        return True

    def finished(self) -> View:
        """Return the page."""
        while self._frames:
            self._end()
        return View(
            lines=self._lines.finished(),
            entries=self._entries,
            laid=self._lines.laid,
            cut=self._cut,
            first=self.first,
            last=self.last,
            following=self._following,
            before=max(1, self.first - PLACES_SHOWN_MAX) if self.first > 1 else None,
        )

    def _is_full(self) -> bool:
        return self._place >= self.first + PLACES_SHOWN_MAX or self._lines.is_full

    def _is_open(self, at: str) -> bool:
        return bool(self._frames) and (at == self._frames[-1].token.at or "/@" in at)

    def _follow(self, token: Token) -> None:
        kind = token.kind
        if kind in ("place", "list", "part"):
            self._open(token)
        elif kind == "end" and self._frames:
            self._end()
        elif kind == "value":
            self._value(token)

    def _open(self, token: Token) -> None:
        above = self._frames[-1] if self._frames else None
        known, unknown = self._named(above, token.label)
        label = token.label
        if above is not None and above.token.kind == "list":
            label = f"{above.label}/{label}"
        frame = _Frame(token, label, known, None)
        if token.kind == "place" and self._shows():
            frame.entry = self._enter(frame, unknown=unknown)
        self._frames.append(frame)

    def _end(self) -> None:
        frame = self._frames.pop()
        if frame.token.kind != "part" or not self._shows():
            return
        name = frame.known.name if frame.known else ""
        whole = ViewValue(
            label=frame.label, at=frame.token.at, value=short(self._said(frame.said).strip()), name=name,
            faulty=frame.token.at in self._faulty,
        )  # fmt: skip
        self._put([whole, *frame.values])

    def _value(self, token: Token) -> None:
        frame = self._frames[-1] if self._frames else None
        if frame is not None and frame.token.kind == "part" and token.at == frame.token.at:
            frame.said += token.text[:PIECE_SHOWN_MAX]
            return
        if not self._shows():
            return
        known, _ = self._named(frame, token.label)
        label = token.label
        if frame is not None and frame.token.kind in ("list", "part"):
            label = f"{frame.label}/{label}"
        value = ViewValue(
            label=label,
            at=token.at,
            value=short(self._said(token.text[:PIECE_SHOWN_MAX])),
            name=known.name if known else "",
            faulty=token.at in self._faulty,
        )
        if frame is not None and frame.token.kind == "part":
            frame.values.append(value)
        else:
            self._put([value])

    def _put(self, values: list[ViewValue]) -> None:
        """Put values with the nearest place above that can hold them; one that began on an earlier page is named
        again."""
        frame = next((each for each in reversed(self._frames) if each.token.kind == "place"), None)
        if frame is None:
            self._entries.append(ViewEntry(tag="", at="", values=values))
            return
        if frame.entry is None:
            frame.entry = self._enter(frame, unknown=False)
        self._entries[frame.entry].values.extend(values)

    def _enter(self, frame: _Frame, *, unknown: bool) -> int:
        depth = sum(each.token.kind == "place" for each in self._frames if each is not frame)
        self._entries.append(
            ViewEntry(
                tag=frame.label,
                at=frame.token.at,
                name=frame.known.name if frame.known else "",
                number=self._lines.number,
                depth=min(max(depth - 1, 0), DEPTH_SHOWN_MAX),
                unknown=unknown,
                faulty=frame.token.at in self._faulty,
                values=[],
            )
        )
        return len(self._entries) - 1

    def _named(self, above: _Frame | None, label: str) -> tuple[KnownPlace | None, bool]:
        """Return what the schema says of ``label`` beneath ``above``, and whether it should not stand there."""
        if above is None:
            return self._known, False
        if above.token.kind == "list":
            return above.known, False
        if above.known is None:
            return None, False
        found = above.known.beneath.get(label.partition("[")[0].rpartition(":")[2])
        return found, found is None and not above.known.open

    def _shows(self) -> bool:
        return self._place >= self.first


class _Lines:
    """The lines of one page on their way."""

    def __init__(self, text: str, faulty: set[str], shows: bool) -> None:
        self.number = 1
        self.laid = False
        self._text, self._faulty, self._shows = text, faulty, shows
        self._at = self._count = 0  # in the text, and characters shown
        self._found: list[ViewLine] = []
        self._texts: list[ViewText] = []
        self._own = 1  # number of the line that is being written; 0 once it was broken
        self._depth = 0
        self._long = self._is_long()

    @property
    def is_full(self) -> bool:
        return self._count > TEXT_SHOWN_MAX or len(self._found) > LINES_SHOWN_MAX

    @property
    def is_beyond(self) -> bool:
        """Whether more stands between two places than a page holds twice."""
        return self._count > 2 * TEXT_SHOWN_MAX or len(self._found) > 2 * LINES_SHOWN_MAX

    def begin(self) -> None:
        """Show from here on."""
        self._shows = True

    def take(self, token: Token, *, depth: int) -> None:
        """Take the next token."""
        if self._long and token.breaks and self._shows and any(each.text.strip() for each in self._texts):
            self._close()
            self._own, self.laid = 0, True
        if token.breaks and not self._texts:
            self._depth = min(depth - (token.kind == "end"), INDENTED_MAX) if self._long else 0
        lines = token.text[:PIECE_SHOWN_MAX].split("\n")
        for number, piece in enumerate(lines):
            if number:
                self._close()
                self._own = self.number + number
            self._write(token, piece.rstrip("\r"))
        if len(token.text) > PIECE_SHOWN_MAX:
            self._write(token, "…")
        self._at += len(token.text)
        ended = token.text.count("\n")
        if ended:
            self.number += ended
            self._own, self._depth = self.number, 0
            self._long = self._is_long()

    def finished(self) -> list[ViewLine]:
        """Return the lines."""
        if self._texts:
            self._close()
        return self._found

    def _write(self, token: Token, piece: str) -> None:
        if not piece or not self._shows:
            return
        self._count += len(piece)
        is_sign = token.kind in ("sign", "blank", "end")
        at = "" if is_sign else token.at
        mark: Mark = "sign" if is_sign else "" if token.kind == "value" else "tag"
        self._texts.append(ViewText(text=piece, at=at, label=at, mark=mark, faulty=bool(at) and at in self._faulty))

    def _close(self) -> None:
        if not self._shows:
            return
        at = line_in_view(self._own) if self._own else ""
        self._found.append(
            ViewLine(number=self._own, texts=self._texts, at=at if at in self._faulty else "", depth=self._depth)
        )
        self._texts, self._depth = [], 0

    def _is_long(self) -> bool:
        end = self._text.find("\n", self._at)
        return (len(self._text) if end < 0 else end) - self._at > LONG_LINE
