"""What the words of an order mean for our promise: which day binds it, where goods may go, which kinds are made.

In: a word of the canonical vocabulary. Out: its bearing, from the table ``bearings.toml`` beside this file; none for a
word that does not stand there, and then a person looks.
"""

from __future__ import annotations

import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Any


class Bearing(StrEnum):
    """How a day binds a promise."""

    DELIVER_ON = "deliver-on"  # at the buyer's dock on this day
    DELIVER_FROM = "deliver-from"  # not before it
    DELIVER_UNTIL = "deliver-until"  # not after it
    SHIP_ON = "ship-on"  # leaves us on this day
    SHIP_FROM = "ship-from"
    SHIP_UNTIL = "ship-until"
    CANCEL = "cancel"  # nobody waits for it any longer, shipped or delivered
    NONE = "none"


ON = frozenset({Bearing.DELIVER_ON, Bearing.SHIP_ON})
FIRST = frozenset({Bearing.DELIVER_FROM, Bearing.SHIP_FROM})
LAST = frozenset({Bearing.DELIVER_UNTIL, Bearing.SHIP_UNTIL})
SHIP = frozenset({Bearing.SHIP_ON, Bearing.SHIP_FROM, Bearing.SHIP_UNTIL})
DELIVER = frozenset({Bearing.DELIVER_ON, Bearing.DELIVER_FROM, Bearing.DELIVER_UNTIL})

GOODS = "goods"


def _read() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("bearings.toml").read_text(encoding="utf-8"))


_TABLES = _read()
DATES: dict[str, Bearing] = {word: Bearing(said) for word, said in _TABLES["dates"].items()}
PARTIES: dict[str, str] = _TABLES["parties"]
CONDITIONS: dict[str, str] = _TABLES["conditions"]
KINDS: dict[str, str] = _TABLES["kinds"]
REFERENCES: dict[str, str] = _TABLES["references"]
PRICES: dict[str, str] = _TABLES["prices"]
