"""Hostile maps and partner files: sound ones with one string changed, in any place where a string can stand.

``places(text)`` finds every string and every key of a TOML text; ``mutant`` puts a payload into, before or after one
of them. Payloads of all kinds call the canary, or would break what carries them: quotes, line ends, braces, comments,
look-alikes. Most of a file stays as it was, so that most mutants are sound enough to be compiled.
"""

from __future__ import annotations

import random
import re

from hub.kernel.struct import Struct

SONG = "__import__('tests.security.canary').security.canary.sing()"

DOTLESS = (
    "getattr(getattr(getattr(__import__('tests' + chr(46) + 'security' + chr(46) + 'canary'), 'security'), 'canary'),"
    " 'sing')()"
)
"""The same where a dot would end a name."""

PAYLOADS = (
    SONG,
    DOTLESS,
    f"x if 0 else {DOTLESS}) #",
    f"x is None or {DOTLESS} or d",
    f"x)\n    {DOTLESS}\n    (d",
    f"x if 0 else {SONG}) #",
    f"' + {SONG} + '",
    f'" + {SONG} + "',
    f"\\' + {SONG} #",
    f"{{{SONG}}}",
    f"{{{{{SONG}}}}}",
    f"\n{SONG}\n",
    f"\r\n    {SONG}",
    f"x\n        {SONG}\n        pass",
    f"'''{SONG}'''",
    f'"""\n{SONG}\n"""',
    f"a; {SONG}; b",
    f"a) or ({SONG}",
    f"a] + [{SONG}",
    f"(y := {SONG})",
    f"lambda: {SONG}",
    f"*{SONG}",
    f"a # {SONG}",
    f"\u2028{SONG}\u2029",
    f"\x85{SONG}",
    f"\f{SONG}\v",
    f"\\\n{SONG}",
    f"\\N{{LATIN SMALL LETTER A}}\\x27{SONG}",
    "__class__.__base__.__subclasses__()",
    "findings.clear()",
    "_\uff3f\uff49mport_\uff3f('tests.security.canary')",  # what Python takes for ASCII letters
    "\uff58",
    "\u00aa\u017f",
    "\N{CYRILLIC SMALL LETTER A}mount",
    "\u202e\u2066)(",
    "\x00",
    "\x1b[2J\x07",
    "\U0001f600" * 50,
    "9" * 5_000,
    "a." * 400 + "a",
    "a" * 100_000,
    "(" * 300,
    "[" * 3_000 + "]" * 3_000,
    "../../../etc/passwd",
    "/dev/zero",
    "%s%n{0}{x!r}{x:>9999999}",
    "{{ 7 * 7 }}{% import os %}",
    "(a+)+$",
    "class",
    "None",
    "__init__",
    "d",
    "X",
    "",
    " ",
    "\t",
    "'",
    '"',
    "\\",
    "#",
    "=",
    "1e999999999",
    "-0",
    "true",
)

NUMBERS = (
    "-1", "0", "1", "7", "8", "99", "-5", "1e17", "100000000000", "99999999999999999999", "inf", "nan", "1.5",
    "1e999999999", "0x" + "f" * 4_000, "true", "2026-01-01", "0001-01-01", "9999-12-31", '"x"', "[]", "[0, 9]", "{}",
    "[[[]]]",
)  # fmt: skip

STRING = re.compile(r'"(?:\\.|[^"\\\n])*"')
KEY = re.compile(
    r"(?m)^\s*([A-Za-z0-9_-]+)(?=[\w.\- ]*\s*=)|(?<=\.)([A-Za-z0-9_-]+)(?=[\w.\-]*\s*[=\]])|(?<=\[)(\w+)(?=[\w.]*\])"
)
NUMBER = re.compile(r"(?<=[=\[,] )-?\d[\d.:-]*\b|(?<== )(?:true|false)\b|\[(?:\d[\d, -]*)?\]")


class Place(Struct):
    """Where a string or a number stands in a text."""

    start: int
    end: int
    kind: str  # string, key or number


def places(text: str) -> list[Place]:
    """Return every place of ``text`` that a mutant may change; comments are left alone."""
    bare = re.sub(r'("(?:\\.|[^"\\\n])*")|#.*', lambda found: found[1] or " " * len(found[0]), text)
    strings = [Place(start=found.start(), end=found.end(), kind="string") for found in STRING.finditer(bare)]
    blank = STRING.sub(lambda found: '"' + "_" * (len(found[0]) - 2) + '"', bare)
    keys = [
        Place(start=found.start(group), end=found.end(group), kind="key")
        for found in KEY.finditer(blank)
        for group in (1, 2, 3)
        if found[group]
    ]
    numbers = [Place(start=found.start(), end=found.end(), kind="number") for found in NUMBER.finditer(blank)]
    return strings + keys + numbers


def mutant(text: str, chance: random.Random) -> str:
    """Return ``text`` with one of its strings, keys or numbers made hostile."""
    return put(text, chance.choice(places(text)), chance)


def put(text: str, place: Place, chance: random.Random) -> str:
    """Return ``text`` with something hostile at ``place``."""
    if place.kind == "number":
        return text[: place.start] + chance.choice(NUMBERS) + text[place.end :]
    payload, before = chance.choice(PAYLOADS), text[place.start : place.end]
    old = before[1:-1] if place.kind == "string" else before
    cut = chance.randrange(len(old) + 1)
    new = chance.choice((payload, payload, old + payload, payload + old, old[:cut] + payload + old[cut:]))
    raw = place.kind == "string" and chance.random() < 0.05  # now and then without the quotes that make it a string
    return text[: place.start] + (new if raw else quoted(new)) + text[place.end :]


def quoted(text: str) -> str:
    """Return ``text`` as a TOML string that holds exactly it."""
    named = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return (
        '"'
        + "".join(named.get(sign, sign if sign >= " " and sign != "\x7f" else f"\\u{ord(sign):04x}") for sign in text)
        + '"'
    )
