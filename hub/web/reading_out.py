"""What rooms say, in the language of who reads it: templates and words of ours translated, everything else as it is.

In: findings and wordings, as they are stored; names of our guides. Out: sentences. A text is looked up as a whole and
never taken apart: what an earlier hub stored as a sentence with values in it stays as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from hub.kernel.diagnostics import Diagnostic
from hub.kernel.sentence import Wording, in_words, opening
from hub.web.vocabulary import OURS, WORDS

_MEANT = re.compile(r" \([a-z ]+\)\Z")
"""What tells a word of ours from the same word in another sense: for who translates, not for who reads."""
_PLAIN = re.compile(r"[^\W\d_A-Z]+(?:['’-][^\W\d_A-Z]+)*[,;:.!?)]*(?=\s|\Z)")
"""A word of the language: what has a capital, a sign or a digit within is a name (``cXML``, ``cbc:Note``)."""
PARTNER = "partner"  # the hole that holds a partner's id


class WordingReader:
    """Reads what is said in one language, whose texts ``gettext`` translates, and where a partner is ``called`` so."""

    def __init__(self, gettext: Callable[[str], str], called: Callable[[str], str] = str) -> None:
        self._gettext = gettext
        self._called = called

    def template(self, text: str) -> str:
        """Return a template, or a joint of a list, in the language; the empty one is the header of the catalogue."""
        return self._gettext(text) if text else text

    def word(self, hole: str, word: str) -> str:
        """Return ``word`` in the language where the hole holds words of ours, or names of our guides; a partner by the
        name of the company."""
        if hole == PARTNER:
            return self._called(word)
        if not word or not _is_ours(hole):
            return word
        known = WORDS.get(hole)
        if known is None:
            return self._gettext(word)
        named = known.get(word, word)
        said = self._gettext(named)
        return said if said != named else _MEANT.sub("", named)

    def says(self, said: str | Wording | None) -> str:
        """Return what is said, beginning with a capital where the script has them; a name begins as it is spelt."""
        text = self.says_within(said)
        begun = opening(said, self) if isinstance(said, Wording) else None
        return text if begun and not _is_ours(begun[0]) else _capital(text)

    def says_within(self, said: str | Wording | None) -> str:
        """Return what is said as a part of something else; "" for nothing."""
        return in_words(said, self) if isinstance(said, Wording) else self.template(said or "")

    def finds(self, finding: Diagnostic) -> str:
        """Return what is wrong."""
        return self.says(finding.wording if finding.told is None else finding.told)

    def advises(self, finding: Diagnostic) -> str:
        """Return what its reader can do; "" where nothing is to be done."""
        return self.says(finding.advice if finding.told is None else finding.advised)


def _is_ours(hole: str) -> bool:
    return hole in WORDS or hole in OURS


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:] if _PLAIN.match(text) else text
