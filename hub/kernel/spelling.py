"""A value of somebody's in a sentence: what cannot be seen in it is written out, so that two that look alike do not.

In: any text. Out: the same, with blanks of other widths, signs of no width and control signs as ``\\xa0``, ``\\u200b``.
"""

from __future__ import annotations

BYTE = 0x100


def spelled(text: str) -> str:
    """Return ``text`` with every sign that cannot be seen written out.

    >>> spelled("AC-1002"), spelled("AC-1002\\u200b"), spelled("a\\x1fb\\xa0")
    ('AC-1002', 'AC-1002\\\\u200b', 'a\\\\x1fb\\\\xa0')
    """
    return text if text.isprintable() else "".join(map(_sign, text))


def _sign(sign: str) -> str:
    if sign.isprintable():
        return sign
    code = ord(sign)
    return f"\\x{code:02x}" if code < BYTE else f"\\u{code:04x}"
