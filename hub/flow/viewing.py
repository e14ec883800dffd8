"""A body as its page shows it: asked of the syntax that it is in, whatever became of it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from hub.exchange.model import DocumentRow
from hub.flow.rules import Rules
from hub.flow.syntaxes import syntax_of
from hub.flow.views import View, is_about_ours, place_in_view
from hub.kernel.diagnostics import Diagnostic, Severity


def view_of(
    body: bytes,
    row: DocumentRow | None,
    findings: Sequence[Diagnostic],
    rules: Rules,
    *,
    first: int = 1,
    cut: bool = False,
) -> View:
    """Return ``body`` for people: the document of ``row`` from its place ``first`` on, ``findings`` where they stand.

    ``cut``: there is more of the body than was read.
    """
    theirs = row is None or row.direction == "in"
    faulty = {
        place
        for finding in findings
        if finding.severity > Severity.NOTE  # a note refuses nothing: it is not marked like what does
        and not (theirs and is_about_ours(finding))
        and (place := place_in_view(finding.location)) is not None
    }
    shown = syntax_of(body, rules, row.partner if row else None).view(row, body, rules, faulty, first=first, cut=cut)
    return replace(shown, cut=shown.cut or cut)
