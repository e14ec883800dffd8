"""Compile every kernel once: numba keeps the machine code, and the first plan need not wait for it.

``python -m planning.warm`` is for build steps; ``hub plan warm`` does the same.
"""

from __future__ import annotations

import time

import msgspec

from planning.problem import Alternative, Operation, Order, Problem, Resource


def warm() -> float:
    """Compile or load all kernels; return how many seconds it took."""
    from planning.changes import OrderMoved, ResourceDown
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
    return time.monotonic() - began


def _order(name: str, minutes: int) -> Order:
    operation = Operation(id=f"{name}-10", alternatives=(Alternative(resource="machine", minutes=minutes),))
    return Order(id=name, release=0, due=1, operations=(operation,))


if __name__ == "__main__":
    print(f"kernels compiled in {warm():.1f} s")
