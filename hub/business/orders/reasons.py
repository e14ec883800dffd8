"""Reasons: why a line or an order was decided as it was, and what each reason does to it.

In: a key of ``sentences`` and what fills it. Out: ``Reason``, a finding together with its effect. The finding's
severity follows from the effect, so that nobody has to keep the two in step.
"""

from __future__ import annotations

from collections.abc import Iterable

from hub.business.orders.model import LineVerdict, Status
from hub.business.orders.sentence import Sentence
from hub.business.orders.sentences import SENTENCES
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location
from hub.kernel.sentence import Word, Wording
from hub.kernel.spelling import spelled
from hub.kernel.struct import Struct

_WEIGHT = {LineVerdict.ACCEPTED: 0, LineVerdict.CHANGED: 1, LineVerdict.HELD: 2, LineVerdict.REFUSED: 3}
_SEVERITY = {
    LineVerdict.ACCEPTED: Severity.NOTE,
    LineVerdict.CHANGED: Severity.WARNING,
    LineVerdict.HELD: Severity.WARNING,
    LineVerdict.REFUSED: Severity.PART,
}


HOLDING = frozenset(key.partition("/")[0] for key, each in SENTENCES.items() if each.effect is LineVerdict.HELD)
"""Codes of findings that leave something to a person."""


class Reason(Struct):
    """A finding and what it does. ``status`` says which change, for a reason that changes a line."""

    finding: Diagnostic
    effect: LineVerdict
    status: Status | None = None


def say(key: str, path: str, *, found: object = None, expected: object = None, **words: object) -> Reason:
    """Return the reason ``key`` of the table of sentences, about what stands at ``path`` (``lines[0].price``)."""
    sentence = SENTENCES[key]
    said = {name: _word(word) for name, word in words.items() if word is not None}
    if isinstance(expected, str) and not expected.isprintable():
        said["expected"] = spelled(expected)
    code, _, case = key.partition("/")
    finding = Diagnostic(
        code=code,
        case=case or None,
        severity=_severity(sentence),
        words=said or None,
        location=Location(path=path),
        found=None if found is None else str(found),
        expected=expected if expected is None or isinstance(expected, Wording) else str(expected),
    )
    return Reason(finding=finding, effect=sentence.effect, status=sentence.status)


def _word(value: object) -> Word:
    """Return what stands in a sentence as it is stored: a text spelled out, what is said itself as that."""
    if isinstance(value, str):
        return spelled(value)
    return value if isinstance(value, int | Wording | list) else str(value)


def verdict_of(reasons: Iterable[Reason]) -> LineVerdict:
    """Return the heaviest effect: refused over held over changed over accepted."""
    effects = {reason.effect for reason in reasons}
    return max(effects, key=_WEIGHT.__getitem__) if effects else LineVerdict.ACCEPTED


def status_of(verdict: LineVerdict, reasons: Iterable[Reason]) -> Status:
    """Return the word for ``verdict``; a line changed in more than one way is ``accepted-with-changes``."""
    if verdict is LineVerdict.REFUSED:
        return Status.REFUSED
    if verdict is LineVerdict.HELD:
        return Status.HELD
    changes = {reason.status for reason in reasons if reason.status}
    if not changes:
        return Status.ACCEPTED
    return changes.pop() if len(changes) == 1 else Status.CHANGED


def _severity(sentence: Sentence) -> Severity:
    return Severity.WARNING if sentence.warns else _SEVERITY[sentence.effect]
