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
Tags = tuple[str, ...]


class _Reached:
    """What stands where several ways go through: the variables that hold it."""

    def __init__(self, code: Code) -> None:
        self.nodes = code.fresh("w")  # the places, or the one of them that was named
        self.beneath = code.fresh("d")  # what stands beneath these, by tag
        self.all_beneath = code.fresh("e")  # what stands beneath all of them, whichever was named


class StepWriter:
    """Writes ways down, of one item at a time."""

    def __init__(self, code: Code) -> None:
        self.code = code
        self._passed = frozenset[Way]()
        self._optional = set[Way]()
        self._reached: dict[Tags, _Reached] = {}

    def begin(self, sites: Collection[Site], lists: Iterable[Way]) -> None:
        """Turn to the places of another item, and to the ``lists`` that go down from it.

        Writes down once what stands where several ways go through, and nothing is asked for.
        """
        ways = [site.take.steps for site in sites if goes_down(site)]
        self._passed = passed(site.take.steps for site in sites if _is_way(site))
        self._optional = {site.take.steps for site in sites if _is_way(site) and not goes_down(site)}
        listed = [prefix for way in lists for prefix in _plain_prefixes(way)[: len(way) - 1]]
        users = Counter([*listed, *(prefix for way in ways for prefix in _plain_prefixes(way))])
        self._reached = {}
        for way in sorted(users, key=len):
            if users[way] > 1:
                self._reached[way] = _Reached(self.code)
                self._write_reached(way, also=self._reached[way].all_beneath if way in listed else "")

    def way(self, site: Site, *, contested: bool) -> None:
        """Write out the way to the first place that fits whole, one loop in the other, as ``find`` would go it.

        A place that another way of the same item has named already is gone through, and no other of its like.
        """
        code, reached = self.code, self._reached.get(_tags(site.take.steps)) if is_plain(site.take.steps) else None
        if reached is not None and not contested:
            code.add(f"{site.node} = {reached.nodes}[0] if {reached.nodes} else None")
        else:
            code.add(f"{site.node} = None")
            self._down_from_reached(site, contested=contested)
        if reached is not None:
            self._name(site, reached)

    def all_beneath(self, way: Way) -> str | None:
        """Return the variable of what stands beneath all places at the end of ``way``; None where none was written."""
        if not way:
            return "c"
        reached = self._reached.get(_tags(way)) if is_plain(way) else None
        return reached.all_beneath if reached is not None else None

    def _down_from_reached(self, site: Site, *, contested: bool) -> None:
        steps = run_steps(site.take.steps)
        reached = [prefix for prefix in _plain_prefixes(site.take.steps[:-1]) if prefix in self._reached]
        if not reached:
            self._down(site, steps, contested=contested, depth=0)
            return
        depth, through = len(reached[-1]), self._reached[reached[-1]]
        if self._ends_at_once(site, depth, contested=contested):
            self.code.add(f"b = {through.beneath}.get({steps[depth][0]!r})")
            self.code.add(f"if b: {site.node} = b[0]")
            return
        with self.code.block(f"for a{depth - 1} in {through.nodes}:"):
            self._down(site, steps, contested=contested, depth=depth)
            if not self._ends_at_once(site, depth, contested=contested):
                self.code.add(f"if {site.node} is not None: break")

    def _name(self, site: Site, reached: _Reached) -> None:
        """Write out that the place found is the one that all further ways go through, of those that were reached."""
        steps = site.take.steps
        with self.code.block(f"if {site.node} is not None and len({reached.nodes}) > 1:"):
            self.code.add(f"{reached.nodes} = ({site.node},); {reached.beneath} = {site.node}.children")
            for longer in self._reached:
                if longer[: len(steps)] == _tags(steps) and len(longer) > len(steps):
                    self._write_reached(longer)
        if any(way[: len(steps)] == steps for way in self._optional):  # those are gone by ``find``
            self.code.add(f"if {site.node} is not None: B[{run_steps(steps)[-1][3]!r}] = {site.node}")

    def _write_reached(self, way: Tags, also: str = "") -> None:
        """Write out what stands at the end of ``way`` and beneath, the latter in the variable ``also``, too."""
        above, reached = self._reached.get(way[:-1]), self._reached[way]
        nodes, beneath = reached.nodes, f"{also} = {reached.beneath}" if also else reached.beneath
        self.code.add(f"{nodes} = {above.beneath if above is not None else 'c'}.get({way[-1]!r}, ())")
        self.code.add(f"{beneath} = {nodes}[0].children if len({nodes}) == 1 else below({nodes}) if {nodes} else {{}}")

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
        longest = max((c.part for c in step.conditions if c.value != ""), default=0)
        tests = [f"len({node}.values) > {longest}"] if longest else []
        for c in step.conditions:
            said = f"{node}.values[{c.part}]"
            if c.value is None:
                tests.append(said)
            elif c.value:
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


def is_plain(way: Way) -> bool:
    """Whether nothing is asked for on a way, and nothing may be missing."""
    return not any(step.conditions or step.optional for step in way)


def _tags(way: Way) -> Tags:
    return tuple(step.tag for step in way)


def _plain_prefixes(way: Way) -> list[Tags]:
    """Return by their tags the beginnings of a way, and all of it, in which nothing is asked for."""
    plain = _tags(tuple(takewhile(lambda step: is_plain((step,)), way)))
    return [plain[: n + 1] for n in range(len(plain))]
