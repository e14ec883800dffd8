"""Reasons: why a line or an order was decided as it was, and what each reason does to it.

In: the words of a rule. Out: ``Reason``, a finding together with its effect. The finding's severity follows from the
effect, so that nobody has to keep the two in step.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from hub.business.orders.model import LineVerdict, Status
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location
from hub.kernel.struct import Struct

_WEIGHT = {LineVerdict.ACCEPTED: 0, LineVerdict.CHANGED: 1, LineVerdict.HELD: 2, LineVerdict.REFUSED: 3}
_SEVERITY = {
    LineVerdict.ACCEPTED: Severity.NOTE,
    LineVerdict.CHANGED: Severity.WARNING,
    LineVerdict.HELD: Severity.WARNING,
    LineVerdict.REFUSED: Severity.SEGMENT,
}


class Reason(Struct):
    """A finding and what it does. ``status`` says which change, for a reason that changes a line."""

    finding: Diagnostic
    effect: LineVerdict
    status: Status | None = None


def refuse(code: str, path: str, message: str, remedy: str, *, found: object = None, expected: object = None) -> Reason:
    """Return a reason that refuses what stands at ``path`` (``lines[0].price``)."""
    return _reason(LineVerdict.REFUSED, None, code, path, message, remedy, found, expected)


def hold(code: str, path: str, message: str, remedy: str, *, found: object = None, expected: object = None) -> Reason:
    """Return a reason that makes what stands at ``path`` wait for a person."""
    return _reason(LineVerdict.HELD, None, code, path, message, remedy, found, expected)


def change(
    code: str, path: str, message: str, remedy: str, status: Status, *, found: object = None, expected: object = None
) -> Reason:
    """Return a reason that accepts a line otherwise than ordered."""
    return _reason(LineVerdict.CHANGED, status, code, path, message, remedy, found, expected)


def note(code: str, path: str, message: str, remedy: str, *, found: object = None, expected: object = None) -> Reason:
    """Return a reason that changes nothing and that a person may want to know."""
    return _reason(LineVerdict.ACCEPTED, None, code, path, message, remedy, found, expected)


def doubt(code: str, path: str, message: str, remedy: str, *, found: object = None, expected: object = None) -> Reason:
    """Return a reason that changes nothing and that someone should look at: a warning."""
    reason = note(code, path, message, remedy, found=found, expected=expected)
    return replace(reason, finding=replace(reason.finding, severity=Severity.WARNING))


def verdict_of(reasons: Iterable[Reason]) -> LineVerdict:
    """Return the heaviest effect: refused over held over changed over accepted."""
    return max((reason.effect for reason in reasons), key=_WEIGHT.__getitem__, default=LineVerdict.ACCEPTED)


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


def _reason(
    effect: LineVerdict,
    status: Status | None,
    code: str,
    path: str,
    message: str,
    remedy: str,
    found: object,
    expected: object,
) -> Reason:
    finding = Diagnostic(
        code=code,
        severity=_SEVERITY[effect],
        message=message,
        location=Location(path=path),
        remedy=remedy,
        found=None if found is None else str(found),
        expected=None if expected is None else str(expected),
    )
    return Reason(finding=finding, effect=effect, status=status)
