"""Which signs a text may hold on every wire of ours: those of XML 1.0, which is the strictest of them.

What is taken in at one door is given back at another: an order in JSON is answered in JSON, and the plant may be told
of it in XML. So what no XML may hold (control signs, halves of surrogate pairs, U+FFFE and U+FFFF) is taken in nowhere.
"""

from __future__ import annotations

import re

UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def unfit_sign(text: str) -> str | None:
    """Return the first sign of ``text`` that no wire may hold; None where there is none, as in nearly all.

    >>> unfit_sign("CRT\\x01200"), unfit_sign("ligne 1\\nligne 2")
    ('U+0001', None)
    """
    if text.isprintable():
        return None
    found = UNFIT.search(text)
    return named(found[0]) if found else None


def named(sign: str) -> str:
    """Return how Unicode calls a sign: U+0001."""
    return f"U+{ord(sign):04X}"
