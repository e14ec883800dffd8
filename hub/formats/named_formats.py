"""What a ``format`` of JSON Schema asks of a text: moments as RFC 3339 has them, mail as RFC 5321, links as RFC 3986.

A text enters, and whether it is so spelt leaves. A format that is not in the table is a remark of whoever wrote the
schema, as the standard allows, and judges nothing. A leap second is refused: no clock of ours has one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from hub.formats.iso import read_date, read_time
from hub.kernel.sentence import Phrase, Wording, declared

MAIL_CHARACTERS_MAX, BOX_CHARACTERS_MAX = 254, 64  # of an address, and of what stands before its @

_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)
_TIME = re.compile(r"\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)\Z", re.ASCII)
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]++"
_MAIL = re.compile(
    rf"(?P<box>{_ATOM}(?:\.{_ATOM})*+|\"(?:[^\"\\\x00-\x1f\x7f]|\\[\x20-\x7e])*+\")@"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*|"
    r"\[[0-9A-Za-z:.]+\])\Z",
    re.ASCII,
)
_SIGN = r"[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2}"
_LINK = re.compile(
    rf"[A-Za-z][A-Za-z0-9+.-]*+:(?://(?:(?:{_SIGN}|:)*@)?(?:\[[0-9A-Fa-fv:.]+\]|(?:{_SIGN})*+)(?::\d*)?(?=[/?#]|\Z))?"
    rf"(?:{_SIGN}|[:@/])*+(?:\?(?:{_SIGN}|[:@/?])*+)?(?:\#(?:{_SIGN}|[:@/?])*+)?\Z",
    re.ASCII,
)
_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\Z", re.ASCII)


def _is_date(text: str) -> bool:
    return _DATE.match(text) is not None and read_date(text) is not None


def _is_time(text: str) -> bool:
    return _TIME.match(text) is not None and read_time(text) is not None


def _is_moment(text: str) -> bool:
    day, _, time = text.upper().partition("T")
    return _is_date(day) and _is_time(time)


def _is_mail(text: str) -> bool:
    found = _MAIL.match(text) if len(text) <= MAIL_CHARACTERS_MAX else None
    return found is not None and len(found["box"]) <= BOX_CHARACTERS_MAX


declared(
    {
        "format/date": Phrase(message="a date like 2026-11-30"),
        "format/time": Phrase(message="a time with its zone, like 14:30:00Z"),
        "format/date-time": Phrase(message="a date with time and zone, like 2026-11-30T14:30:00Z"),
        "format/email": Phrase(message="a mail address"),
        "format/uri": Phrase(message="a link like https://example.com/orders"),
        "format/uuid": Phrase(message="a UUID"),
    }
)

FORMATS: Mapping[str, Callable[[str], bool]] = {
    "date": _is_date,
    "time": _is_time,
    "date-time": _is_moment,
    "email": _is_mail,
    "uri": lambda text: _LINK.match(text) is not None,
    "uuid": lambda text: _UUID.match(text) is not None,
}
"""What says whether a text is so spelt, of the formats that are judged."""


def wanted(name: str) -> Wording:
    """Return what the format ``name`` asks for, in words."""
    return Wording(key=f"format/{name}")
