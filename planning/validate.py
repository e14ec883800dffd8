"""What a well-shaped problem may still get wrong: every fault named, with its order, operation or resource.

``faults(problem)`` looks at everything once and never stops at the first. A fault that names an order leaves that order
unplanned; a fault of a resource makes the resource unusable, and the orders that have no other are named in turn.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator

from planning.calendars import FOREVER, Windows, available, finish, starts_inside
from planning.problem import Fault, Frozen, Operation, Order, Problem, Resource

MINUTE_LIMIT = 100_000_000  # 190 years: sums over the largest problem stay far inside 64 bits


def faults(problem: Problem, only: Collection[str] | None = None) -> tuple[Fault, ...]:
    """Name everything in the problem that cannot be; empty when every order can in principle be made.

    ``only``: look at these orders alone, for a problem whose other orders are known to be sound.
    """
    unusable = dict(_resource_faults(problem))
    found = list(unusable.values())
    if only is None:
        found += _duplicate_faults(problem)
    found += _material_faults(problem)
    usable = {r.id: r for r in problem.resources if r.id not in unusable}
    supply = _supply(problem)
    windows = Windows(problem)
    for order in problem.orders:
        if only is None or order.id in only:
            found += _order_faults(problem, order, usable, unusable, supply, windows)
    if only is not None:
        return tuple(found)
    bad = {fault.order for fault in found}
    found += _frozen_conflicts(problem, usable, bad)
    return tuple(found)


def frozen_conflicts(problem: Problem) -> tuple[Fault, ...]:
    """Name the frozen operations that cannot all stay where they are, the later one of each conflict."""
    usable = {r.id: r for r in problem.resources}
    return tuple(_frozen_conflicts(problem, usable, set()))


def _supply(problem: Problem) -> dict[tuple[str, str], int]:
    supply: dict[tuple[str, str], int] = defaultdict(int)
    for m in problem.materials:
        sound = m.on_hand >= 0 and all(quantity >= 0 for _, quantity in m.receipts)
        supply[m.item, m.owner] += m.on_hand + sum(quantity for _, quantity in m.receipts) if sound else 0
    return supply


def _resource_faults(problem: Problem) -> Iterator[tuple[str, Fault]]:
    seen = Counter(r.id for r in problem.resources)
    for resource in problem.resources:
        texts = list(_resource_texts(problem, resource, seen[resource.id]))
        if texts:
            text = f"resource {resource.id}: {'; '.join(texts)}"
            yield resource.id, Fault(kind="resource", resource=resource.id, text=text)


def _resource_texts(problem: Problem, resource: Resource, times: int) -> Iterator[str]:
    if times > 1:
        yield f"its id is used {times} times"
    backwards = list(_backwards_texts(problem, resource))
    yield from backwards
    if resource.calendar is not None and resource.calendar not in problem.calendars:
        yield f"calendar {resource.calendar} is not defined"
    elif backwards:
        pass  # what it leaves of the time is not known
    elif not available(problem, resource) or available(problem, resource)[-1][1] <= 0:
        yield f"calendar {resource.calendar or '(none)'} minus maintenance leaves no time"
    if resource.kind == "batch":
        if not resource.capacity or resource.capacity < 1:
            yield "a batch resource needs a capacity of at least 1"
        if not resource.cycle_minutes or not 1 <= resource.cycle_minutes <= MINUTE_LIMIT:
            yield "a batch resource needs cycle_minutes of at least 1"
        if resource.setup_matrix is not None:
            yield "a batch resource has no setup matrix"
    if resource.kind in ("tool", "crew") and resource.count < 1:
        yield f"count {resource.count} is less than 1"
    if resource.setup_matrix is not None:
        yield from _matrix_texts(problem, resource)


def _backwards_texts(problem: Problem, resource: Resource) -> Iterator[str]:
    """Name the intervals that end before they begin; one of no minutes says nothing, and is none of them."""
    calendar = problem.calendars.get(resource.calendar, ()) if resource.calendar is not None else ()
    for name, intervals in ((f"calendar {resource.calendar}", calendar), ("maintenance", resource.maintenance)):
        for begin, end in intervals:
            if begin > end:
                yield f"{name}: the interval [{begin}, {end}] ends before it begins"


def _matrix_texts(problem: Problem, resource: Resource) -> Iterator[str]:
    name = str(resource.setup_matrix)
    matrix = problem.setup_matrices.get(name)
    if matrix is None:
        yield f"setup matrix {name} is not defined"
        return
    size = len(matrix.families)
    if len(set(matrix.families)) != size:
        yield f"setup matrix {name} names a family twice"
    if len(matrix.minutes) != size or any(len(row) != size for row in matrix.minutes):
        yield f"setup matrix {name} is not {size} x {size}"
    if any(not 0 <= minutes <= MINUTE_LIMIT for row in matrix.minutes for minutes in row):
        yield f"setup matrix {name} has minutes below 0 or over {MINUTE_LIMIT:,}"
    if resource.setup_state is not None and resource.setup_state not in matrix.families:
        yield f"setup state {resource.setup_state} is not a family of matrix {name}"


def _duplicate_faults(problem: Problem) -> Iterator[Fault]:
    for name, times in Counter(order.id for order in problem.orders).items():
        if times > 1:
            yield Fault(kind="duplicate", order=name, text=f"order {name} is listed {times} times")
    owner: dict[str, str] = {}
    for order in problem.orders:
        for op in order.operations:
            if op.id in owner:
                text = f"operation {op.id} of order {order.id} is already used by order {owner[op.id]}"
                yield Fault(kind="duplicate", order=order.id, operation=op.id, text=text)
            owner.setdefault(op.id, order.id)


def _material_faults(problem: Problem) -> Iterator[Fault]:
    for m in problem.materials:
        if m.on_hand < 0 or any(quantity < 0 for _, quantity in m.receipts):
            yield Fault(kind="material", text=f"material {m.item} of {m.owner}: a quantity is below 0")


def _order_faults(
    problem: Problem,
    order: Order,
    usable: dict[str, Resource],
    unusable: dict[str, Fault],
    supply: dict[tuple[str, str], int],
    windows: Windows,
) -> Iterator[Fault]:
    if not order.operations:
        yield Fault(kind="order", order=order.id, text=f"order {order.id} has no operations")
    for name, value, least in (
        ("release", order.release, -MINUTE_LIMIT),
        ("due", order.due, -MINUTE_LIMIT),
        ("weight", order.weight, 0),
    ):
        if not least <= value <= MINUTE_LIMIT:
            text = f"order {order.id}: {name} {value:,} is out of range ({least:,} to {MINUTE_LIMIT:,})"
            yield Fault(kind="order", order=order.id, text=text)
    need: dict[tuple[str, str], int] = defaultdict(int)
    for op in order.operations:
        for c in op.consumes:
            need[c.item, c.owner] += c.quantity
        for text in _operation_texts(problem, op, usable, unusable, windows):
            yield Fault(kind="operation", order=order.id, operation=op.id, text=f"operation {op.id}: {text}")
    for (item, owner), quantity in need.items():
        if quantity > supply.get((item, owner), 0):
            have = supply.get((item, owner), 0)
            text = f"order {order.id} needs {quantity} of {item} of {owner}; only {have} will ever be there"
            yield Fault(kind="material", order=order.id, text=text)


def _operation_texts(
    problem: Problem, op: Operation, usable: dict[str, Resource], unusable: dict[str, Fault], windows: Windows
) -> Iterator[str]:
    known = [usable[a.resource] for a in op.alternatives if a.resource in usable]
    for a in op.alternatives:
        if a.resource not in usable and a.resource not in unusable:
            yield f"resource {a.resource} is not defined"
        if a.minutes < 1:
            yield f"alternative {a.resource} has no minutes ({a.minutes}); at least 1, or leave the operation out"
        elif a.minutes > MINUTE_LIMIT:
            yield f"alternative {a.resource} takes {a.minutes:,} minutes; more than {MINUTE_LIMIT:,} are not planned"
    if not known and any(a.resource in unusable for a in op.alternatives):
        yield "; ".join(unusable[a.resource].text for a in op.alternatives if a.resource in unusable)
    if not op.alternatives:
        yield "it has no alternatives"
    kinds = {r.kind for r in known}
    repeated = [name for name, times in Counter(a.resource for a in op.alternatives).items() if times > 1]
    if repeated:
        yield f"{repeated[0]} stands among its alternatives more than once"
    if kinds & {"tool", "crew"}:
        yield "a tool or crew cannot be an alternative"
    if len(kinds) > 1:
        yield "its alternatives are of different kinds"
    elif kinds == {"batch"}:
        yield from _batch_texts(op, known, windows)
    elif kinds == {"machine"} and (op.batch_key is not None or op.load is not None):
        yield "a machine operation has no batch key or load"
    yield from _companion_texts(problem, op, usable, unusable, known, windows)
    if op.min_gap_after < 0 or op.min_gap_after > MINUTE_LIMIT:
        yield f"minimum gap {op.min_gap_after} is out of range"
    if op.max_gap_after is not None and op.max_gap_after < op.min_gap_after:
        yield f"maximum gap {op.max_gap_after} is below the minimum gap {op.min_gap_after}"
    if any(c.quantity < 0 for c in op.consumes):
        yield "it consumes a quantity below 0"
    if op.frozen is not None:
        yield from _frozen_texts(windows, op, op.frozen, usable)


def _batch_texts(op: Operation, known: list[Resource], windows: Windows) -> Iterator[str]:
    if op.tool is not None or op.crew is not None or op.family is not None:
        yield "a batch operation has no tool, crew or family"
    if op.batch_key is None or op.load is None or op.load < 1:
        yield "a batch operation needs a batch key and a load of at least 1"
        return
    minutes = {a.resource: a.minutes for a in op.alternatives}
    for r in known:
        if op.load > (r.capacity or 0):
            yield f"load {op.load} is over the capacity {r.capacity} of {r.id}"
        if minutes[r.id] != r.cycle_minutes:
            yield f"takes {minutes[r.id]} minutes on {r.id}, whose cycle takes {r.cycle_minutes}"
    longest = {r.id: max((end - max(begin, 0) for begin, end in windows(r)), default=0) for r in known}
    if op.frozen is None and known and all(longest[r.id] < minutes[r.id] for r in known):
        for r in known:  # a cycle does not pause
            yield f"a cycle of {r.id} takes {minutes[r.id]} minutes, and it is never open for more than {longest[r.id]}"


def _companion_texts(
    problem: Problem,
    op: Operation,
    usable: dict[str, Resource],
    unusable: dict[str, Fault],
    known: list[Resource],
    windows: Windows,
) -> Iterator[str]:
    for name, kind in ((op.tool, "tool"), (op.crew, "crew")):
        if name is None:
            continue
        if name in unusable:
            yield unusable[name].text
        elif name not in usable or usable[name].kind != kind:
            yield f"{kind} {name} is not defined"
    for r in known:
        matrix = problem.setup_matrices.get(r.setup_matrix) if r.setup_matrix else None
        if matrix is not None and op.family is not None and op.family not in matrix.families:
            yield f"family {op.family} is not in setup matrix {r.setup_matrix} of {r.id}"
    crew = usable.get(op.crew) if op.crew else None
    if crew is not None and known and not any(_open_after_start(windows, r, crew) for r in known):
        yield f"crew {crew.id} and its machines are never available together"


def _open_after_start(windows: Windows, resource: Resource, crew: Resource) -> bool:
    if resource.calendar is None and not resource.maintenance:
        return True  # the crew itself is usable, or it would be among the unusable
    together = windows(resource, crew)
    return bool(together) and together[-1][1] > 0


def _frozen_texts(windows: Windows, op: Operation, frozen: Frozen, usable: dict[str, Resource]) -> Iterator[str]:
    resource = usable.get(frozen.resource)
    if resource is None or frozen.resource not in {a.resource for a in op.alternatives}:
        yield f"frozen on {frozen.resource}, which is no alternative"
        return
    if frozen.remaining is not None and not 1 <= frozen.remaining <= MINUTE_LIMIT:
        yield f"frozen with {frozen.remaining} minutes remaining"
        return
    end = frozen_end(windows, op, usable)
    if end is None:
        yield f"frozen at {frozen.start} on {frozen.resource}, where the work cannot be done from then"


def frozen_end(windows: Windows, op: Operation, resources: dict[str, Resource]) -> int | None:
    """Return when a frozen operation ends, or none when it cannot run where it is frozen.

    With ``remaining`` the rest is worked from ``max(start, 0)`` on, at the next available minute.
    """
    if op.frozen is None:
        return None
    resource = resources[op.frozen.resource]
    open_ = windows(resource, resources.get(op.crew) if op.crew else None)
    begin = op.frozen.start
    if op.frozen.remaining is not None:
        return finish(open_, max(begin, 0), op.frozen.remaining)
    if not starts_inside(open_, begin):
        return None
    minutes = next((a.minutes for a in op.alternatives if a.resource == resource.id), 0)
    end = finish(open_, begin, minutes)
    if resource.kind == "batch" and end != begin + minutes:
        return None
    return end


def _frozen_conflicts(problem: Problem, usable: dict[str, Resource], bad: set[str | None]) -> Iterator[Fault]:
    """Place the frozen operations alone, in time order, and name each that does not fit beside the earlier ones."""
    rows = []
    windows = Windows(problem)
    for order in problem.orders:
        if order.id in bad:
            continue
        last_end = -FOREVER
        for op in order.operations:
            end = frozen_end(windows, op, usable) if op.frozen else None
            if op.frozen is None or end is None:
                continue
            if op.frozen.start < last_end:
                text = f"operation {op.id}: frozen at {op.frozen.start}, before its predecessor ends at {last_end}"
                yield Fault(kind="frozen", order=order.id, operation=op.id, text=text)
                continue
            last_end = end
            rows.append((op.frozen.start, end, op, order.id))
    rows.sort(key=lambda row: (row[0], row[1], row[2].id))
    yield from _frozen_shortages(problem, rows)
    yield from _frozen_overlaps(problem, usable, rows)


def _frozen_shortages(problem: Problem, rows: list[tuple[int, int, Operation, str]]) -> Iterator[Fault]:
    """Frozen operations whose material is not there when they start, even if nobody else takes any."""
    taken: dict[tuple[str, str], int] = defaultdict(int)
    for start, _, op, order in rows:
        for c in op.consumes:
            key = c.item, c.owner
            there = sum(
                m.on_hand + sum(quantity for minute, quantity in m.receipts if minute <= start)
                for m in problem.materials
                if (m.item, m.owner) == key
            )
            if taken[key] + c.quantity > there:
                text = f"operation {op.id}: frozen at {start}, but {c.item} of {c.owner} is not there by then"
                yield Fault(kind="frozen", order=order, operation=op.id, text=text)
            else:
                taken[key] += c.quantity


def _frozen_overlaps(
    problem: Problem, usable: dict[str, Resource], rows: list[tuple[int, int, Operation, str]]
) -> Iterator[Fault]:
    machine_end: dict[str, tuple[int, str | None, Operation]] = {}
    spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
    ovens: dict[str, dict[tuple[int, int], list[Operation]]] = defaultdict(dict)
    for start, end, op, order in rows:
        assert op.frozen is not None
        resource = usable[op.frozen.resource]
        before = machine_end.get(resource.id)
        setup = setup_minutes(problem, resource, before[1] if before else resource.setup_state, op.family)
        if start < 0:
            setup = 0  # under way: the setup is behind us
        text = ""
        if resource.kind == "machine" and start - setup < (before[0] if before else min(start, 0)):
            wanted = f"needs {setup} min of setup and " if setup else ""
            text = f"{wanted}the machine is taken by {before[2].id if before else 'the start'}"
        elif resource.kind == "batch":
            text = _oven_text(ovens[resource.id], resource, (start, end), op)
        for name in (op.tool, op.crew):
            begin = start - setup if name == op.tool else start
            if name and sum(s < end and e > begin for s, e in spans[name]) >= usable[name].count:
                text = f"all {usable[name].count} of {name} are in use"
        if text:
            reason = f"operation {op.id}: frozen at {start} on {resource.id}, but {text}"
            yield Fault(kind="frozen", order=order, operation=op.id, resource=resource.id, text=reason)
            continue
        for name in (op.tool, op.crew):
            if name:
                spans[name].append((start - setup if name == op.tool else start, end))
        family = (
            op.family
            if op.family is not None and resource.setup_matrix
            else (before[1] if before else resource.setup_state)
        )
        machine_end[resource.id] = (end, family, op)
        if resource.kind == "batch":
            ovens[resource.id].setdefault((start, end), []).append(op)


def _oven_text(
    batches: dict[tuple[int, int], list[Operation]], oven: Resource, cycle: tuple[int, int], op: Operation
) -> str:
    """Say why a frozen operation cannot be in the oven with those that are: full, another key, another batch inside."""
    beside = batches.get(cycle, [])
    if beside and beside[0].batch_key != op.batch_key:
        return f"the batch there, with {beside[0].id}, has the key {beside[0].batch_key} and not {op.batch_key}"
    load = sum(other.load or 0 for other in beside) + (op.load or 0)
    if beside and load > (oven.capacity or 0):
        return f"with {', '.join(other.id for other in beside)} the batch holds {load}, and {oven.id} {oven.capacity}"
    for (start, end), inside in batches.items():
        if (start, end) != cycle and start < cycle[1] and end > cycle[0]:
            return f"the batch with {inside[0].id} is in it from {start} to {end}"
    return ""


def setup_minutes(problem: Problem, resource: Resource, state: str | None, family: str | None) -> int:
    """Return the changeover minutes from ``state`` to ``family``; no matrix, state or family: none."""
    matrix = problem.setup_matrices.get(resource.setup_matrix) if resource.setup_matrix else None
    if matrix is None or state is None or family is None:
        return 0
    if state not in matrix.families or family not in matrix.families:
        return 0
    return matrix.minutes[matrix.families.index(state)][matrix.families.index(family)]
