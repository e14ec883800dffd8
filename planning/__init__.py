"""Finite-capacity planning for a medical-device contract manufacturer: problem in, plan out.

No database, no hub. ``solve`` makes a plan, ``violations`` checks one, ``explain`` says why an order is late, ``impact``
and ``what_if`` answer changes. Heavy parts (numpy, numba, ortools) load when they are first needed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planning.check import Violation, objective_terms, violations
    from planning.validate import faults
    from planning.plan import Assignment, Plan, PlanUnreadable, Reason, read_plan, write_plan
    from planning.problem import Fault, Order, Problem, ProblemUnreadable, read_problem, write_problem
    from planning.solver import Progress, solve

_HOMES = {
    "planning.check": ("Violation", "objective_terms", "violations"),
    "planning.validate": ("faults",),
    "planning.plan": ("Assignment", "Plan", "PlanUnreadable", "Reason", "read_plan", "write_plan"),
    "planning.problem": ("Fault", "Order", "Problem", "ProblemUnreadable", "read_problem", "write_problem"),
    "planning.solver": ("Progress", "solve"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'planning' has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    return sorted(_HOME_OF)


__all__ = [  # noqa: PLE0604
    "Assignment",
    "Fault",
    "Order",
    "Plan",
    "PlanUnreadable",
    "Problem",
    "ProblemUnreadable",
    "Progress",
    "Reason",
    "Violation",
    "faults",
    "objective_terms",
    "read_plan",
    "read_problem",
    "solve",
    "violations",
    "write_plan",
    "write_problem",
]
