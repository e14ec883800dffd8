"""Findings as a person reads them: what is wrong in plain words, where, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from hub.flow.views import is_about_ours, line_in_view, nearest, place_in_view
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.sentence import Wording
from hub.kernel.struct import Struct

FINDINGS_SHOWN_MAX = 100  # of one document; nobody reads more, and the API has them all


class ShownFinding(Struct):
    """One finding. ``at`` is its place in the views, where it has one there."""

    finding: Diagnostic
    at: str | None = None

    @property
    def found(self) -> str | Wording | None:
        """The offending value; None where it is something said, which the sentence says already."""
        return self._beside(self.finding.was)

    @property
    def expected(self) -> str | Wording | None:
        """What is asked for in its place; None where the sentence says it already."""
        return self._beside(self.finding.expected)

    def _beside(self, value: str | Wording | None) -> str | Wording | None:
        return None if isinstance(value, Wording) and str(value) in self.finding.message else value

    @property
    def element(self) -> str:
        """The place's name, ``PO102``; else its path: on the wire, or in the document."""
        location = self.finding.location
        if location.tag is None:
            return location.at or location.path or ""
        component = f"-{location.component}" if location.component is not None else ""
        return location.tag + (f"{location.element:02d}{component}" if location.element is not None else "")


def shown_findings(findings: Sequence[Diagnostic], places: set[str], *, theirs: bool) -> list[ShownFinding]:
    """Return findings as the page shows them: the worst first, else as they stand. ``theirs``: of what they sent.

    ``places`` are those that the views show: one that they do not is not led to.
    """
    ordered = sorted(findings, key=lambda finding: -finding.severity)[:FINDINGS_SHOWN_MAX]
    return [
        ShownFinding(finding=finding, at=None if theirs and is_about_ours(finding) else _shown(finding, places))
        for finding in ordered
    ]


def _shown(finding: Diagnostic, places: set[str]) -> str | None:
    place, line = place_in_view(finding.location), finding.location.line
    found = nearest(place, places) if place else None
    return found or (line_in_view(line) if line is not None and line_in_view(line) in places else None)
