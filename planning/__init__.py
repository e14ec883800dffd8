"""Finite-capacity planning for a medical-device contract manufacturer: problem in, plan out.

No database, no hub. ``solve`` makes a plan, ``violations`` checks one, ``explain`` says why an order is late,
``impact`` and ``what_if`` answer changes. Heavy parts (numpy, numba, ortools) load when they are first needed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planning.changes import Change, ChangeRefused, apply, read_changes
    from planning.check import Violation, objective_terms, violations
    from planning.comparison import Comparison, compare
    from planning.impacts import Impact, Option, impact, stabilise
    from planning.parent import PlanOfAnotherProblem
    from planning.plan import Assignment, Plan, PlanUnreadable, Reason, read_plan, write_plan
    from planning.problem import Fault, Order, Problem, ProblemUnreadable, read_problem, write_problem
    from planning.process import SolverLost, solve_apart
    from planning.reasons import explain
    from planning.reports import Report, report
    from planning.scenarios import Scenario, sensitivity, what_if, without_reason
    from planning.solver import Progress, solve
    from planning.validate import faults

_HOMES = {
    "planning.changes": ("Change", "ChangeRefused", "apply", "read_changes"),
    "planning.check": ("Violation", "objective_terms", "violations"),
    "planning.comparison": ("Comparison", "compare"),
    "planning.impacts": ("Impact", "Option", "impact", "stabilise"),
    "planning.parent": ("PlanOfAnotherProblem",),
    "planning.plan": ("Assignment", "Plan", "PlanUnreadable", "Reason", "read_plan", "write_plan"),
    "planning.problem": ("Fault", "Order", "Problem", "ProblemUnreadable", "read_problem", "write_problem"),
    "planning.process": ("SolverLost", "solve_apart"),
    "planning.reasons": ("explain",),
    "planning.reports": ("Report", "report"),
    "planning.scenarios": ("Scenario", "sensitivity", "what_if", "without_reason"),
    "planning.solver": ("Progress", "solve"),
    "planning.validate": ("faults",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'planning' has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    return sorted(_HOME_OF)


__all__ = [
    "Assignment",
    "Change",
    "ChangeRefused",
    "Comparison",
    "Fault",
    "Impact",
    "Option",
    "Order",
    "Plan",
    "PlanOfAnotherProblem",
    "PlanUnreadable",
    "Problem",
    "ProblemUnreadable",
    "Progress",
    "Reason",
    "Report",
    "Scenario",
    "SolverLost",
    "Violation",
    "apply",
    "compare",
    "explain",
    "faults",
    "impact",
    "objective_terms",
    "read_changes",
    "read_plan",
    "read_problem",
    "report",
    "sensitivity",
    "solve",
    "solve_apart",
    "stabilise",
    "violations",
    "what_if",
    "without_reason",
    "write_plan",
    "write_problem",
]
