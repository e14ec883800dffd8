"""Why is this order late?"""
from __future__ import annotations
from collections.abc import Iterable
from planning.plan import Assignment, Reason
from planning.problem import Problem
def late_reasons(problem: Problem, assignments: Iterable[Assignment]) -> dict[str, tuple[Reason, ...]]:
    return {}
