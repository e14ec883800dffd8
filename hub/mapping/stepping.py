"""The Python that goes down steps to the place a rule reads: loops one in the other, as ``reader_run.find`` would go.

A site and its steps enter, lines of source leave. Places that are named or asked for on the way are noted as there.
"""

from __future__ import annotations

from hub.mapping.emit import Code, element_bits
from hub.mapping.paths import PathStep
from hub.mapping.reader_run import Steps
from hub.mapping.runsteps import run_steps
from hub.mapping.site import Selector, Site


class StepWriter:
    """Writes ways down."""

    def __init__(self, code: Code) -> None:
        self.code = code

    def way(
        self, site: Site, steps: Steps, named: frozenset[tuple[PathStep, ...]], *, contested: bool, depth: int = 0
    ) -> None:
        """Write out the way to the first place that fits whole, one loop in the other, as ``find`` would go it.

        A place that another way of the same item has ``named`` already is gone through, and no other of its like.
        """
        code, take = self.code, site.take
        tag, conditions, _, key = steps[depth]
        node, children = f"a{depth}", f"a{depth - 1}.children" if depth else "c"
        last = depth == len(steps) - 1
        shared = take.steps[: depth + 1] in named
        if last and not (contested or shared or any(step.conditions for step in take.steps)):
            code.add(f"b = {children}.get({tag!r})")
            code.add(f"if b: {site.node} = b[0]; break")
            return
        nodes = f"{children}.get({tag!r}, ())"
        if shared:
            nodes = f"(B[{key!r}],) if {key!r} in B else {nodes}"
        with code.block(f"for {node} in {nodes}:"):
            tests = self.tests(take.steps[depth], node)
            if contested and (conditions or last):
                tests.insert(0, f"{node} not in Z")
            if tests and shared:
                tests = [f"({key!r} in B or {' and '.join(tests)})"]
            if tests:
                code.add(f"if not ({' and '.join(tests)}): continue")
            if not last:
                self.way(site, steps, named, contested=contested, depth=depth + 1)
                code.add(f"if {site.node} is not None: break")
                return
            self._arrive(site, steps, named, contested=contested)

    def _arrive(self, site: Site, steps: Steps, named: frozenset[tuple[PathStep, ...]], *, contested: bool) -> None:
        """Write down what was found: which places are named and claimed by it, and what was asked of them."""
        code, take = self.code, site.take
        for depth, (_, conditions, _, key) in enumerate(steps):
            last = depth == len(steps) - 1
            if conditions:
                bits = element_bits([c.part for c in take.steps[depth].conditions])
                code.add(f"S[a{depth}] = S.get(a{depth}, 0) | {bits}")
            if (conditions or last) and take.steps[: depth + 1] in named:
                code.add(f"B[{key!r}] = a{depth}")
            if (conditions or last) and contested:
                code.add(f"Z.add(a{depth})")
        code.add(f"{site.node} = a{len(steps) - 1}; break")

    def tests(self, step: PathStep, node: str) -> list[str]:
        """Return the Python that says whether a node holds what the step's conditions ask for."""
        if not step.conditions:
            return []
        if any(c.component for c in step.conditions):
            return [f"fits({node}, {self.code.constant(run_steps((step,))[0][1])})"]
        longest = max((c.part for c in step.conditions if c.value), default=0)
        tests = [f"len({node}.values) > {longest}"] if longest else []
        for c in step.conditions:
            said = f"{node}.values[{c.part}]"
            if c.value:
                tests.append(f"{said} == {c.value!r}")
            else:  # nothing may stand there
                tests.append(f"(len({node}.values) <= {c.part} or not {said})")
        return tests


def passed(sites: dict[Selector, Site]) -> frozenset[tuple[PathStep, ...]]:
    """Return the ways down by which a place is named that other ways of the same item go through or end at, too."""
    ways = {site.take.steps for site in sites.values() if site.take.anchor.kind == "own" and len(site.take.steps) > 1}
    named = ways | {way[:length] for way in ways for length in range(1, len(way)) if way[length - 1].conditions}
    return frozenset(way for way in named if sum(other[: len(way)] == way for other in ways) > 1)
