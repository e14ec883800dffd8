"""Write a plan as one page that needs no network: data, script and style stand in it."""

from __future__ import annotations

import html
import json
from pathlib import Path
from string import Template
from typing import Any

import msgspec

from planning.plan import Plan
from planning.problem import Problem

DIST = Path(__file__).parent / "dist"
STYLE = Path(__file__).parent / "plan.css"
HOW_TO_BUILD = "reinstall the package without HUB_SKIP_ASSETS, or run: python planning/show/build.py"


class AssetsMissing(RuntimeError):
    """The page's script was not built; the message says what to run."""


def page(plan: Plan, problem: Problem | None = None) -> str:
    """Return the page as HTML; with the problem, load is in per cent of available time.

    Raises:
        AssetsMissing: the script is not built.
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
        script=script.replace("</script", "<\\/script"),
    )


def view(plan: Plan, problem: Problem | None) -> dict[str, Any]:
    """Return what the page draws: short rows instead of named fields, for 8,000 operations."""
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
    }


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


_PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>$title</title>
<style>$style</style>
</head>
<body>
<header>
<h1>$title</h1>
<span id="summary"></span>
<span>
<button data-view="resource" aria-pressed="true">by resource</button>
<button data-view="order" aria-pressed="false">by order</button>
</span>
<span class="key"><i style="background:#4c8bb5"></i>in time</span>
<span class="key"><i style="background:#e0a030"></i>less than 8 h to spare</span>
<span class="key"><i style="background:#c8372d"></i>late</span>
<span class="key"><i style="background:#6a8f4f"></i>batch</span>
<span class="key"><i style="background:#9a9a9a"></i>setup</span>
</header>
<main id="gantt"></main>
<section id="load"></section>
<aside>
<div id="why"><h2>Why late?</h2><p>Click an operation, or an order below.</p></div>
<h2>Late orders</h2><div id="late"></div>
</aside>
<script type="application/json" id="plan">$data</script>
<script>$script</script>
</body>
</html>
""")
