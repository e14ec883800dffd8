"""Compiled supply: every material serves its consumptions one after another, which makes it a release time of each."""

from __future__ import annotations

import numpy as np

from planning.engine.compiled import inner, kernel
from planning.engine.heap import touch
from planning.engine.schedule import Schedule
from planning.engine.shop import NEVER, Ints, Shop


@inner
def exchange_claims(shop: Shop, s: Schedule, material: int, one: int, two: int) -> None:
    """Swap places ``one`` and ``two`` (counted within the material) and serve the sequence again."""
    base = s.claim_ptr[material]
    kept = s.claim_order[base + one]
    s.claim_order[base + one] = s.claim_order[base + two]
    s.claim_order[base + two] = kept
    serve_material(shop, s, material)


@inner
def serve_material(shop: Shop, s: Schedule, material: int) -> None:
    """Work out from when each consumption is covered if the sequence is served in order."""
    total = 0
    step = shop.stock_ptr[material]
    for k in range(s.claim_ptr[material], s.claim_ptr[material + 1]):
        use = s.claim_order[k]
        s.claims[use].place = k - s.claim_ptr[material]
        total += shop.uses[use].quantity
        while step < shop.stock_ptr[material + 1] and shop.stock[step].total < total:
            step += 1
        floor = shop.stock[step].minute if step < shop.stock_ptr[material + 1] else NEVER
        floor = max(0, floor)
        if floor != s.claims[use].floor:
            s.claims[use].floor = floor
            lift_floor(shop, s, shop.uses[use].operation)


@inner
def lift_floor(shop: Shop, s: Schedule, op: int) -> None:
    """An operation may start when all its materials are covered."""
    floor = 0
    for u in range(shop.ops[op].use_from, shop.ops[op].use_to):
        floor = max(floor, s.claims[u].floor)
    if floor != s.links[op].material_floor:
        s.links[op].material_floor = floor
        if s.links[op].node >= 0:
            touch(s, s.links[op].node)


@kernel
def serve_in_order(shop: Shop, s: Schedule, by_start: Ints) -> None:
    """Let every material serve its consumers in start order, the frozen ones first."""
    fill = s.claim_ptr.copy()
    for frozen in range(2):
        for i in range(len(by_start)):
            op = by_start[i]
            if (shop.ops[op].frozen_machine >= 0) == (frozen == 0):
                for u in range(shop.ops[op].use_from, shop.ops[op].use_to):
                    material = shop.uses[u].material
                    s.claim_order[fill[material]] = u
                    fill[material] += 1
    placed = np.zeros(len(shop.uses), dtype=np.bool_)
    for material in range(len(s.claim_ptr) - 1):
        for k in range(s.claim_ptr[material], fill[material]):
            placed[s.claim_order[k]] = True
    for u in range(len(shop.uses)):
        material = shop.uses[u].material
        if not placed[u]:  # consumptions of operations that are not placed wait at the end
            s.claim_order[fill[material]] = u
            fill[material] += 1
    for material in range(len(s.claim_ptr) - 1):
        serve_material(shop, s, material)
