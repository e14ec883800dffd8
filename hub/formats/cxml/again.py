"""Sees a secret that is said a second time, wherever and under whatever name: its value is in hand when it was shown.

In: the secret that the header of a body showed, and what of the body would be kept. Out: whether it stands there too,
as it is, in another encoding, or in a coding: references to signs, per cent signs, escapes of JSON, base64, base64 of
that, hex. It is looked for only where one was shown.
"""

from __future__ import annotations

from hub.formats.cxml.coded import in_base64, layers, runs_of_base64
from hub.formats.cxml.mime import pieces

LENGTH_MIN, SIGNS_MIN = 8, 4  # of a secret: whatever is shorter, or of fewer different signs, is a word like any other


class SecretSearch:
    """One secret, looked for in what is kept beside it."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self.is_telling = len(secret) >= LENGTH_MIN and len(set(secret)) >= SIGNS_MIN
        self._written = {secret.encode(each, "replace") for each in ("utf-8", "utf-16-le", "utf-16-be", "latin-1")}
        self._in_hex = {each.hex().encode() for each in self._written}
        once = {signs for each in self._written for signs in in_base64(each)}
        self._in_base64 = once | {signs for each in once for signs in in_base64(each)}
        self.longest = max(map(len, self._in_base64)) * 6  # each sign of it may be a reference

    def stands_in(self, content: bytes) -> bool:
        """Say whether the secret stands in ``content``, a body of several parts or of one."""
        return self.is_telling and any(self._is_in(layer) for each in pieces(content) for layer in layers(each.content))

    def is_said(self, text: str) -> bool:
        """Say whether the secret stands in what is said beside its body, however short it is."""
        return self._secret in text or (
            self.is_telling and any(map(self._is_in, layers(text.encode("utf-8", "replace"))))
        )

    def _is_in(self, text: bytes) -> bool:
        if any(each in text for each in self._written):
            return True
        lowered = text.lower()
        if any(each in lowered for each in self._in_hex):
            return True
        runs = runs_of_base64(text, 8)
        return any(each in runs for each in self._in_base64)
