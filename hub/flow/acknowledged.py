"""An acknowledgement that names no message of ours: a person asks which is meant.

That is all there is to be taken in a syntax in which nobody owes us one. X12 numbers what it sends, and has its own
(``x12/acknowledged.py``).
"""

from __future__ import annotations

from hub.business.room import Arrived
from hub.canonical.result import Result
from hub.flow.syntax import UnitOfWork
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location
from hub.kernel.sentence import Phrase, declared

declared(
    {
        "BUS-ACKNOWLEDGES-UNNAMED": Phrase(
            message="The acknowledgement names no message of ours",
            remedy="Ask the partner which message is meant",
        )
    }
)


def take_unnamed_acknowledgement(at: UnitOfWork, arrived: Arrived) -> Result:
    """Hold the acknowledgement for a person."""
    unnamed = Diagnostic(code="BUS-ACKNOWLEDGES-UNNAMED", severity=Severity.WARNING, location=Location(path="verdict"))
    return Result(outcome="held", findings=[unnamed], attention=unnamed.wording)
