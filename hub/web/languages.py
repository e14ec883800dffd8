"""The languages the pages speak, and which of them, in which time zone, a viewer reads.

That is their choice, else what their browser says, else ours. The words themselves stand in ``catalogues``.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hub.kernel.struct import Struct

LANGUAGE_COOKIE = "hub_language"
ZONE_COOKIE = "hub_zone"  # written by the page's own script
ZONE_LENGTH_MAX = 64  # the longest IANA name has 32 characters
HEADER_LENGTH_MAX = 512  # no browser sends more; the rest of a longer header is not read
UTC_ZONE = ZoneInfo("UTC")


class PageLanguage(Struct):
    """A language the pages speak."""

    locale: str  # folder of the catalogue and Babel's name: zh_CN
    tag: str  # BCP 47, for the lang attribute: zh-CN
    name: str  # in itself


LANGUAGES = (
    PageLanguage(locale="en", tag="en", name="English"),
    PageLanguage(locale="zh_CN", tag="zh-CN", name="简体中文"),
)


def N_(text: str) -> str:
    """Mark ``text`` for extraction where it is written; it is translated where it is shown."""
    return text


def by_tag(tag: str | None) -> PageLanguage | None:
    """Return the language whose tag is ``tag`` ("zh-CN"), or that shares its first subtag ("zh")."""
    if not tag:
        return None
    wanted = tag.strip().lower().replace("_", "-")
    for language in LANGUAGES:
        if language.tag.lower() == wanted:
            return language
    first = wanted.split("-")[0]
    return next((language for language in LANGUAGES if language.tag.lower().split("-")[0] == first), None)


def negotiate(accept: str | None) -> PageLanguage:
    """Return the language an ``Accept-Language`` header likes best (RFC 9110, 12.5.4); English for none.

    >>> negotiate("de, zh-TW;q=0.8, en;q=0.3").tag
    'zh-CN'
    """
    wishes: list[tuple[float, PageLanguage]] = []
    for part in (accept or "")[:HEADER_LENGTH_MAX].split(","):
        tag, _, parameter = part.partition(";")
        language = by_tag(tag)
        weight = _weight(parameter)
        if language and weight > 0:
            wishes.append((weight, language))
    return max(wishes, key=lambda wish: wish[0])[1] if wishes else LANGUAGES[0]


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def zone_of(name: str | None) -> ZoneInfo:
    """Return the zone called ``name``; UTC when nobody knows it."""
    if not name or len(name) > ZONE_LENGTH_MAX:
        return UTC_ZONE
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a name that is a folder of the zone database
        return UTC_ZONE
