"""Golden scenarios: each folder shows one rule as a problem and the plan it leads to, as text a planner can read.

``pytest tests/planning/test_scenarios.py --accept`` writes what came out; read the difference before committing it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from planning import read_problem, solve, violations
from planning.plan import Plan

FOLDER = Path(__file__).parent / "scenarios"
EFFORT = 3_000


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.iterdir() if path.is_dir()))
def test_scenario(name: str, accept: bool) -> None:
    problem, faults = read_problem((FOLDER / name / "problem.json").read_bytes())
    plan = solve(problem, effort=EFFORT, seed=1, faults=faults)
    assert violations(problem, plan) == ()
    golden = FOLDER / name / "plan.txt"
    if accept:
        golden.write_text(readable(plan))
    assert readable(plan) == golden.read_text()


def readable(plan: Plan) -> str:
    rows: dict[str, list[str]] = {}
    for a in sorted(plan.assignments, key=lambda a: (a.start, a.operation)):
        setup = f"setup {a.setup}, " if a.setup else ""
        rows.setdefault(a.resource, []).append(f"{setup}{a.operation} {a.start}-{a.end}")
    lines = [f"{resource}: {' | '.join(row)}" for resource, row in sorted(rows.items())]
    lines.append("")
    for result in plan.orders:
        late = f"{result.tardiness} late" if result.tardiness else "in time"
        lines.append(f"{result.order}: done {result.completion}, due {result.due}, {late}")
        lines += [f"  because {reason.text}" for reason in result.reasons]
    for unplanned in plan.unplanned:
        lines += [f"{unplanned.order}: not planned", *[f"  because {reason.text}" for reason in unplanned.reasons]]
    return "\n".join(lines) + "\n"
