"""The plan: what leaves the planner (format ``planning-plan/1``).

Times are integer minutes as in the problem. ``plan_hash`` is the SHA-256 of the sorted assignments, so two plans are
the same plan exactly when their hashes agree, whatever solver or settings made them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Literal

import msgspec

from planning.text import as_utf_8

FORMAT: Literal["planning-plan/1"] = "planning-plan/1"

ReasonKind = Literal[
    "queue",
    "setup",
    "tool",
    "crew",
    "batch",
    "calendar",
    "material",
    "frozen",
    "gap",
    "release",
    "work",
    "fault",
]


class PlanUnreadable(ValueError):
    """The text is no plan; the message names the place."""


class _Value(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """What every struct of the plan shares."""


class Assignment(_Value, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where and when one operation runs; members of one batch share resource, start and end."""

    operation: str
    resource: str
    start: int
    end: int
    setup: int = 0  # minutes of setup right before the start


class Reason(_Value, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One binding cause, as data and as a sentence."""

    kind: ReasonKind
    text: str
    operation: str | None = None  # the operation that had to wait
    resource: str | None = None
    behind: str | None = None  # the operation it waited for
    item: str | None = None
    owner: str | None = None
    minutes: int = 0  # how long the operation waited for this cause
    until: int | None = None  # when the cause was over


class OrderResult(_Value, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=False):
    """When an order is done; a late order carries its chain of reasons, nearest to the end first."""

    order: str
    completion: int
    tardiness: int
    reasons: tuple[Reason, ...] = ()
    operations: tuple[str, ...] = ()  # in sequence: a plan can be read and shown without its problem
    release: int | None = None
    due: int | None = None


class Unplanned(_Value, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=False):
    """An order that cannot be made as the problem stands; none of its operations is assigned."""

    order: str
    reasons: tuple[Reason, ...]


class ObjectiveTerms(_Value, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=False):
    """What the plan costs, term by term; smaller is better in every one."""

    weighted_tardiness: int  # weight x minutes
    late_orders: int
    setup_minutes: int
    flow_minutes: int  # sum over orders of completion - release
    makespan: int


class Solver(_Value, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=False):
    """How the plan was made. Settings and counts only: a clock reading would make equal plans differ."""

    seed: int = 0
    effort: int | None = None  # counted budget asked for; none: bounded by wall time
    seconds: float | None = None
    moves: int = 0
    dispatches: int = 0
    stages: tuple[str, ...] = ()
    stopped: Literal["finished", "effort", "time", "cancelled", "process-lost"] = "finished"


class Plan(_Value, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=False):
    """Who runs what, where and when, and why it is not better."""

    assignments: tuple[Assignment, ...]
    orders: tuple[OrderResult, ...]
    unplanned: tuple[Unplanned, ...] = ()
    objective: ObjectiveTerms
    input_hash: str
    plan_hash: str
    solver: Solver = Solver()
    format: Literal["planning-plan/1"] = FORMAT


def plan_hash(assignments: Iterable[Assignment]) -> str:
    """SHA-256 over the assignments sorted by operation: one line ``operation resource start end`` each."""
    rows = sorted((a.operation, a.resource, a.start, a.end) for a in assignments)
    lines = [f"{operation}\t{resource}\t{start}\t{end}" for operation, resource, start, end in rows]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def read_plan(data: bytes | str) -> Plan:
    """Read a plan from JSON.

    Raises:
        PlanUnreadable: not JSON or not of the plan's shape.
    """
    try:
        return msgspec.json.decode(as_utf_8(data), type=Plan)
    except (ValueError, RecursionError) as fault:  # msgspec's faults are ValueErrors, and so are those of text
        raise PlanUnreadable(str(fault)) from fault


def write_plan(plan: Plan) -> bytes:
    """Return the plan as indented JSON, the same bytes for the same plan."""
    return msgspec.json.format(msgspec.json.encode(plan, order="deterministic"), indent=1) + b"\n"
