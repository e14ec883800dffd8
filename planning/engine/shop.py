"""The problem as arrays: what the kernels read and never change.

Operations are numbered order by order in sequence; machines and ovens share one numbering, tools and crews another
(``pool``). -1 stands for "none". Minutes are 64-bit integers; ``NEVER`` is later than any calendar.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planning.calendars import FOREVER, Windows
from planning.problem import Interval, Operation, Order, Problem, Resource
from planning.validate import frozen_end

Ints = NDArray[np.int64]
Records = NDArray[np.void]
NEVER = 1 << 40  # 2 million years in minutes: a time that does not come, still safe to multiply by a weight
NONE = -1


def record(fields: str) -> np.dtype[np.void]:
    return np.dtype([(name, np.int64) for name in fields.split()])


ORDER = record("first end release due weight")  # operations first..end-1
OPERATION = record(
    "order alt_from alt_to family tool crew batch_key load min_gap max_gap "
    "frozen_machine frozen_start frozen_end use_from use_to tool_free crew_free"
)
ALTERNATIVE = record("machine minutes")
MACHINE = record("is_batch capacity cycle matrix state")
OPEN = record("begin end before")  # an available interval and the available minutes before it
USE = record("operation material quantity")
STEP = record("minute total")  # cumulative supply from this minute on


class Shop(NamedTuple):
    """Read-only arrays; records keep what is read together in one cache line."""

    orders: Records
    ops: Records
    alternatives: Records
    machines: Records
    setup: Ints  # matrices x families x families, flat
    families: int
    pool_count: Ints  # pieces of a tool, people of a crew
    window: Ints  # machines x (pools + 1), flat: window of machine and crew (column 0: no crew), -1: not needed
    window_ptr: Ints
    opens: Records
    uses: Records
    stock_ptr: Ints
    stock: Records
    makespan: int  # 1: minimise the makespan instead of weighted tardiness


class Names(NamedTuple):
    """How numbers read back as ids."""

    orders: list[str]
    operations: list[str]
    machines: list[str]
    pools: list[str]


def build_shop(problem: Problem, without: Iterable[str | None] = ()) -> tuple[Shop, Names]:
    """Turn the orders not named in ``without`` into arrays; every order left must be free of faults."""
    left_out = set(without)
    orders = [order for order in problem.orders if order.id not in left_out]
    ops = [op for order in orders for op in order.operations]
    windows = Windows(problem)
    machines = _usable_machines(problem, ops, windows)
    pools = _binding_pools(problem, ops)
    return _assemble(problem, orders, ops, machines, pools, windows), Names(
        [o.id for o in orders], [op.id for op in ops], [r.id for r in machines], [r.id for r in pools]
    )


def _usable_machines(problem: Problem, ops: Sequence[Operation], windows: Windows) -> list[Resource]:
    used = {a.resource for op in ops for a in op.alternatives}
    machines: dict[str, Resource] = {}
    for r in problem.resources:
        if r.id in used and r.kind in ("machine", "batch") and windows(r):
            machines.setdefault(r.id, r)
    return list(machines.values())


def _binding_pools(problem: Problem, ops: Sequence[Operation]) -> list[Resource]:
    """Keep crews (for their calendars) and the tools that fewer pieces exist of than operations want."""
    users: dict[str, int] = defaultdict(int)
    for op in ops:
        for name in (op.tool, op.crew):
            if name:
                users[name] += 1
    return [r for r in problem.resources if r.id in users and (r.kind == "crew" or r.count < users[r.id])]


def _assemble(
    problem: Problem,
    orders: list[Order],
    ops: list[Operation],
    machines: list[Resource],
    pools: list[Resource],
    windows: Windows,
) -> Shop:
    number = {r.id: i for i, r in enumerate(machines)}
    pool = {r.id: i for i, r in enumerate(pools)}
    family = _numbering([f for m in problem.setup_matrices.values() for f in m.families])
    alternatives = [[(number[a.resource], a.minutes) for a in op.alternatives if a.resource in number] for op in ops]
    matrix_of, setup = _setup_arrays(problem, family)
    counts = _effective_counts(ops, pools)
    sizes = [len(order.operations) for order in orders]
    bounds = _offsets(sizes)
    operations = _operation_table(ops, sizes, alternatives, number, pool, family, counts, problem, windows)
    choices = _table(ALTERNATIVE, [pair for row in alternatives for pair in row])
    table, window_ptr, opens = _window_arrays(machines, pools, operations, choices, windows)
    materials = _material_arrays(problem, ops)
    return Shop(
        orders=_table(
            ORDER,
            [(bounds[k], bounds[k + 1], max(o.release, 0), o.due, o.weight) for k, o in enumerate(orders)],
        ),
        ops=operations,
        alternatives=choices,
        machines=_table(
            MACHINE,
            [
                (
                    r.kind == "batch",
                    r.capacity or 0,
                    r.cycle_minutes or 0,
                    matrix_of.get(r.setup_matrix, NONE) if r.setup_matrix else NONE,
                    family.get(r.setup_state, NONE) if r.setup_state else NONE,
                )
                for r in machines
            ],
        ),
        setup=setup,
        families=len(family),
        pool_count=_ints(counts),
        window=table,
        window_ptr=window_ptr,
        opens=opens,
        uses=materials[0],
        stock_ptr=materials[1],
        stock=materials[2],
        makespan=int(problem.objective == "makespan"),
    )


def _operation_table(
    ops: Sequence[Operation],
    sizes: Sequence[int],
    alternatives: list[list[tuple[int, int]]],
    number: dict[str, int],
    pool: dict[str, int],
    family: dict[str, int],
    counts: Sequence[int],
    problem: Problem,
    windows: Windows,
) -> Records:
    key = _numbering([op.batch_key for op in ops if op.batch_key is not None])
    alt_at = _offsets([len(row) for row in alternatives])
    use_at = _offsets([len(op.consumes) for op in ops])
    table = np.zeros(len(ops), dtype=OPERATION)
    table["order"] = np.repeat(np.arange(len(sizes)), sizes)
    table["alt_from"], table["alt_to"] = alt_at[:-1], alt_at[1:]
    table["use_from"], table["use_to"] = use_at[:-1], use_at[1:]
    table["family"] = [family.get(op.family, NONE) if op.family else NONE for op in ops]
    table["tool"] = [pool.get(op.tool, NONE) if op.tool else NONE for op in ops]
    table["crew"] = [pool.get(op.crew, NONE) if op.crew else NONE for op in ops]
    table["batch_key"] = [NONE if op.batch_key is None else key[op.batch_key] for op in ops]
    table["load"] = [op.load or 0 for op in ops]
    table["min_gap"] = [op.min_gap_after for op in ops]
    table["max_gap"] = [NONE if op.max_gap_after is None else op.max_gap_after for op in ops]
    table["frozen_machine"] = NONE
    resources = {r.id: r for r in problem.resources}
    for i, op in enumerate(ops):
        if op.frozen is not None:
            end = frozen_end(windows, op, resources)
            place = number[op.frozen.resource], op.frozen.start, NEVER if end is None else end
            table["frozen_machine"][i], table["frozen_start"][i], table["frozen_end"][i] = place
    pieces = _ints([*counts, 0])  # the last for -1: nothing held
    free_at = _offsets(np.column_stack([pieces[table["tool"]], pieces[table["crew"]]]).reshape(-1))
    table["tool_free"], table["crew_free"] = free_at[:-1:2], free_at[1::2]
    return table


def _table(dtype: np.dtype[np.void], rows: Sequence[tuple[int, ...]]) -> Records:
    """Return rows of equal length as records; one plain array first, which numpy fills several times faster."""
    return np.array(rows, dtype=np.int64).reshape(len(rows), len(dtype.names or ())).view(dtype).reshape(-1)


def _ints(values: Iterable[int | bool]) -> Ints:
    return np.array([int(v) for v in values], dtype=np.int64)


def _offsets(sizes: Iterable[int]) -> Ints:
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(_ints(sizes))])


def _numbering(names: Iterable[str]) -> dict[str, int]:
    out: dict[str, int] = {}
    for name in names:
        out.setdefault(name, len(out))
    return out


def _setup_arrays(problem: Problem, family: dict[str, int]) -> tuple[dict[str, int], Ints]:
    size = len(family)
    number: dict[str, int] = {}
    blocks = [np.zeros(1, dtype=np.int64)] if not problem.setup_matrices else []
    for name, matrix in problem.setup_matrices.items():
        number[name] = len(number)
        block = np.zeros((size, size), dtype=np.int64)
        for i, one in enumerate(matrix.families):
            for j, two in enumerate(matrix.families):
                if i < len(matrix.minutes) and j < len(matrix.minutes[i]):
                    block[family[one], family[two]] = matrix.minutes[i][j]
        blocks.append(block.reshape(-1))
    return number, np.concatenate(blocks)


def _effective_counts(ops: Sequence[Operation], pools: Sequence[Resource]) -> list[int]:
    """More pieces than users never bind, and every user carries one free time per piece."""
    users: dict[str, int] = defaultdict(int)
    for op in ops:
        for name in (op.tool, op.crew):
            if name:
                users[name] += 1
    return [max(1, min(r.count, users[r.id])) for r in pools]


def _window_arrays(
    machines: Sequence[Resource], pools: Sequence[Resource], ops: Records, alternatives: Records, windows: Windows
) -> tuple[Ints, Ints, Records]:
    """Intersect calendars once per pair of machine and crew that some operation uses; equal ones share a window."""
    columns = len(pools) + 1
    table = np.full(len(machines) * columns, NONE, dtype=np.int64)
    known: dict[tuple[Interval, ...], int] = {}
    crew = np.repeat(ops["crew"], ops["alt_to"] - ops["alt_from"])
    places = alternatives["machine"] * columns
    for place in np.unique(np.concatenate([places, places + crew + 1])).tolist():
        m, column = divmod(place, columns)
        open_ = tuple(windows(machines[m], pools[column - 1] if column else None))
        table[place] = known.setdefault(open_, len(known))
    rows = []
    for open_ in known:
        done = 0
        for begin, end in open_:
            rows.append((begin, end, done))
            done += end - begin
    return table, _offsets([len(open_) for open_ in known]), _table(OPEN, rows)


def _material_arrays(problem: Problem, ops: Sequence[Operation]) -> tuple[Records, Ints, Records]:
    """Cumulative supply per (item, owner) as steps; the stock at hand counts from before the plan."""
    number = _numbering_pairs((c.item, c.owner) for op in ops for c in op.consumes)
    steps: list[list[tuple[int, int]]] = [[(-FOREVER, 0)] for _ in number]
    for m in problem.materials:
        if (m.item, m.owner) in number:
            rows = steps[number[m.item, m.owner]]
            rows[0] = (-FOREVER, rows[0][1] + m.on_hand)
            rows += m.receipts
    for rows in steps:
        rows.sort()
    ladder = []
    for rows in steps:
        total = 0
        for minute, quantity in rows:
            total += quantity
            ladder.append((minute, total))
    uses = [(i, number[c.item, c.owner], c.quantity) for i, op in enumerate(ops) for c in op.consumes]
    return _table(USE, uses), _offsets([len(rows) for rows in steps]), _table(STEP, ladder)


def _numbering_pairs(pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    out: dict[tuple[str, str], int] = {}
    for pair in pairs:
        out.setdefault(pair, len(out))
    return out
