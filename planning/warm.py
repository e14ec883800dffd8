"""Compile every kernel once: numba keeps the machine code, and the first plan need not wait for it.

``python -m planning.warm`` is for build steps: it does nothing where that was done. ``hub plan warm`` always does it.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec

from planning.problem import Alternative, Operation, Order, Problem, Resource


def warm() -> float:
    """Compile or load all kernels, leave a mark that it was done; return how many seconds it took."""
    from planning.changes import OrderMoved, ResourceDown
    from planning.engine.compiled import mark_compiled
    from planning.impacts import impact
    from planning.solver import solve

    began = time.monotonic()
    machine = Resource(id="machine", kind="machine")
    plain = _order("plain", 10)
    plan = solve(Problem(resources=(machine,), orders=(plain,)), effort=100)
    impact(Problem(resources=(machine,), orders=(plain,)), plan, OrderMoved(order="plain", due=5))
    impact(Problem(resources=(machine,), orders=(plain,)), plan, ResourceDown(resource="machine", start=5, end=8))
    shift = {"shift": ((0, 8),)}  # too short for the order: what finds no place is taken out again
    narrow = msgspec.structs.replace(machine, calendar="shift")
    solve(Problem(resources=(narrow,), orders=(plain,), calendars=shift), effort=100)
    mark_compiled()
    return time.monotonic() - began


def warm_if_cold(tell: Callable[[], None]) -> float:
    """Compile the kernels unless that was done for this version of them; ``tell`` is called before it begins.

    Return how many seconds it took: 0 when there was nothing to do.
    """
    from planning.engine.compiled import is_compiled

    if is_compiled():
        return 0.0
    tell()
    return warm()


def _order(name: str, minutes: int) -> Order:
    operation = Operation(id=f"{name}-10", alternatives=(Alternative(resource="machine", minutes=minutes),))
    return Order(id=name, release=0, due=1, operations=(operation,))


if __name__ == "__main__":
    print(f"kernels compiled in {warm_if_cold(lambda: None):.1f} s")
