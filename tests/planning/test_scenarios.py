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


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("one_batch_takes_what_fits_of_one_key", "queue", "C-10 queues on oven behind B-10 until 240"),
        ("a_press_changes_colour_before_the_order_can_start", "setup", "B-10 waits for 60 min of setup on press"),
        ("a_tool_shared_by_two_moulds_runs_on_one_at_a_time", "tool", "B-10 waits for cavity, held by A-10"),
        ("one_crew_serves_one_line_at_a_time", "crew", "B-10 waits for fitters, busy with A-10"),
        ("an_oven_waits_so_that_the_heavier_order_goes_along", "batch", "A-10 waits for B-10, in the same batch"),
        ("setup_runs_at_night_and_work_waits_for_the_shift", "calendar", "A-10 waits for press to be available"),
        ("maintenance_interrupts_work", "calendar", "A-10 pauses 60 min while press is closed"),
        ("a_customers_material_serves_that_customer_only", "material", "A-10 waits for resin of own until 300"),
        ("a_customer_waits_for_the_resin_it_sends_itself", "material", "A-10 waits for resin of acme until 300"),
        ("frozen_work_stays_and_others_go_around_it", "frozen", "A-10 is frozen at 50"),
        ("curing_keeps_the_next_step_waiting", "gap", "A-20 waits 120 min after A-10 (minimum gap)"),
        ("cleaning_is_held_back_so_that_packing_follows_in_time", "gap", "A-10 is held back so that A-20 starts"),
    ],
)
def test_every_reason_why_an_order_is_late_has_its_scenario(name: str, kind: str, words: str) -> None:
    problem, faults = read_problem((FOLDER / name / "problem.json").read_bytes())
    plan = solve(problem, effort=EFFORT, seed=1, faults=faults)
    told = [reason for result in plan.orders if result.tardiness for reason in result.reasons]
    assert [words in reason.text for reason in told if reason.kind == kind].count(True) >= 1


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
