"""The Python that goes down steps to the place a rule reads: loops one in the other, as ``reader_run.find`` would go.

A site and its steps enter, lines of source leave. Places that are named or asked for on the way are noted as there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from itertools import takewhile

from hub.mapping.emit import Code, element_bits
from hub.mapping.paths import PathStep
from hub.mapping.reader_run import Steps
from hub.mapping.runsteps import run_steps
from hub.mapping.site import Site

Way = tuple[PathStep, ...]


class StepWriter:
    """Writes ways down, of one item at a time."""

    def __init__(self, code: Code) -> None:
        self.code = code
        self._passed = frozenset[Way]()
        self._users = Counter[Way]()
        self._optional = set[Way]()
        self._reached: dict[Way, str] = {}

    def begin(self, sites: Collection[Site]) -> None:
        """Turn to the places of another item."""
        self._passed = passed(site.take.steps for site in sites if _is_way(site))
        self._optional = {site.take.steps for site in sites if _is_way(site) and not goes_down(site)}
        self._users = Counter(
            prefix for site in sites if goes_down(site) for prefix in _plain_prefixes(site.take.steps)
        )
        self._reached = {}

    def reach(self, site: Site) -> None:
        """Write down once what stands where several ways go through, and nothing is asked for: ``w1``, ``w2`` …"""
        for prefix in _plain_prefixes(site.take.steps) if goes_down(site) else ():
            if self._users[prefix] > 1 and prefix not in self._reached:
                self._reached[prefix] = self.code.fresh("w")
                self._write_reached(prefix)

    def way(self, site: Site, *, contested: bool) -> None:
        """Write out the way to the first place that fits whole, one loop in the other, as ``find`` would go it.

        A place that another way of the same item has named already is gone through, and no other of its like.
        """
        code, steps = self.code, site.take.steps
        if steps in self._reached and not contested:
            code.add(f"{site.node} = {self._reached[steps]}[0] if {self._reached[steps]} else None")
        else:
            code.add(f"{site.node} = None")
            self._down_from_reached(site, contested=contested)
        if steps in self._reached:
            self._name(site)

    def _down_from_reached(self, site: Site, *, contested: bool) -> None:
        steps = run_steps(site.take.steps)
        reached = [prefix for prefix in _plain_prefixes(site.take.steps) if prefix in self._reached]
        if not reached:
            self._down(site, steps, contested=contested, depth=0)
            return
        depth = len(reached[-1])
        with self.code.block(f"for a{depth - 1} in {self._reached[reached[-1]]}:"):
            self._down(site, steps, contested=contested, depth=depth)
            if not self._ends_at_once(site, depth, contested=contested):
                self.code.add(f"if {site.node} is not None: break")

    def _name(self, site: Site) -> None:
        """Write out that the place found is the one that all further ways go through, of those that were reached."""
        steps = site.take.steps
        reached = self._reached[steps]
        with self.code.block(f"if {site.node} is not None and len({reached}) > 1:"):
            self.code.add(f"{reached} = ({site.node},)")
            for longer in self._reached:
                if longer[: len(steps)] == steps and longer != steps:
                    self._write_reached(longer)
        if any(way[: len(steps)] == steps for way in self._optional):  # those are gone by ``find``
            self.code.add(f"if {site.node} is not None: B[{run_steps(steps)[-1][3]!r}] = {site.node}")

    def _write_reached(self, way: Way) -> None:
        above, tag = self._reached.get(way[:-1]), way[-1].tag
        if above is None:
            self.code.add(f"{self._reached[way]} = c.get({tag!r}, ())")
        else:
            one = f"{above}[0].children.get({tag!r}, ()) if len({above}) == 1"
            self.code.add(f"{self._reached[way]} = {one} else beneath({above}, {tag!r}) if {above} else ()")

    def _ends_at_once(self, site: Site, depth: int, *, contested: bool) -> bool:
        """Say whether the step at ``depth`` is the last and any place will do there: then its line leaves the loop."""
        steps = site.take.steps
        asks = contested or steps in self._passed or any(step.conditions for step in steps)
        return depth == len(steps) - 1 and not asks

    def _down(self, site: Site, steps: Steps, *, contested: bool, depth: int) -> None:
        code, take = self.code, site.take
        tag, conditions, _, key = steps[depth]
        node, children = f"a{depth}", f"a{depth - 1}.children" if depth else "c"
        if self._ends_at_once(site, depth, contested=contested):
            code.add(f"b = {children}.get({tag!r})")
            code.add(f"if b: {site.node} = b[0]; break")
            return
        last = depth == len(steps) - 1
        shared = take.steps[: depth + 1] in self._passed
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
            if last:
                self._arrive(site, steps, contested=contested)
                return
            self._down(site, steps, contested=contested, depth=depth + 1)
            if not self._ends_at_once(site, depth + 1, contested=contested):
                code.add(f"if {site.node} is not None: break")

    def _arrive(self, site: Site, steps: Steps, *, contested: bool) -> None:
        """Write down what was found: which places are named and claimed by it, and what was asked of them."""
        code, take = self.code, site.take
        for depth, (_, conditions, _, key) in enumerate(steps):
            last = depth == len(steps) - 1
            if conditions:
                bits = element_bits([c.part for c in take.steps[depth].conditions])
                code.add(f"S[a{depth}] = S.get(a{depth}, 0) | {bits}")
            if (conditions or last) and take.steps[: depth + 1] in self._passed:
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


def passed(ways: Iterable[Way]) -> frozenset[Way]:
    """Return the ways down by which a place is named that other ways of the same item go through or end at, too."""
    all_ways = set(ways)
    named = all_ways | {way[:n] for way in all_ways for n in range(1, len(way)) if way[n - 1].conditions}
    return frozenset(way for way in named if sum(other[: len(way)] == way for other in all_ways) > 1)


def goes_down(site: Site) -> bool:
    """Whether its way is written out here: from its item, over more than one step, none of which may be missing."""
    return _is_way(site) and not any(step.optional for step in site.take.steps)


def _is_way(site: Site) -> bool:
    return site.take.anchor.kind == "own" and len(site.take.steps) > 1


def _plain_prefixes(way: Way) -> list[Way]:
    """Return the beginnings of a way, without its end, in which nothing is asked for."""
    plain = takewhile(lambda step: not step.conditions, way[:-1])
    return [way[: n + 1] for n, _ in enumerate(plain)]
