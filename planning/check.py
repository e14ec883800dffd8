"""Check a plan against its problem, knowing nothing of how the plan was made.

``violations`` looks at every rule of ``planning-problem/1`` and names all that the plan breaks; an empty answer means
the plan can be executed. ``objective_terms`` says what the plan costs. Work already under way (``frozen`` with
``remaining`` or a negative start) is taken as given.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from planning.calendars import Windows, worked
from planning.plan import Assignment, ObjectiveTerms, Plan
from planning.problem import Operation, Order, Problem, Resource, SetupMatrix
from planning.validate import frozen_end, setup_minutes

Placed = dict[str, Assignment]


class Violation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule the plan breaks, where, and by how much in words."""

    rule: str
    text: str


def violations(problem: Problem, plan: Plan, broken: Iterable[str] = ()) -> tuple[Violation, ...]:
    """Return every rule of the problem that the plan breaks; ``broken``: ids of orders that could not be read."""
    unplanned = {u.order for u in plan.unplanned} | set(broken)
    orders = [order for order in problem.orders if order.id not in unplanned]
    placed = {a.operation: a for a in plan.assignments}
    found = list(_presence(problem, orders, plan, unplanned))
    if found:
        return tuple(found)  # the other rules need every operation in its place
    resources = {r.id: r for r in problem.resources}
    windows = Windows(problem)
    for order in orders:
        found += _order_rules(order, placed)
        for op in order.operations:
            found += _operation_rules(problem, order, op, placed[op.id], resources, windows)
    found += _machine_rules(problem, orders, placed, resources)
    found += _batch_rules(orders, placed, resources)
    found += _material_rules(problem, orders, placed)
    return tuple(found)


def misplaced(problem: Problem, plan: Plan) -> tuple[Violation, ...]:
    """Return what shows that the plan is of another problem: operations without a place, or in one they cannot have."""
    unplanned = {u.order for u in plan.unplanned}
    return tuple(_presence(problem, [o for o in problem.orders if o.id not in unplanned], plan, unplanned))


def _presence(problem: Problem, orders: list[Order], plan: Plan, unplanned: set[str]) -> Iterator[Violation]:
    owner: dict[str, str] = {}
    for order in problem.orders:
        for op in order.operations:
            owner.setdefault(op.id, order.id)  # an id used twice is the first order's: the second is not planned
    for name, times in Counter(a.operation for a in plan.assignments).items():
        if times > 1:
            yield Violation(rule="presence", text=f"{name} is placed {times} times")
        if name not in owner:
            yield Violation(rule="presence", text=f"{name} is not in the problem")
        elif owner[name] in unplanned:
            yield Violation(rule="presence", text=f"{name} is placed, but order {owner[name]} is called unplanned")
    where = {a.operation: a.resource for a in plan.assignments}
    known = {r.id for r in problem.resources}
    for order in orders:
        for op in order.operations:
            resource = where.get(op.id)
            if resource is None:
                yield Violation(rule="presence", text=f"{op.id} is not placed")
            elif resource not in known or resource not in [a.resource for a in op.alternatives]:
                yield Violation(rule="alternative", text=f"{op.id}: {resource} is no alternative")


def _order_rules(order: Order, placed: Placed) -> Iterator[Violation]:
    for before, after in zip(order.operations, order.operations[1:], strict=False):
        gap = placed[after.id].start - placed[before.id].end
        if gap < before.min_gap_after:
            yield Violation(rule="sequence", text=f"{after.id} starts {gap} min after {before.id} ends")
        if before.max_gap_after is not None and gap > before.max_gap_after:
            text = f"{after.id} waits {gap} min after {before.id}, at most {before.max_gap_after} allowed"
            yield Violation(rule="max-gap", text=text)


def _operation_rules(
    problem: Problem, order: Order, op: Operation, a: Assignment, resources: dict[str, Resource], windows: Windows
) -> Iterator[Violation]:
    if op.frozen is not None:
        if (a.resource, a.start) != (op.frozen.resource, op.frozen.start):
            yield Violation(rule="frozen", text=f"{op.id} is frozen at {op.frozen.start} on {op.frozen.resource}")
            return
        if op.frozen.remaining is not None:
            if a.end != frozen_end(windows, op, resources):
                yield Violation(rule="time", text=f"{op.id} is under way and does not end at {a.end}")
            return
    elif a.start < max(order.release, 0):
        yield Violation(rule="release", text=f"{op.id} starts {a.start} before release {max(order.release, 0)}")
    resource = resources[a.resource]
    open_ = windows(resource, resources[op.crew] if op.crew else None)
    minutes = next(x.minutes for x in op.alternatives if x.resource == a.resource)
    done = worked(open_, a.start, a.end)
    if done is None:
        yield Violation(rule="calendar", text=f"{op.id} starts or ends outside available time ({a.start}-{a.end})")
        return
    if resource.kind == "batch" and a.end - a.start != minutes:
        yield Violation(rule="time", text=f"{op.id}: the cycle {a.start}-{a.end} does not last {minutes} min")
    if done != minutes:
        yield Violation(rule="time", text=f"{op.id} gets {done} available minutes, needs {minutes}")


def _machine_rules(
    problem: Problem, orders: list[Order], placed: Placed, resources: dict[str, Resource]
) -> Iterator[Violation]:
    rows: dict[str, list[tuple[int, int, Operation]]] = defaultdict(list)
    held: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for order in orders:
        for op in order.operations:
            a = placed[op.id]
            if resources[a.resource].kind == "machine":
                rows[a.resource].append((a.start, a.end, op))
            if op.crew:
                held[op.crew].append((a.start, a.end))
    for name in sorted(rows):
        yield from _sequence_rules(problem, resources[name], sorted(rows[name], key=lambda r: r[:2]), held)
    for name in sorted(held):
        yield from _count_rules(resources[name], held[name])


def _sequence_rules(
    problem: Problem, machine: Resource, rows: list[tuple[int, int, Operation]], held: dict[str, list[tuple[int, int]]]
) -> Iterator[Violation]:
    free: int | None = None
    state = machine.setup_state
    for start, end, op in rows:
        setup = 0 if start < 0 else setup_minutes(problem, machine, state, op.family)
        if machine.setup_matrix is not None and op.family is not None:
            state = op.family
        open_from = min(start, 0) if free is None else free if start < 0 else max(free, 0)
        if start - setup < open_from:
            text = f"{op.id} needs {setup} min of setup before {start} on {machine.id}, free from {open_from}"
            yield Violation(rule="machine", text=text)
        if op.tool:
            held[op.tool].append((start - setup, end))
        free = end


def _count_rules(resource: Resource, spans: list[tuple[int, int]]) -> Iterator[Violation]:
    events = sorted([(start, 1) for start, _ in spans] + [(end, -1) for _, end in spans])
    used = 0
    for minute, change in events:
        used += change
        if used > resource.count:
            yield Violation(
                rule=resource.kind, text=f"{used} of {resource.id} in use at {minute}, there are {resource.count}"
            )
            return


def _batch_rules(orders: list[Order], placed: Placed, resources: dict[str, Resource]) -> Iterator[Violation]:
    groups: dict[str, dict[tuple[int, int], list[Operation]]] = defaultdict(lambda: defaultdict(list))
    for order in orders:
        for op in order.operations:
            a = placed[op.id]
            if resources[a.resource].kind == "batch":
                groups[a.resource][a.start, a.end].append(op)
    for name in sorted(groups):
        last: int | None = None
        for (start, end), ops in sorted(groups[name].items()):
            if last is not None and start < last:
                yield Violation(rule="batch", text=f"batches overlap on {name} at {start}")
            last = end
            if sum(op.load or 0 for op in ops) > (resources[name].capacity or 0):
                yield Violation(rule="batch", text=f"the batch on {name} at {start} is over its capacity")
            if len({op.batch_key for op in ops}) > 1:
                yield Violation(rule="batch", text=f"the batch on {name} at {start} mixes keys")


def _material_rules(problem: Problem, orders: list[Order], placed: Placed) -> Iterator[Violation]:
    events: dict[tuple[str, str], list[tuple[int, int, int, str]]] = defaultdict(list)
    stock: dict[tuple[str, str], int] = defaultdict(int)
    for m in problem.materials:
        stock[m.item, m.owner] += m.on_hand
        events[m.item, m.owner] += [(minute, 0, quantity, "receipt") for minute, quantity in m.receipts]
    for order in orders:
        for op in order.operations:
            for c in op.consumes:
                events[c.item, c.owner].append((placed[op.id].start, 1, -c.quantity, op.id))
    for (item, owner), rows in sorted(events.items()):
        have = stock[item, owner]
        for minute, _, change, what in sorted(rows):
            have += change
            if have < 0:
                yield Violation(rule="material", text=f"{what}: {item} of {owner} short by {-have} at {minute}")
                break


def objective_terms(
    problem: Problem, assignments: Iterable[Assignment], setup: Mapping[str, int] | None = None
) -> ObjectiveTerms:
    """Return what the assignments cost; orders without assignments do not count.

    ``setup``: the setup minutes per operation, when the caller has worked them out already.

    Source of the setup rule: only changeovers between families of the machine's matrix cost minutes.
    """
    placed = {a.operation: a for a in assignments}
    weighted = late = flow = 0
    for order in problem.orders:
        if not order.operations or order.operations[-1].id not in placed:
            continue
        done = placed[order.operations[-1].id].end
        weighted += order.weight * max(0, done - order.due)
        late += done > order.due
        flow += done - order.release
    return ObjectiveTerms(
        weighted_tardiness=weighted,
        late_orders=late,
        setup_minutes=sum((setups(problem, placed) if setup is None else setup).values()),
        flow_minutes=flow,
        makespan=max((a.end for a in placed.values()), default=0),
    )


def setups(problem: Problem, placed: Placed) -> dict[str, int]:
    """Return the setup minutes right before each operation that has a family on a machine with a matrix."""
    machines = {r.id: r for r in problem.resources if r.kind == "machine" and r.setup_matrix}
    rows: dict[str, list[tuple[int, int, str, str]]] = defaultdict(list)
    for order in problem.orders:
        for op in order.operations:
            a = placed.get(op.id)
            if a is not None and a.resource in machines and op.family is not None:
                rows[a.resource].append((a.start, a.end, op.id, op.family))
    out: dict[str, int] = {}
    tables: dict[str, dict[tuple[str, str], int]] = {}  # many machines share few matrices
    for name, row in rows.items():
        matrix = machines[name].setup_matrix or ""
        if matrix not in tables:
            tables[matrix] = _changeovers(problem.setup_matrices[matrix])
        minutes = tables[matrix]
        state = machines[name].setup_state
        for start, _, op_id, family in sorted(row):
            out[op_id] = 0 if start < 0 or state is None else minutes.get((state, family), 0)
            state = family
    return out


def _changeovers(matrix: SetupMatrix) -> dict[tuple[str, str], int]:
    return {
        (one, two): matrix.minutes[i][j]
        for i, one in enumerate(matrix.families)
        for j, two in enumerate(matrix.families)
    }
