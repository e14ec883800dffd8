"""A map that says everything the language can say, with a hole at every place where a text is free.

``filled(text_of)`` puts ``text_of(number)`` into each hole. The guide and the documents are those of
``tests/mapping/small.py``: no partner's file is needed, and compiling takes milliseconds.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from hub.formats.x12.schema import GuideSchemas
from hub.mapping.faults import MapFault
from hub.mapping.library import UNFORESEEN, Map, MapLibrary
from hub.mapping.sample import PlainChooser, invent
from tests.mapping.small import DOCUMENTS, Guides
from tests.security.hostile import PAYLOADS, quoted

NAME = "rich"
HEAD = '[map]\ndocument = "Doc"\nwire = "x12/004010/999"\n'
HOLE = re.compile(r'"([^"\n]*@[^"\n]*)"')

TEXT = """\
[map]
document = "Doc"
wire = "x12/004010/999"
version = 1

[fields]
kind = "BEG01 | code:kinds+"
number = "BEG02"
placed.on = "BEG04"
currency = "CUR[@]02 | assume:@"
total.amount = "TOT01 | negate-if:kind=@"
contract = "REF[@]02 when kind = @"
other = "REF[@,03=@]02 or BEG03"
flag = "REF[@]03"
window = "N9[@]03 | between:@"
text = "= @"
texts = "EB03*"
words.a = "REF[@]02 when number"
words.b-1 = "N9[@,02=@]/MSG01"
why.kind = "@"
why."lines.kind" = "@"

[const]
"DTM[@]02" = "20260101"
"DTM[@]03" = "1200"

[each.notes]
by = "kind"
"at"."@" = "N1[@]"
at."@" = "N1[@,03=@]"
text = "N102"

[each.lines]
at = "LIN"
number = "LIN01"
kind = "QTY[@]03 | code:other"
buyer = "LIN~@"
quantity = "SN102,03 | packs:box=10 each"
price.amount = "QTY[@]02"
seller = "LIN~VP | padded:10"
sscc = "REF[@]02 | sscc"
method = "REF[@]02 | code:kinds+ when kind = @"
const."REF[@]03" = "@"

[each.lines.each.others]
at = "LIN~"
scheme = "~1 | code:other+"
value = "~2"

[[each.lines.each.notes]]
at = "TMD[@]/MEA[@]"
kind = "= @"
text = "MEA04-1"

[[each.lines.each.notes]]
at = "REF"
kind = "= @"
text = "REF02"

[codes.kinds]
"@" = "@"
"@" = "@"
XX = "@"

[codes.kinds.reverse]
"@" = "@"

[codes.other]
BP = "@"
"@" = "@"

[codes."@"]
"@" = "@"
"""

HOLES = TEXT.count("@")


def filled(text_of: Callable[[int], str]) -> str:
    """Return the map with a text in each hole: the first gets ``text_of(0)``."""
    numbers = iter(range(HOLES))

    def whole(string: re.Match[str]) -> str:
        return quoted(re.sub("@", lambda _: text_of(next(numbers)), string[1]))

    return HOLE.sub(whole, TEXT)


def word(number: int) -> str:
    """Return what a sound map may have in a hole; each another, for two of a table must differ."""
    return f"w{number}"


def hostile(chance: random.Random) -> str:
    """Return the map with a payload in one hole, in some, or in all."""
    most = chance.choice((1, 1, 1, 3, HOLES))
    chosen = set(chance.sample(range(HOLES), most))
    payload = chance.choice(PAYLOADS)
    return filled(lambda number: f"{payload}{number}" if number in chosen else word(number))


def library(folder: Path, name: str, text: str) -> MapLibrary:
    """Return the library that holds the map ``text`` as ``name`` and no other."""
    path = folder / "mappings" / f"{name}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    return MapLibrary([folder], GuideSchemas(Guides()), documents=DOCUMENTS)


def compiled(library: MapLibrary, name: str) -> tuple[Map | None, list[MapFault]]:
    """Return the map, or its faults: each in one line with code, place and remedy, none of them a surprise."""
    faults = library.faults(name)
    for fault in faults:
        assert fault.code != UNFORESEEN, fault
        assert fault.code.startswith(("MAP-", "CFG-")), fault
        assert fault.where.line >= 1, fault
        assert "Traceback" not in str(fault)
    return (None if faults else library.map(name)), faults


def exercise(map_: Map, more: Iterable[object] = ()) -> None:
    """Let every function of the map run: write what the map itself can say, read that again, both ways of reading."""
    for document in (invent(map_, PlainChooser()), *more):
        rendered = map_.render(document)  # type: ignore[arg-type]
        if rendered.root is not None:
            map_.apply(rendered.root)
            applied = map_.apply(rendered.root, provenance=True)
            if applied.provenance is not None:
                assert applied.provenance.origins is not None
