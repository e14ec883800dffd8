"""Interchanges for tests, as partners send them: made from text, so that a test shows what it reads."""

from __future__ import annotations

from collections.abc import Sequence

ISA = b"ISA*00*          *00*          *ZZ*ACMECARDIO     *01*556012345      *261120*0830*U*00401*000000001*0*P*>~"
GS = "GS*PO*ACMECARDIO*556012345*20261120*0830*7*X*004010~"
BODY = ("BEG*00*SA*4500098123**20261120~", "PO1*1*100*EA*17.25**BP*4410-221~", "CTT*1~")


def order(
    number: str = "0001", body: Sequence[str] = BODY, *, count: int | None = None, closing: str | None = None
) -> str:
    """Return one 850 with ``body`` between ST and SE; ``count`` and ``closing`` put wrong values into SE."""
    stated = len(body) + 2 if count is None else count
    return f"ST*850*{number}~{''.join(body)}SE*{stated}*{number if closing is None else closing}~"


def group(*sets: str, number: int = 7, count: int | None = None, closing: int | None = None) -> str:
    """Return a group of ``sets``; ``count`` and ``closing`` put wrong values into GE."""
    opening = GS.replace("*7*", f"*{number}*")
    return (
        f"{opening}{''.join(sets)}GE*{len(sets) if count is None else count}*{number if closing is None else closing}~"
    )


def interchange(*groups: str, count: int | None = None, closing: str = "000000001", isa: bytes = ISA) -> bytes:
    """Return an interchange of ``groups``; ``count`` and ``closing`` put wrong values into IEA."""
    text = "".join(groups) + f"IEA*{len(groups) if count is None else count}*{closing}~"
    return isa + text.encode()


SOUND = interchange(group(order("0001"), order("0002")))
WITH_LINES = SOUND.replace(b"~", b"~\r\n")
LINE_FEEDS = SOUND.replace(b"~", b"\n")
OTHER_SEPARATORS = SOUND.replace(b"*", b"|").replace(b"~", b"\x15").replace(b">", b"^")
WRAPPED = b"\r\n".join(SOUND[at : at + 80] for at in range(0, len(SOUND), 80))
REPEATING = SOUND.replace(b"*U*00401*", b"*^*00501*").replace(b"004010", b"005010")
SEEDS = (
    SOUND,
    WITH_LINES,
    LINE_FEEDS,
    OTHER_SEPARATORS,
    WRAPPED,
    REPEATING,
    b"\xef\xbb\xbf" + WITH_LINES + SOUND,
    interchange("TA1*000000009*261119*0830*A*000~", group(order()), group(order("0002"), number=8)),
    order().encode(),
    interchange(group(order("0001", ("MSG*Grüße aus München~",)))),
    interchange(group(order("0001", ("MSG*Grüße~",)))).decode().encode("latin-1"),
)
