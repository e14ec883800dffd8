"""What arrived alone of something that has parts, as it is said: a quantity without its unit, a price without a basis.

In: which half, and the field whose it is. Out: its wording, for whoever tells of it.
"""

from __future__ import annotations

from hub.kernel.sentence import Phrase, Wording, declared

HALVES = {
    "a-quantity": "a quantity",
    "a-unit": "a unit",
    "a-part": "a part",
    "its": "its {name}",
    "its-others": "its other parts",
    "the": "the {name}",
    "part-of": "a part of the {name}",
}
declared({f"half/{which}": Phrase(message=message) for which, message in HALVES.items()})


def half(which: str, name: str = "") -> Wording:
    """Return a half of something: ``which`` of the table, of the field ``name``."""
    return Wording(key=f"half/{which}", words={"name": name} if name else {})
