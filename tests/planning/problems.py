"""Random problems for the property tests: small shops with every feature of the format, valid by construction."""

from __future__ import annotations

from random import Random
from typing import Any

FAMILIES = ["red", "green", "blue"]


def random_problem(r: Random) -> dict[str, Any]:
    """Return a valid problem as the JSON a planner would read; small enough to solve in milliseconds."""
    calendars = _calendars(r)
    resources, machines, ovens, tools, crews = _resources(r, calendars)
    materials: dict[tuple[str, str], int] = {}
    orders = []
    for o in range(r.randint(0, 7)):
        ops = [_operation(r, f"O{o}-{k}", machines, ovens, tools, crews, materials) for k in range(r.randint(1, 4))]
        release = r.choice([0, 0, r.randint(0, 3000)])
        orders.append(
            {
                "id": f"O{o}",
                "release": release,
                "due": release + r.randint(0, 4000),
                "weight": r.choice([1, 1, 2, 5]),
                "operations": ops,
            }
        )
    return {
        "format": "planning-problem/1",
        "resources": resources,
        "setup_matrices": {
            "paint": {
                "families": FAMILIES,
                "minutes": [[0 if a == b else r.randint(0, 90) for b in FAMILIES] for a in FAMILIES],
            }
        },
        "calendars": calendars,
        "orders": orders,
        "materials": [_supply(r, item, owner, need) for (item, owner), need in sorted(materials.items())],
        "objective": r.choice(["weighted-tardiness"] * 4 + ["makespan"]),
    }


def _calendars(r: Random) -> dict[str, list[list[int]]]:
    shift = r.choice([480, 600, 960])
    days = [[d * 1440 + 360, d * 1440 + 360 + shift] for d in range(120) if d % 7 < 5]
    return {"shift": days, "always": [[0, 120 * 1440]]}


def _resources(r: Random, calendars: dict[str, Any]) -> Any:
    resources: list[dict[str, Any]] = []

    def calendar(resource: dict[str, Any]) -> dict[str, Any]:
        choice = r.choice([None, None, *calendars])
        if choice is not None:
            resource["calendar"] = choice
        if resource["kind"] in ("machine", "batch") and r.random() < 0.3:
            start = r.randint(0, 4000)
            resource["maintenance"] = [[start, start + r.randint(1, 900)]]
        return resource

    machines = [f"M{i}" for i in range(r.randint(1, 4))]
    for name in machines:
        machine: dict[str, Any] = {"id": name, "kind": "machine"}
        if r.random() < 0.7:
            machine["setup_matrix"] = "paint"
            if r.random() < 0.7:
                machine["setup_state"] = r.choice(FAMILIES)
        resources.append(calendar(machine))
    ovens = [f"oven{i}" for i in range(r.randint(0, 2))]
    resources += [
        calendar({"id": name, "kind": "batch", "capacity": r.randint(3, 8), "cycle_minutes": 240}) for name in ovens
    ]
    tools = [f"tool{i}" for i in range(r.randint(0, 2))]
    resources += [{"id": name, "kind": "tool", "count": r.randint(1, 2)} for name in tools]
    crews = [f"crew{i}" for i in range(r.randint(0, 2))]
    resources += [calendar({"id": name, "kind": "crew", "count": r.randint(1, 2)}) for name in crews]
    return resources, machines, ovens, tools, crews


def _operation(
    r: Random,
    name: str,
    machines: list[str],
    ovens: list[str],
    tools: list[str],
    crews: list[str],
    materials: dict[tuple[str, str], int],
) -> dict[str, Any]:
    op: dict[str, Any] = {"id": name}
    if ovens and r.random() < 0.25:
        chosen = r.sample(ovens, r.randint(1, len(ovens)))
        op["alternatives"] = [{"resource": m, "minutes": 240} for m in chosen]
        op["batch_key"] = r.choice(["steam", "gas"])
        op["load"] = r.randint(1, 3)
    else:
        chosen = r.sample(machines, r.randint(1, len(machines)))
        op["alternatives"] = [{"resource": m, "minutes": r.randint(1, 400)} for m in chosen]
        if r.random() < 0.7:
            op["family"] = r.choice(FAMILIES)
        if tools and r.random() < 0.4:
            op["tool"] = r.choice(tools)
        if crews and r.random() < 0.4:
            op["crew"] = r.choice(crews)
    if r.random() < 0.2:
        op["min_gap_after"] = r.randint(1, 300)
    if r.random() < 0.2:
        op["max_gap_after"] = op.get("min_gap_after", 0) + r.choice([0, 60, 5000])
    if r.random() < 0.3:
        key = (r.choice(["resin", "steel"]), r.choice(["own", "customer"]))
        quantity = r.randint(1, 20)
        op["consumes"] = [{"item": key[0], "owner": key[1], "quantity": quantity}]
        materials[key] = materials.get(key, 0) + quantity
    return op


def _supply(r: Random, item: str, owner: str, need: int) -> dict[str, Any]:
    on_hand = r.randint(0, need)
    receipts = [[r.randint(0, 4000), need - on_hand]] if need > on_hand else []
    if r.random() < 0.2:  # scarce: somebody goes without
        receipts = []
    return {"item": item, "owner": owner, "on_hand": on_hand, "receipts": receipts}
