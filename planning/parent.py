"""The plan that changes start from: it must be a plan of the problem, and it remembers the orders nobody could read."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from planning.changes import ChangeRefused
from planning.check import misplaced
from planning.plan import Plan, Reason, Unplanned
from planning.problem import Fault, Problem
from planning.results import fault_reasons


class PlanOfAnotherProblem(ChangeRefused):
    """The plan places something the problem does not have, or leaves out something it has; the message names it.

    ``detail``: that alone, for who has words of their own around it.
    """

    def __init__(self, detail: str) -> None:
        super().__init__(f"the plan is of another problem: {detail}")
        self.detail = detail


def make_sure_of_plan(problem: Problem, plan: Plan) -> None:
    """Make sure that every operation of the problem has its place in the plan, and no other has.

    Raises:
        PlanOfAnotherProblem: one has not, or another has.
    """
    found = misplaced(problem, plan)
    if found:
        more = f" (and {len(found) - 1:,} more)" if len(found) > 1 else ""
        raise PlanOfAnotherProblem(f"{found[0].text}{more}")


def unread_orders(problem: Problem, plan: Plan, faults: Iterable[Fault]) -> dict[str, tuple[Reason, ...]]:
    """Return why orders that are not in the problem are unplanned: ``read_problem`` said so, or the plan does."""
    known = {order.id for order in problem.orders}
    told = {u.order: u.reasons for u in plan.unplanned}
    return {order: why for order, why in {**told, **fault_reasons(faults)}.items() if order not in known}


def with_unread(plan: Plan, unread: dict[str, tuple[Reason, ...]]) -> Plan:
    """Return the plan with the orders that could not be read among its unplanned."""
    more = tuple(Unplanned(order=order, reasons=why) for order, why in unread.items())
    return msgspec.structs.replace(plan, unplanned=(*plan.unplanned, *more)) if more else plan
