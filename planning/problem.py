"""The planning problem: what enters the planner (format ``planning-problem/1``).

All times are integer minutes from the start of the plan; a negative minute lies before it (work already under way).
Structs are frozen and refuse unknown fields. ``read_problem`` turns JSON into a ``Problem`` and a list of faults: an
order whose JSON has the wrong shape becomes a fault of that order and the rest is read; anything else that cannot be
read raises ``ProblemUnreadable``. What a well-shaped problem may still get wrong is found by ``planning.faults``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Literal

import msgspec

from planning.text import as_utf_8

FORMAT: Literal["planning-problem/1"] = "planning-problem/1"
MAX_PROBLEM_BYTES = 512 * 1024 * 1024  # 1,000 orders take 3.4 MB; 100 times our largest shop is still below this

WANTED_WHOLE = "Expected `int`, got `float`"  # as msgspec says it
WANTED_NUMBER = "Expected `int`, got `str`"
UNQUOTED = ': minutes and quantities are numbers, written without quotes (60, not "60")'
WHOLE = ": minutes and quantities are whole numbers, written without a decimal point (60, not 60.0)"

Interval = tuple[int, int]
Objective = Literal["weighted-tardiness", "makespan"]


class ProblemUnreadable(ValueError):
    """The text is no planning problem at all; the message names the place."""


class _Value(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """What every struct of the problem shares: frozen, named fields, unknown fields are faults, no cycles (``gc``)."""


class Resource(_Value, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Something operations compete for: a machine, an oven (``batch``), a number of equal tools, or a crew."""

    id: str
    kind: Literal["machine", "batch", "tool", "crew"]
    work_centre: str | None = None
    setup_matrix: str | None = None
    setup_state: str | None = None  # family the machine is set up for at minute 0; none: the first setup is free
    calendar: str | None = None  # none: always available
    maintenance: tuple[Interval, ...] = ()
    capacity: int | None = None  # batch only: load units per cycle
    cycle_minutes: int | None = None  # batch only
    count: int = 0  # tool and crew only, at least 1 there: how many may be in use at once


class SetupMatrix(_Value, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Changeover minutes: ``minutes[from][to]`` in the order of ``families``."""

    families: tuple[str, ...]
    minutes: tuple[tuple[int, ...], ...]


class Alternative(_Value, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A machine validated for the operation and the available minutes it needs there."""

    resource: str
    minutes: int


class Consumption(_Value, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Material taken at the start of an operation; a customer's own material serves that customer only."""

    item: str
    owner: str
    quantity: int


class Frozen(_Value, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where and when an operation stays whatever the planner does."""

    resource: str
    start: int
    remaining: int | None = None  # minutes still to work from max(start, 0), instead of the full time, when under way


class Operation(_Value, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One step of an order's route; steps run in the order in which they are listed."""

    id: str
    alternatives: tuple[Alternative, ...]
    family: str | None = None
    tool: str | None = None
    crew: str | None = None
    batch_key: str | None = None
    load: int | None = None
    consumes: tuple[Consumption, ...] = ()
    min_gap_after: int = 0
    max_gap_after: int | None = None
    frozen: Frozen | None = None


class Order(_Value, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=False):
    """What a customer waits for: nothing starts before ``release``, the last operation should end by ``due``."""

    id: str
    release: int
    due: int
    operations: tuple[Operation, ...]
    weight: int = 1


class Material(_Value, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=False):
    """Stock of one item of one owner, now and as it arrives (``receipts``: minute, quantity)."""

    item: str
    owner: str
    on_hand: int = 0
    receipts: tuple[tuple[int, int], ...] = ()


class Problem(_Value, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=False):
    """Resources, calendars, stock and orders: everything a plan is made from."""

    resources: tuple[Resource, ...]
    orders: tuple[Order, ...]
    format: Literal["planning-problem/1"] = FORMAT
    seed: int | None = None
    setup_matrices: Mapping[str, SetupMatrix] = {}
    calendars: Mapping[str, tuple[Interval, ...]] = {}
    materials: tuple[Material, ...] = ()
    objective: Objective = "weighted-tardiness"


class Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Something in the problem that cannot be; with an ``order``, that order is left unplanned."""

    kind: str
    text: str
    order: str | None = None
    operation: str | None = None
    resource: str | None = None


class _Envelope(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``Problem`` with its orders still unread, so that one broken order does not spoil the others."""

    format: Literal["planning-problem/1"]
    resources: tuple[Resource, ...]
    orders: tuple[msgspec.Raw, ...]
    seed: int | None = None
    setup_matrices: dict[str, SetupMatrix] = {}
    calendars: dict[str, tuple[Interval, ...]] = {}
    materials: tuple[Material, ...] = ()
    objective: Objective = "weighted-tardiness"


def read_problem(data: bytes | str) -> tuple[Problem, tuple[Fault, ...]]:
    """Read a problem from JSON; orders of the wrong shape come back as faults, the rest is read.

    Raises:
        ProblemUnreadable: not JSON, another format, or resources, calendars or materials of the wrong shape.
    """
    try:
        raw = as_utf_8(data)
    except ValueError as fault:
        raise ProblemUnreadable(str(fault)) from fault
    if len(raw) > MAX_PROBLEM_BYTES:
        raise ProblemUnreadable(f"the problem has {len(raw):,} bytes; at most {MAX_PROBLEM_BYTES:,} are read")
    try:
        envelope = msgspec.json.decode(raw, type=_Envelope)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError) as fault:
        raise ProblemUnreadable(f"{fault}{_hint(str(fault))}") from fault
    orders, faults = _read_orders(envelope.orders)
    problem = Problem(
        resources=envelope.resources,
        orders=tuple(orders),
        seed=envelope.seed,
        setup_matrices=envelope.setup_matrices,
        calendars=envelope.calendars,
        materials=envelope.materials,
        objective=envelope.objective,
    )
    return problem, tuple(faults)


def _read_orders(raws: tuple[msgspec.Raw, ...]) -> tuple[list[Order], list[Fault]]:
    decoder = msgspec.json.Decoder(Order)
    orders: list[Order] = []
    faults: list[Fault] = []
    for place, raw in enumerate(raws):
        try:
            orders.append(decoder.decode(raw))
        except (msgspec.DecodeError, msgspec.ValidationError, RecursionError) as fault:
            name = _order_name(raw, place)
            why = f"{fault}{_hint(str(fault))}"
            faults.append(Fault(kind="unreadable-order", order=name, text=f"order {name} cannot be read: {why}"))
    return orders, faults


def _hint(fault: str) -> str:
    """Return how a number is written, where that is what went wrong."""
    return WHOLE if WANTED_WHOLE in fault else UNQUOTED if WANTED_NUMBER in fault else ""


def _order_name(raw: msgspec.Raw, place: int) -> str:
    """Return the order's id when one can be seen, else its place in the list."""
    try:
        seen = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return f"orders[{place}]"
    name = seen.get("id") if isinstance(seen, dict) else None
    return name if isinstance(name, str) else f"orders[{place}]"


def write_problem(problem: Problem) -> bytes:
    """Return the problem as JSON, the same bytes for the same problem."""
    return msgspec.json.encode(problem, order="deterministic")


def input_hash(problem: Problem) -> str:
    """SHA-256 of the problem's JSON: names the input a plan was made from."""
    return hashlib.sha256(write_problem(problem)).hexdigest()
