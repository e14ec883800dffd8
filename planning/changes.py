"""What may happen to a plan: every change is data, and ``apply`` turns the problem into the one after it.

Customers move, resize, add and cancel orders; machines, tools and crews fail; material comes late; operations finish
early, late, or fail their inspection; and somebody may offer a shift, a machine or a tool more. Nothing here plans.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any, Union

import msgspec

from planning.calendars import available, merged, worked_minutes
from planning.plan import Assignment, Plan
from planning.problem import Alternative, Fault, Frozen, Interval, Operation, Order, Problem, Resource
from planning.text import as_utf_8
from planning.validate import frozen_conflicts

MAX_THAWS = 100  # rounds of letting go; each frees at least one operation, and a fence holds few that conflict


class ChangeRefused(ValueError):
    """The change names something the problem or plan does not have, or cannot be."""


class _Change(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="change", omit_defaults=True
):
    """What every change shares: as JSON it carries its name in ``change``."""


class OrderMoved(_Change, frozen=True, kw_only=True, tag="order-moved"):
    """A customer wants an order at another time."""

    order: str
    due: int


class OrderResized(_Change, frozen=True, kw_only=True, tag="order-resized"):
    """A customer wants more or less: minutes, loads and material scale by ``percent`` of the present quantity."""

    order: str
    percent: int


class OrderAdded(_Change, frozen=True, kw_only=True, tag="order-added"):
    """A new order."""

    order: Order


class OrderCancelled(_Change, frozen=True, kw_only=True, tag="order-cancelled"):
    """An order is no longer wanted."""

    order: str


class ResourceDown(_Change, frozen=True, kw_only=True, tag="resource-down"):
    """A machine, oven or crew cannot work from ``start`` to ``end``; of a tool, one piece is missing."""

    resource: str
    start: int
    end: int


class MaterialLate(_Change, frozen=True, kw_only=True, tag="material-late"):
    """The receipts of a material announced for ``due`` come at ``arrives``."""

    item: str
    owner: str
    due: int
    arrives: int


class OperationFinished(_Change, frozen=True, kw_only=True, tag="operation-finished"):
    """An operation ended at ``at``, earlier or later than planned, where and when the plan had started it."""

    operation: str
    at: int


class OperationFailed(_Change, frozen=True, kw_only=True, tag="operation-failed"):
    """An inspection failed after an operation, so it runs once more (as ``<id>~again``)."""

    operation: str


class ExtraTime(_Change, frozen=True, kw_only=True, tag="extra-time"):
    """Overtime or an extra shift: the resource is also available from ``start`` to ``end``."""

    resource: str
    start: int
    end: int


class ExtraMachine(_Change, frozen=True, kw_only=True, tag="extra-machine"):
    """One more machine like ``resource``, for all that may run there: bought, borrowed or a subcontractor's."""

    resource: str
    name: str | None = None


class ExtraPiece(_Change, frozen=True, kw_only=True, tag="extra-piece"):
    """One more piece of a tool, or one more person in a crew."""

    resource: str


class YieldChanged(_Change, frozen=True, kw_only=True, tag="yield-changed"):
    """Good parts per hundred change by ``points``, so machine minutes per order change the other way."""

    points: int


Change = Union[  # noqa: UP007 - msgspec reads the tagged union from here
    OrderMoved, OrderResized, OrderAdded, OrderCancelled, ResourceDown, MaterialLate, OperationFinished,
    OperationFailed,     ExtraTime, ExtraMachine, ExtraPiece, YieldChanged,
]  # fmt: skip


def read_changes(data: bytes | str) -> tuple[Change, ...]:
    """Read a list of changes from JSON, each an object with its name in ``change``.

    Raises:
        ChangeRefused: not a list of known changes.
    """
    try:
        return msgspec.json.decode(as_utf_8(data), type=tuple[Change, ...])
    except ValueError as fault:  # msgspec's faults are ValueErrors, and so are those of text
        raise ChangeRefused(str(fault)) from fault


def apply(problem: Problem, plan: Plan, change: Change) -> Problem:
    """Return the problem after a change.

    Raises:
        ChangeRefused: the change names something that is not there.
    """
    return _APPLY[type(change)](problem, plan, change)


def changed_orders(problem: Problem, change: Change) -> frozenset[str]:
    """Return the ids of the orders the change speaks of; none for resources and material."""
    if isinstance(change, OrderAdded):
        return frozenset({change.order.id})
    if isinstance(change, OrderMoved | OrderResized | OrderCancelled):
        return frozenset({change.order})
    if isinstance(change, OperationFinished | OperationFailed):
        return frozenset(o.id for o in problem.orders if any(op.id == change.operation for op in o.operations))
    return frozenset()


def freeze_before(problem: Problem, plan: Plan, fence: int) -> Problem:
    """Return the problem with everything the plan starts before ``fence`` frozen where it is."""
    stays = {a.operation: a for a in plan.assignments if a.start < fence}
    if not stays:
        return problem
    orders = []
    for order in problem.orders:
        ops = tuple(
            msgspec.structs.replace(op, frozen=Frozen(resource=stays[op.id].resource, start=stays[op.id].start))
            if op.id in stays and op.frozen is None and _still_allowed(op, stays[op.id])
            else op
            for op in order.operations
        )
        orders.append(order if ops == order.operations else msgspec.structs.replace(order, operations=ops))
    return msgspec.structs.replace(problem, orders=tuple(orders))


def thaw_conflicts(problem: Problem, before: Problem) -> tuple[Problem, tuple[Fault, ...]]:
    """Let go of fenced operations that a change made impossible; also return the conflicts that are left.

    What ``before`` froze itself stays frozen. What follows a loose operation in its order is let go of too: held back,
    it would leave the order no time.
    """
    own = {op.id for order in before.orders for op in order.operations if op.frozen is not None}
    for _ in range(MAX_THAWS):
        conflicts = frozen_conflicts(problem)
        loose = {f.operation for f in conflicts} - own
        if not loose:
            return problem, conflicts
        problem = msgspec.structs.replace(problem, orders=tuple(_thawed(o, loose, own) for o in problem.orders))
    return problem, frozen_conflicts(problem)


def _thawed(order: Order, loose: Collection[str | None], own: Collection[str]) -> Order:
    """Return the order free from its first loose operation on, but for what is in ``own``."""
    first = next((k for k, op in enumerate(order.operations) if op.id in loose), None)
    if first is None:
        return order
    ops = tuple(
        msgspec.structs.replace(op, frozen=None) if k >= first and op.id not in own else op
        for k, op in enumerate(order.operations)
    )
    return msgspec.structs.replace(order, operations=ops)


def _still_allowed(op: Operation, a: Assignment) -> bool:
    return any(x.resource == a.resource for x in op.alternatives)


def _replace_order(problem: Problem, name: str, new: Callable[[Order], Order | None]) -> Problem:
    if name not in {order.id for order in problem.orders}:
        raise ChangeRefused(f"order {name} is not in the problem")
    orders = [new(order) if order.id == name else order for order in problem.orders]
    return msgspec.structs.replace(problem, orders=tuple(o for o in orders if o is not None))


def _replace_resource(problem: Problem, name: str, new: Callable[[Resource], Resource]) -> Problem:
    _resource(problem, name)
    return msgspec.structs.replace(problem, resources=tuple(new(r) if r.id == name else r for r in problem.resources))


def _resource(problem: Problem, name: str) -> Resource:
    for resource in problem.resources:
        if resource.id == name:
            return resource
    raise ChangeRefused(f"resource {name} is not in the problem")


def _move(problem: Problem, plan: Plan, change: OrderMoved) -> Problem:
    return _replace_order(problem, change.order, lambda order: msgspec.structs.replace(order, due=change.due))


def _cancel(problem: Problem, plan: Plan, change: OrderCancelled) -> Problem:
    return _replace_order(problem, change.order, lambda order: None)


def _add(problem: Problem, plan: Plan, change: OrderAdded) -> Problem:
    if change.order.id in {order.id for order in problem.orders}:
        raise ChangeRefused(f"order {change.order.id} is in the problem already")
    return msgspec.structs.replace(problem, orders=(*problem.orders, change.order))


def _resize(problem: Problem, plan: Plan, change: OrderResized) -> Problem:
    if change.percent < 1:
        raise ChangeRefused(f"order {change.order} cannot be resized to {change.percent} %; cancel it instead")
    ovens = {r.id: r.capacity or 0 for r in problem.resources if r.kind == "batch"}

    def scaled(op: Operation) -> Operation:
        if op.frozen is not None:
            return op  # it runs already, with the quantity it was started with
        uses = tuple(msgspec.structs.replace(c, quantity=_scale(c.quantity, change.percent)) for c in op.consumes)
        if op.load is not None:
            room = min((ovens[a.resource] for a in op.alternatives if a.resource in ovens), default=op.load)
            return msgspec.structs.replace(op, load=min(room, _scale(op.load, change.percent)), consumes=uses)
        alternatives = tuple(
            Alternative(resource=a.resource, minutes=_scale(a.minutes, change.percent)) for a in op.alternatives
        )
        return msgspec.structs.replace(op, alternatives=alternatives, consumes=uses)

    return _replace_order(
        problem,
        change.order,
        lambda order: msgspec.structs.replace(order, operations=tuple(scaled(op) for op in order.operations)),
    )


def _scale(value: int, percent: int) -> int:
    return max(1, -(-value * percent // 100))


def _down(problem: Problem, plan: Plan, change: ResourceDown) -> Problem:
    if change.end <= change.start:
        raise ChangeRefused(f"{change.resource} is down from {change.start} to {change.end}: no time at all")
    resource = _resource(problem, change.resource)
    if resource.kind == "tool":
        return _hold_piece(problem, change)
    if resource.kind == "crew":
        open_ = [
            part
            for begin, end in available(problem, resource)
            for part in ((begin, min(end, change.start)), (max(begin, change.end), end))
            if part[0] < part[1]
        ]
        return _with_calendar(problem, change.resource, open_)
    down = (*resource.maintenance, (change.start, change.end))
    return _replace_resource(problem, change.resource, lambda r: msgspec.structs.replace(r, maintenance=down))


def _hold_piece(problem: Problem, change: ResourceDown) -> Problem:
    """A tool has no calendar, so a missing piece is held by an operation of its own on a stand of its own."""
    start = max(0, change.start)
    name = f"outage:{change.resource}@{start}"
    stand = Resource(id=name, kind="machine")
    op = Operation(
        id=name,
        alternatives=(Alternative(resource=name, minutes=change.end - start),),
        tool=change.resource,
        frozen=Frozen(resource=name, start=start),
    )
    order = Order(id=name, release=start, due=change.end, weight=0, operations=(op,))
    return msgspec.structs.replace(problem, resources=(*problem.resources, stand), orders=(*problem.orders, order))


def _with_calendar(problem: Problem, name: str, open_: Iterable[Interval]) -> Problem:
    calendar = f"{name}*"
    while calendar in problem.calendars:
        calendar += "*"
    calendars = {**problem.calendars, calendar: tuple(merged(open_))}
    changed = _replace_resource(problem, name, lambda r: msgspec.structs.replace(r, calendar=calendar, maintenance=()))
    return msgspec.structs.replace(changed, calendars=calendars)


def _extra_time(problem: Problem, plan: Plan, change: ExtraTime) -> Problem:
    if change.end <= change.start:
        raise ChangeRefused(f"extra time of {change.resource} from {change.start} to {change.end}: no time at all")
    resource = _resource(problem, change.resource)
    return _with_calendar(problem, change.resource, [*available(problem, resource), (change.start, change.end)])


def _late(problem: Problem, plan: Plan, change: MaterialLate) -> Problem:
    found = False
    materials = []
    for m in problem.materials:
        if (m.item, m.owner) == (change.item, change.owner):
            found = found or any(minute == change.due for minute, _ in m.receipts)
            receipts = tuple(
                (change.arrives if minute == change.due else minute, quantity) for minute, quantity in m.receipts
            )
            m = msgspec.structs.replace(m, receipts=tuple(sorted(receipts)))
        materials.append(m)
    if not found:
        raise ChangeRefused(f"no receipt of {change.item} of {change.owner} is announced for {change.due}")
    return msgspec.structs.replace(problem, materials=tuple(materials))


def _finished(problem: Problem, plan: Plan, change: OperationFinished) -> Problem:
    a, order = _assignment(problem, plan, change.operation)
    op = next(op for op in order.operations if op.id == change.operation)
    crew = _resource(problem, op.crew) if op.crew else None
    open_ = available(problem, _resource(problem, a.resource), crew)
    worked = worked_minutes(open_, a.start, change.at)
    if worked < 1:
        raise ChangeRefused(f"{change.operation} starts at {a.start}; it cannot have ended at {change.at}")
    done = msgspec.structs.replace(
        op,
        alternatives=(Alternative(resource=a.resource, minutes=worked),),
        frozen=Frozen(resource=a.resource, start=a.start),
    )
    return _replace_operations(problem, order, [done if o.id == op.id else o for o in order.operations])


def _failed(problem: Problem, plan: Plan, change: OperationFailed) -> Problem:
    a, order = _assignment(problem, plan, change.operation)
    ops: list[Operation] = []
    for op in order.operations:
        if op.id != change.operation:
            # what follows waits for the second run, wherever it stood
            ops.append(msgspec.structs.replace(op, frozen=None) if len(ops) > order.operations.index(op) else op)
            continue
        failed = (
            op
            if op.load is not None
            else msgspec.structs.replace(op, frozen=Frozen(resource=a.resource, start=a.start))
        )
        taken = {o.id for o in order.operations}
        name = f"{op.id}~again"
        while name in taken:
            name += "~again"
        again = msgspec.structs.replace(op, id=name, frozen=None, consumes=())
        ops += [msgspec.structs.replace(failed, min_gap_after=0, max_gap_after=None), again]
    return _replace_operations(problem, order, ops)


def _assignment(problem: Problem, plan: Plan, operation: str) -> tuple[Assignment, Order]:
    a = next((a for a in plan.assignments if a.operation == operation), None)
    order = next((o for o in problem.orders if any(op.id == operation for op in o.operations)), None)
    if a is None or order is None:
        raise ChangeRefused(f"operation {operation} is not in the plan")
    return a, order


def _replace_operations(problem: Problem, order: Order, ops: Iterable[Operation]) -> Problem:
    return _replace_order(problem, order.id, lambda o: msgspec.structs.replace(o, operations=tuple(ops)))


def _extra_machine(problem: Problem, plan: Plan, change: ExtraMachine) -> Problem:
    like = _resource(problem, change.resource)
    if like.kind not in ("machine", "batch"):
        raise ChangeRefused(f"{change.resource} is a {like.kind}; ask for one more piece of it")
    name = change.name or f"{like.id}+1"
    if name in {r.id for r in problem.resources}:
        raise ChangeRefused(f"resource {name} is in the problem already")

    def offered(op: Operation) -> Operation:
        more = tuple(Alternative(resource=name, minutes=a.minutes) for a in op.alternatives if a.resource == like.id)
        return msgspec.structs.replace(op, alternatives=op.alternatives + more) if more else op

    orders = tuple(
        msgspec.structs.replace(o, operations=tuple(offered(op) for op in o.operations)) for o in problem.orders
    )
    twin = msgspec.structs.replace(like, id=name, maintenance=())
    return msgspec.structs.replace(problem, resources=(*problem.resources, twin), orders=orders)


def _extra_piece(problem: Problem, plan: Plan, change: ExtraPiece) -> Problem:
    if _resource(problem, change.resource).kind not in ("tool", "crew"):
        raise ChangeRefused(f"{change.resource} is no tool or crew; ask for one more machine")
    return _replace_resource(problem, change.resource, lambda r: msgspec.structs.replace(r, count=r.count + 1))


def _yield(problem: Problem, plan: Plan, change: YieldChanged) -> Problem:
    if not -99 < change.points < 100:
        raise ChangeRefused(f"a yield cannot change by {change.points} points")

    def scaled(op: Operation) -> Operation:
        if op.load is not None or op.frozen is not None:
            return op
        alternatives = tuple(
            Alternative(resource=a.resource, minutes=max(1, round(a.minutes * 100 / (100 + change.points))))
            for a in op.alternatives
        )
        return msgspec.structs.replace(op, alternatives=alternatives)

    orders = tuple(
        msgspec.structs.replace(o, operations=tuple(scaled(op) for op in o.operations)) for o in problem.orders
    )
    return msgspec.structs.replace(problem, orders=orders)


_APPLY: dict[type, Callable[[Problem, Plan, Any], Problem]] = {
    OrderMoved: _move,
    OrderResized: _resize,
    OrderAdded: _add,
    OrderCancelled: _cancel,
    ResourceDown: _down,
    MaterialLate: _late,
    OperationFinished: _finished,
    OperationFailed: _failed,
    ExtraTime: _extra_time,
    ExtraMachine: _extra_machine,
    ExtraPiece: _extra_piece,
    YieldChanged: _yield,
}
