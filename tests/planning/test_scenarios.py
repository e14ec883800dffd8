"""Golden scenarios: each folder shows one rule as a problem and the plan it leads to, as text a planner can read.

With a ``change.json``, ``promises.txt`` tells what can be offered for it, and who would suffer by how much.

``pytest tests/planning/test_scenarios.py --accept`` writes what came out; read the difference before committing it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from planning import Impact, impact, read_changes, read_problem, solve, violations
from planning.plan import Plan

FOLDER = Path(__file__).parent / "scenarios"
EFFORT = 3_000


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.iterdir() if path.is_dir()))
def test_scenario(name: str, accept: bool) -> None:
    problem, faults = read_problem((FOLDER / name / "problem.json").read_bytes())
    plan = solve(problem, effort=EFFORT, seed=1, faults=faults)
    assert violations(problem, plan) == ()
    agrees(FOLDER / name / "plan.txt", readable(plan), accept)


@pytest.mark.parametrize("name", sorted(path.parent.name for path in FOLDER.glob("*/change.json")))
def test_promises(name: str, accept: bool) -> None:
    problem, _ = read_problem((FOLDER / name / "problem.json").read_bytes())
    (change,) = read_changes((FOLDER / name / "change.json").read_bytes())
    answer = impact(problem, solve(problem, effort=EFFORT, seed=1), change, overtime=True)
    assert [violations(option.problem, option.plan) for option in answer.options] == [()] * len(answer.options)
    agrees(FOLDER / name / "promises.txt", promised(answer), accept)


def agrees(golden: Path, text: str, accept: bool) -> None:
    if accept:
        golden.write_text(text)
    assert text == golden.read_text()


def promised(answer: Impact) -> str:
    parts = []
    for option in answer.options:
        late = f"{option.tardiness} late" if option.tardiness else "in time"
        suffers = [
            f"  {s.order} suffers: {s.tardiness_shift} min later{', now late' if s.newly_late else ''}"
            for s in option.others.worse
        ]
        head = f"{option.kind}: done {option.completion}, {late}; {len(suffers) or 'nobody'} worse off"
        rows = readable(option.plan).split("\n\n")[0].splitlines()
        parts.append("\n".join([head, *suffers, *[f"  {row}" for row in rows]]) + "\n")
    return "\n".join(parts)


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
