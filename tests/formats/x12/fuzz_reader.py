"""Throw broken interchanges at the reader: nothing may come out but events and ``Unreadable``.

    python -m tests.formats.x12.fuzz_reader --inputs 1000000 [--seed 1]

Each input is a sound interchange with some bytes changed, cut, doubled, swapped or joined, or plain
noise. Besides raising nothing, what is read must not depend on how the bytes arrive: some inputs are
read a second time in small chunks and must give the same. A failing input is printed as Python bytes.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter

from hub.formats.x12.events import Event, InterchangeEnd, InterchangeStart, ServiceSegment, Stray, TransactionSet
from hub.formats.x12.limits import Limits
from hub.formats.x12.reader import read
from hub.kernel.errors import Unreadable
from tests.formats.x12.interchanges import ISA, SEEDS

SMALL_LIMITS = Limits(
    hunt_bytes=400, segment_bytes=120, elements_per_segment=10, segments_per_set=12, set_bytes=600,
    sets_per_group=3, groups_per_interchange=2,
)  # fmt: skip
TOKENS = (
    b"ISA", b"IEA*1*000000001~", b"GS*", b"GE*1*1~", b"ST*850*0001~", b"SE*3*0001~", b"~", b"*", b"\n", b"\r\n", b"\r",
    b"\x00", b"\xef\xbb\xbf", b" ", b"~~", b"**", b"TA1*", b"\xe2\x80\xa6", b"\xff", ISA, b"A" * 200, b"*" * 40,
    b"\xc3", b"9" * 30, b"~\n  ", b"ISA|00|", b"UNB+UNOA:1+", b"\x1a", b"\x85", "é".encode(), "é".encode("latin-1"),
)  # fmt: skip


def mutant(chance: random.Random) -> bytes:
    """Return one input: most are one to six small injuries of a sound interchange."""
    if chance.random() < 0.02:
        return chance.randbytes(chance.randrange(400))
    data = bytearray(chance.choice(SEEDS))
    for _ in range(chance.randint(1, 6)):
        injure(data, chance)
    return bytes(data)


def injure(data: bytearray, chance: random.Random) -> None:
    """Change ``data`` in one place."""
    place = chance.randrange(len(data) + 1)
    end = min(len(data), place + chance.choice((1, 1, 2, 5, 20, 120)))
    kind = chance.randrange(8)
    if kind == 0:
        data[place:end] = b""
    elif kind == 1:
        data[place:place] = chance.choice(TOKENS)
    elif kind == 2:
        data[place:end] = chance.randbytes(end - place)
    elif kind == 3:
        data[place:place] = data[place:end]
    elif kind == 4:
        del data[place:]
    elif kind == 5:
        data += chance.choice(SEEDS)
    elif kind == 6:
        old, new = chance.choice(TOKENS), chance.choice(TOKENS)
        data[:] = data.replace(old, new, chance.randint(1, 3))
    else:
        data[:place] = b""


def outcome(data: bytes, limits: Limits) -> list[object]:
    """Return what reading gives, in a form that can be compared; walk over all of it on the way."""
    seen: list[object] = []
    opened = 0
    try:
        for event in read(data, limits, bare=True):
            seen.append(shown(event))
            opened += isinstance(event, InterchangeStart)
            opened -= isinstance(event, InterchangeEnd)
            for found in [] if isinstance(event, ServiceSegment) else event.findings:
                assert found.remedy, found
                assert str(found.location), found
        assert opened == 0, "an interchange was opened and not closed"
    except Unreadable as fault:
        seen.append((fault.code, fault.offset))
    return seen


def shown(event: Event) -> object:
    if isinstance(event, TransactionSet):
        assert event.segments
        assert event.segments[0][0].startswith("ST")
        assert event.offset < event.end
        return event.segments, event.findings, event.offset, event.end, event.encoding
    if isinstance(event, Stray):
        return event.offset, event.length
    return event


def run(inputs: int, seed: int, *, report: bool = False) -> Counter[str]:
    """Read ``inputs`` mutants; every twentieth also in small chunks, every fifth under small limits."""
    chance = random.Random(seed)
    counted: Counter[str] = Counter()
    began = time.monotonic()
    for number in range(inputs):
        data = mutant(chance)
        small = number % 5 == 0
        limits = SMALL_LIMITS if small else Limits()
        try:
            seen = outcome(data, limits)
            if number % 20 == 1:
                chunks = Limits(chunk_bytes=chance.choice((1, 7, 40, 64, 110, 200)))
                assert outcome(data, chunks) == seen, "what is read depends on how the bytes arrive"
        except BaseException:
            print(f"input {number} of seed {seed}: {data!r}", file=sys.stderr)
            raise
        counted["read" if is_read(seen) else "unreadable"] += 1
        if report and number and number % 100_000 == 0:
            print(f"{number} inputs, {time.monotonic() - began:.0f} s", file=sys.stderr)
    return counted


def is_read(seen: list[object]) -> bool:
    return not (len(seen) == 1 and isinstance(seen[0], tuple) and isinstance(seen[0][0], str))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    began = time.process_time()
    counted = run(options.inputs, options.seed, report=True)
    seconds = time.process_time() - began
    told = f"{counted['read']} read, {counted['unreadable']} unreadable, nothing else raised"
    print(f"{options.inputs} inputs: {told}; {seconds:.0f} s CPU")
    return 0


if __name__ == "__main__":
    sys.exit(main())
