"""The closed set of codecs: named pairs of parse and render, nearest the path nearest the wire.

A map names codecs; nobody writes one in a map. Each entry of ``CODECS`` says what it does, with an
example, whether it is exact (comes back the same) and which way it may be used. ``bind_codec`` checks
a call and gives the runtime functions. What can go wrong is an unknown name or a bad argument:
``Misconfigured``, to which the caller adds file and line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from difflib import get_close_matches
from typing import Literal

from hub.kernel.errors import Misconfigured
from hub.kernel.sentence import Word, Wording
from hub.kernel.struct import Struct
from hub.mapping.faults import near_or
from hub.mapping.source import Call

Stage = Literal["text", "value", "list", "pair", "absent"]


class Codec(Struct):
    """What a codec is, for lint and documentation."""

    name: str
    does: str
    example: str
    stage: Stage  # what it works on: text of the wire, the typed value, a list of texts, a pair, or absence
    exact: bool = True
    argument: str | None = None  # a pattern the argument must match; None: takes none


class Bound(Struct):
    """A codec call whose argument was understood."""

    codec: Codec
    argument: str = ""
    table: str | None = None
    passes: bool = False  # code:T+ lets unknown codes pass
    number: int = 0  # padded, fold
    field: str | None = None  # negate-if
    word: str | None = None
    factors: tuple[tuple[str, Decimal, str], ...] = ()  # packs: (pack, how many, of what)


CODECS: dict[str, Codec] = {
    codec.name: codec
    for codec in (
        Codec(
            name="code",
            does="translates through a table; with + an unknown code passes and is reported",
            example="Purpose | code:order-purpose",
            stage="text",
            argument=r"[a-z][a-z0-9-]*\+?",
        ),
        Codec(
            name="default",
            does="absent means X, and X is written",
            example="Unit | default:EA",
            stage="absent",
            exact=False,
            argument=r".+",
        ),
        Codec(
            name="assume",
            does="absent means X (# its running number), and X is left out again",
            example="Currency | assume:USD",
            stage="absent",
            argument=r".+",
        ),
        Codec(name="lines", does="several texts are one text with line breaks", example="Note* | lines", stage="list"),
        Codec(
            name="padded",
            does="zero-filled to N characters on the wire, bare in the model",
            example="Item | padded:10",
            stage="text",
            argument=r"[1-9]\d?",
        ),
        Codec(
            name="packs",
            does="packs on the wire, pieces in the model; what does not fill packs stays pieces",
            example="Quantity,@unit | packs:box=10 each",
            stage="pair",
            argument=r"[a-z0-9-]+=\d+(?:\.\d+)? [a-z0-9-]+(?:, ?[a-z0-9-]+=\d+(?:\.\d+)? [a-z0-9-]+)*",
        ),
        Codec(
            name="negate-if",
            does="the sign is turned on the wire when a field says so",
            example="Total | negate-if:kind=credit",
            stage="value",
            argument=r"[a-z_][a-z0-9_.]*=\S+",
        ),
        Codec(
            name="between",
            does="two values in one text, start and end of a period",
            example="Period | between:-",
            stage="pair",
            argument=r".+",
        ),
        Codec(name="sscc", does="AI 00 before the 18 digits on the wire", example="Package | sscc", stage="text"),
        Codec(name="number", does="text is a number", example="Release | number", stage="value"),
        Codec(name="trim", does="blanks at both ends fall", example="< Reference | trim", stage="text", exact=False),
        Codec(name="upper", does="capitals", example="> Name | upper", stage="text", exact=False),
        Codec(
            name="fold",
            does="a long text in pieces of N characters",
            example="> Note* | fold:264",
            stage="list",
            exact=False,
            argument=r"[1-9]\d{0,2}",
        ),
    )
}

ONE_WAY = ("trim", "upper", "fold")
"""Lossy: allowed only on lines that are read, or written, but not both."""


def bind_codec(call: Call, tables: Mapping[str, object]) -> Bound:
    """Return the codec ``call`` names; raise ``Misconfigured`` when there is none, or its argument is not valid."""
    codec = CODECS.get(call.name)
    if codec is None:
        near = get_close_matches(call.name, CODECS, 1)
        advice = near_or(near, Wording(key="map/one-of", words={"list": ", ".join(CODECS)}))
        raise Misconfigured("MAP-PATH/no-codec", name=call.name, advice=advice)
    if (codec.argument is None) != (not call.argument) or (
        codec.argument and not re.fullmatch(codec.argument, call.argument, re.ASCII)
    ):
        words: dict[str, Word] = {"name": call.name, "argument": call.argument, "name2": codec.name}
        raise Misconfigured("MAP-PATH/no-such-codec", words, example=codec.example)
    if codec.name == "code":
        table = call.argument.removesuffix("+")
        if table not in tables:
            near = get_close_matches(table, tables, 1)
            advice = near_or(near, Wording(key="map/add-table", words={"table": table}))
            raise Misconfigured("MAP-PATH/no-code-table", table=table, advice=advice)
        return Bound(codec=codec, argument=call.argument, table=table, passes=call.argument.endswith("+"))
    if codec.name in ("padded", "fold"):
        return Bound(codec=codec, argument=call.argument, number=int(call.argument))
    if codec.name == "negate-if":
        field, _, word = call.argument.partition("=")
        return Bound(codec=codec, argument=call.argument, field=field, word=word)
    if codec.name == "packs":
        return Bound(codec=codec, argument=call.argument, factors=_factors(call.argument))
    return Bound(codec=codec, argument=call.argument)


def _factors(argument: str) -> tuple[tuple[str, Decimal, str], ...]:
    found: list[tuple[str, Decimal, str]] = []
    for part in argument.split(","):
        pack, _, content = part.strip().partition("=")
        count, _, unit = content.partition(" ")
        if not Decimal(count):
            raise Misconfigured("MAP-PATH/pack-of-nothing", pack=pack)
        found.append((pack, Decimal(count), unit))
    return tuple(found)
