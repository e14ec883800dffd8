"""Compile every kernel once: numba keeps the machine code, and the first plan need not wait for it.

``python -m planning.warm`` is for build steps; ``hub plan warm`` does the same.
"""

from __future__ import annotations

import time

from planning.problem import Alternative, Operation, Order, Problem, Resource


def warm() -> float:
    """Compile or load all kernels; return how many seconds it took."""
    from planning.changes import OrderMoved
    from planning.impacts import impact
    from planning.solver import solve

    began = time.monotonic()
    order = Order(
        id="warm",
        release=0,
        due=1,
        operations=(Operation(id="warm-10", alternatives=(Alternative(resource="machine", minutes=10),)),),
    )
    problem = Problem(resources=(Resource(id="machine", kind="machine"),), orders=(order,))
    plan = solve(problem, effort=100)
    impact(problem, plan, OrderMoved(order="warm", due=5))
    return time.monotonic() - began


if __name__ == "__main__":
    print(f"kernels compiled in {warm():.1f} s")
