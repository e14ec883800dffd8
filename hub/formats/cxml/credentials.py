"""Who sends a cXML, as the beginning of its bytes says: From, To, Sender, shared secret and payload, by rules of XML.

In: the first bytes of a body as they came, alone or in parts. Out: ``ShownCredentials``; None for what is no cXML. It
is read before anything is stored, beside the one who answers for everybody: so by expressions that go forward and
stop, and by no parser. It stops at the first thing that no header has. What it does not see, nobody has shown: a
secret in a comment, beside its place or behind the first ``HEAD_BYTES`` proves nothing.
"""

from __future__ import annotations

import re
import sys

from hub.formats.cxml.mime import pieces
from hub.formats.xml.reader import legible
from hub.kernel.struct import Struct

HEAD_BYTES = 64 * 1024
"""In which the header of a cXML ends: it has some 2,000. As many as the hub holds of a body that comes in."""

VALUE_CHARACTERS_MAX = 1_000  # of an identity, a secret
DEPTH_MAX = 20  # of a header: extrinsics nest
_BLANKS = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"  # what may stand before the first sign, in any encoding
_MARK_BYTES = 4096
_ROOT = "cXML"
_DEPTH_OF_VALUES = 5  # cXML, Header, a party, Credential, and what it says
_PARTIES = ("From", "To", "Sender")
_PLACES = tuple(["Header", party] for party in _PARTIES)

_TOKEN = re.compile(
    r"<!--[^-]*+(?:-(?!-)[^-]*+)*-->|<\?.*?\?>|<!\[CDATA\[(?P<cdata>.*?)\]\]>|(?P<doctype><!DOCTYPE[^\[\]>]*+>)"
    r"|</(?P<end>[^\s<>/]{1,100})\s*+>"
    r"""|<(?P<start>[^\s<>/!?"'=]{1,100})(?P<attributes>(?:\s++[^\s<>/="']{1,100}\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+'))*)\s*+(?P<empty>/?)>"""
    r"|(?P<text>[^<]++)",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""([^\s<>/="']+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')""")
_DECLARES = re.compile(r"<!DOCTYPE\s[^\[>]*+\[")
_BEHIND_SUBSET = re.compile(
    r"""<!DOCTYPE\s[^\[>]*+\[(?:<!--.*?-->|[^\]"'<]++|<(?!!--)|"[^"]*+"|'[^']*+')*+\]\s*+>\s*+"""
    r"""<cXML(?P<attributes>(?:\s++[^\s<>/="']{1,100}\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+'))*)\s*+>""",
    re.DOTALL,
)
_REFERENCE = re.compile(r"&(?:#x([0-9A-Fa-f]{1,6})|#([0-9]{1,7})|(lt|gt|amp|quot|apos));")
_MEANT = re.compile(
    r"""<(?:[\w.-]{1,100}:)?cXML((?:\s++[^\s<>/="']{1,100}\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+'))++)""", re.IGNORECASE
)
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


class ShownIdentity(Struct):
    """One name of a party: an identity, and the domain whose identities those are."""

    domain: str
    identity: str
    secret: str = ""  # of the sender
    secrets: int = 0  # how many it has


class ShownCredentials(Struct):
    """What the header of a cXML shows, by party: From, To, Sender."""

    parties: dict[str, list[ShownIdentity]] = {}
    payload: str = ""  # its payloadID
    is_cxml: bool = True  # False: it is XML, and cannot be told what
    declares: bool = False  # its DOCTYPE has an internal subset, behind which nothing is read but the payloadID

    @property
    def secret(self) -> str:
        """The shared secret with which its sender signs; "" where there is none, or not one alone."""
        if self.several:
            return ""
        return next((each.secret for each in self.parties.get("Sender", []) if each.secret), "")

    @property
    def several(self) -> bool:
        """Whether its sender has more than one."""
        return sum(each.secrets for each in self.parties.get("Sender", [])) > 1


def credentials(head: bytes) -> ShownCredentials | None:
    """Return what the header of a cXML shows that begins with ``head``; None where another document begins.

    Where it cannot be told what begins, as behind a comment without end, nothing is shown.
    """
    undecided = declares = False
    payload = ""
    for piece in pieces(head[:HEAD_BYTES]):
        if b"<" not in piece.content[:_MARK_BYTES].lstrip(_BLANKS)[:2]:
            continue
        text = legible(piece.content)[0].lstrip("\ufeff \t\r\n")
        reading = _Header()
        reading.read(text)
        if reading.root == _ROOT:
            return ShownCredentials(
                parties={name: [each.shown for each in those] for name, those in reading.parties.items()},
                payload=reading.payload.strip()[:VALUE_CHARACTERS_MAX],
            )
        undecided = undecided or reading.root is None
        declares = declares or reading.declares
        payload = payload or (_payload_behind_subset(text) if reading.declares else "")
    return ShownCredentials(is_cxml=False, declares=declares, payload=payload) if undecided else None


def payload_meant(head: bytes) -> str:
    """Return the payloadID of what begins as a cXML, however broken; "" where none can be told.

    It proves nothing, and is what its sender calls the message: of the first element that is called cXML, in whatever
    case and with whatever before it.
    """
    shown = credentials(head)
    if shown is not None and shown.payload:
        return shown.payload
    for piece in pieces(head[:HEAD_BYTES]):
        meant = _MEANT.search(legible(piece.content)[0])
        if meant is not None:
            return _attributes(meant[1]).get("payloadID", "").strip()[:VALUE_CHARACTERS_MAX]
    return ""


class _Identity:
    """A credential that is being read: its texts come in pieces."""

    __slots__ = ("domain", "identity", "secret", "secret_ended", "secrets")

    def __init__(self, domain: str) -> None:
        self.domain = domain
        self.identity: list[str] = []
        self.secret: list[str] = []
        self.secret_ended = False
        self.secrets = 0

    @property
    def shown(self) -> ShownIdentity:
        said = (self.domain, "".join(self.identity), "".join(self.secret) if self.secret_ended else "")
        domain, identity, secret = (each.strip()[:VALUE_CHARACTERS_MAX] for each in said)
        return ShownIdentity(domain=domain, identity=identity, secret=secret, secrets=self.secrets)


class _Header:
    """A header that is being read, token by token."""

    def __init__(self) -> None:
        self.root: str | None = None
        self.payload = ""
        self.parties: dict[str, list[_Identity]] = {}
        self.declares = False
        self._open: list[str] = []
        self._begun = False

    def read(self, text: str) -> None:
        """Read as far as the header goes, or as it is XML."""
        at = 0
        while (found := _TOKEN.match(text, at)) is not None and not self._is_over():
            at = found.end()
            kind = found.lastgroup
            if kind in ("text", "cdata"):
                self._said(_unescaped(found["text"]) if kind == "text" else found["cdata"])
            elif kind == "empty":
                self._opened(found["start"], found["attributes"])
                if found["empty"]:
                    self._open.pop()
            elif kind == "end":
                if not self._open or self._open[-1] != found["end"]:
                    return  # no XML
                self._closed()
        self.declares = self.root is None and _DECLARES.match(text, at) is not None

    def _is_over(self) -> bool:
        """Say whether the header has ended, or cannot begin any more."""
        at = self._open
        if self.root is None:
            return False
        if self.root != _ROOT or len(at) > DEPTH_MAX:
            return True
        return (self._begun and len(at) < 2) or (len(at) > 1 and at[1] != "Header")

    def _opened(self, name: str, attributes: str) -> None:
        if self.root is None:
            self.root, self.payload = name, _attributes(attributes).get("payloadID", "")
        self._open.append(name)
        self._begun = self._begun or self._open == [_ROOT, "Header"]
        if name == "Credential" and self._open[1:-1] in _PLACES:
            self.parties.setdefault(self._open[2], []).append(_Identity(_attributes(attributes).get("domain", "")))

    def _closed(self) -> None:
        said_of = self._said_of()
        if said_of is not None and self._open[-1] == "SharedSecret":
            said_of.secret_ended = True
            said_of.secrets += 1
        self._open.pop()

    def _said(self, text: str) -> None:
        said_of, name = self._said_of(), self._open[-1] if self._open else ""
        if said_of is None:
            return
        if name == "Identity":
            said_of.identity.append(text)
        elif name == "SharedSecret" and self._open[2] == "Sender":
            said_of.secret.append(text)
            said_of.secret_ended = False

    def _said_of(self) -> _Identity | None:
        """Return the credential of which a value is open; None where none is."""
        if len(self._open) != _DEPTH_OF_VALUES:
            return None
        _, header, party, credential, _ = self._open
        is_one = header == "Header" and party in _PARTIES and credential == "Credential"
        return self.parties[party][-1] if is_one else None


def _payload_behind_subset(text: str) -> str:
    """Return the payloadID that stands in clear text behind an internal subset; "" where an entity may be in it."""
    begins = text.find("<!DOCTYPE")  # the first alone: who writes thousands is not looked through for each
    found = _BEHIND_SUBSET.match(text, begins) if begins >= 0 else None
    payload = _attributes(found["attributes"]).get("payloadID", "") if found is not None else ""
    return "" if "&" in payload else payload.strip()[:VALUE_CHARACTERS_MAX]


def _attributes(text: str) -> dict[str, str]:
    return {each[1]: _unescaped(each[2] if each[2] is not None else each[3]) for each in _ATTRIBUTE.finditer(text)}


def _unescaped(text: str) -> str:
    return _REFERENCE.sub(_sign, text) if "&" in text else text


def _sign(found: re.Match[str]) -> str:
    if found[3]:
        return _NAMED[found[3]]
    number = int(found[1], 16) if found[1] else int(found[2])
    return chr(number) if number <= sys.maxunicode else ""
