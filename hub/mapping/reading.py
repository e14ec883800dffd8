"""The Python that reads: one function per place of a list, straight down, no map left to look at.

A ``Plan`` enters, source and the values it names leave. ``read`` of the compiled module takes the tree's
root and a ``Reading``; it returns the document or None. The order in which places are claimed is that of
docs/mapping.md: lines before lists, of each those with conditions first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Any

from hub.mapping import reader_run
from hub.mapping.build import Builder
from hub.mapping.emit import Code, element_bits
from hub.mapping.paths import PathStep
from hub.mapping.plan import Listing, Plan, Rule, Take, Variant
from hub.mapping.readvalue import ValueReader
from hub.mapping.runsteps import run_steps
from hub.mapping.site import Selector, Site
from hub.mapping.stepping import StepWriter, goes_down
from hub.mapping.tables import CodeMap


def write_reader(plan: Plan, tables: dict[str, CodeMap], *, traced: bool) -> tuple[str, dict[str, Any]]:
    """Return the source that reads documents of ``plan``, and the values it names."""
    return _Reader(plan, tables, traced=traced).write()


class _Reader:
    def __init__(self, plan: Plan, tables: dict[str, CodeMap], *, traced: bool) -> None:
        self.plan = plan
        self.traced = traced
        self.code = Code()
        self.code.names.update(
            {
                name: getattr(reader_run, name)
                for name in ("below", "find", "find_all", "ways", "texts", "parts_read", "fits")
            }
        )
        self.code.names.update(component=reader_run.component, first=reader_run.first, NONE=[""] * 100)
        self.values = ValueReader(self.code, plan, tables)
        self.builder = Builder(self.code, plan)
        self.contested = contested(plan)
        self.layout: dict[int, tuple[Any, ...]] = {}
        self.variant = plan.root
        self.steps = StepWriter(self.code)

    def write(self) -> tuple[str, dict[str, Any]]:
        for variant in self.plan.variants:
            self._variant(variant)
        with self.code.block("def read(root, X):"):
            self.code.add("return r0(root, 0, None, X)")
        self.code.names["LAYOUT"] = self.layout
        return self.code.text(), self.code.names

    # one place -------------------------------------------------------------------------------------------------------

    def _variant(self, variant: Variant) -> None:
        code = self.code
        self.variant = variant
        with code.block(f"def r{variant.number}({', '.join(parameters(variant))}):"):
            code.add("S = X.seen; c = n.children")
            if any(self.contested.values()):
                code.add("Z = X.claimed")
            sites = self._sites(variant)
            self._mark_levels(variant)
            self._resolve_all(sites)
            self.values.begin(variant, sites, self)
            ordered = sorted((rule for rule in variant.rules if rule.reads), key=_dependent)
            for node, rules in groupby(ordered, key=self.values.only_place):
                self.values.rules(list(rules), node)
            for constant in variant.constants:
                self._constant(sites, constant.take, constant.value, constant.number)
            if variant is self.plan.root:
                self._publish(variant)
            for index, listing in sorted(enumerate(variant.lists), key=lambda pair: _unconditioned(pair[1])):
                self._list(variant, listing, f"y{index}")
            self.layout[variant.number] = tuple(sites)
            note = ", ".join(
                [str(variant.number), "P", "n", "g" if variant.group else "0", *(s.node for s in sites.values())]
            )
            self.builder.document(variant, f"X.trace += ({note},)" if self.traced else None)

    def _sites(self, variant: Variant) -> dict[Selector, Site]:
        """Return the places this variant's single-valued rules take, in the order they are claimed."""
        sites: dict[Selector, Site] = {}
        for rule in variant.rules:
            for position, take in enumerate(rule.takes):
                if rule.reads and not (take.every or take.path.number) and not rule.source.sequence:
                    site = self._site(sites, take)
                    site.lazy = site.lazy and position > 0
                    self._need(site, rule, take, static=position == 0)
        for constant in variant.constants:
            site = self._site(sites, constant.take)
            site.lazy = False
            site.mask |= element_bits(constant.take.path.parts)
            site.width = max(site.width, constant.take.path.parts[0] + 1)
        return dict(sorted(sites.items(), key=lambda item: _claim_order(item[1].take)))

    def _site(self, sites: dict[Selector, Site], take: Take) -> Site:
        if take.selector not in sites:
            node = take.anchor.name if not take.steps else self.code.fresh("p")
            sites[take.selector] = Site(take, node, self.code.fresh("v"), self.code.fresh("h"))
            last = take.steps[-1] if take.steps else None
            if last is not None:
                sites[take.selector].mask |= element_bits([c.part for c in last.conditions])
        return sites[take.selector]

    def _need(self, site: Site, rule: Rule, take: Take, *, static: bool) -> None:
        path = take.path
        site.width = max([site.width, *(e + 1 for e in path.parts), *(c.part + 1 for c in path.conditions)])
        if path.qualifier is not None and path.qualifier not in site.qualifiers:
            site.qualifiers.append(path.qualifier)
        group = take.record.group
        if (path.qualifier is not None or path.member is not None) and group is not None:
            site.width = max(site.width, group.last + 1)
        if path.component and path.parts:
            site.parts.setdefault(path.parts[0], set()).add(path.component)
        elif static and not path.conditions and rule.source.guard is None:
            site.mask |= element_bits(path.parts)

    def _mark_levels(self, variant: Variant) -> None:
        own = variant.step
        if own is not None and own.conditions:
            self.code.add(f"S[n] = S.get(n, 0) | {element_bits([c.part for c in own.conditions])}")
        for index, level in enumerate(variant.outer):
            if level.step.conditions:
                bits = element_bits([c.part for c in level.step.conditions])
                self.code.add(f"if o{index} is not None: S[o{index}] = S.get(o{index}, 0) | {bits}")

    def _resolve_all(self, sites: dict[Selector, Site]) -> None:
        if any(len(site.take.steps) > 1 for site in sites.values()):
            self.code.add("B = {}")
        self.steps.begin(sites.values(), _lists(self.variant))
        for site in sites.values():
            if site.lazy and site.take.steps:
                self.code.add(f"{site.node} = None; {site.nothing}")
            else:
                self.resolve(site)

    def resolve(self, site: Site) -> None:
        """Write out how the place is found, and its values laid out with blanks to read from."""
        code, take = self.code, site.take
        if take.anchor.kind != "outer" and len(take.steps) == 1:
            self._find_beneath(site)
            return
        if take.steps:
            self._find(site)
        if take.steps or take.anchor.kind == "outer":
            with code.block(f"if {site.node} is not None:"):
                self._open(site)
            with code.block("else:"):
                code.add(site.nothing)
        else:
            self._open(site)

    def _find(self, site: Site) -> None:
        take, code = site.take, self.code
        claimed = "Z" if self.is_contested(take) else "None"
        above = f"{take.anchor.name}"
        if goes_down(site):
            self.steps.way(site, contested=claimed == "Z")
            return
        bound = "B" if len(take.steps) > 1 else "{}"
        steps = code.constant(run_steps(take.steps))
        test = f" if {above} is not None else None" if take.anchor.kind == "outer" else ""
        code.add(f"{site.node} = find({above}, {steps}, {claimed}, {bound}, S){test}")

    def _find_beneath(self, site: Site) -> None:
        """Write out how a place directly beneath is found and opened: most that a map knows are not there."""
        take, code, step = site.take, self.code, site.take.steps[0]
        children = "c" if take.anchor.kind == "own" else f"{take.anchor.name}.children"
        contested = self.is_contested(take)
        if not step.conditions and not contested:
            code.add(f"{site.node} = {children}.get({step.tag!r})")
            with code.block(f"if {site.node}:"):
                code.add(f"{site.node} = {site.node}[0]")
                self._open(site)
            with code.block("else:"):
                code.add(f"{site.node} = None; {site.nothing}")
            return
        code.add(f"{site.node} = None; {site.nothing}")
        with self._each_beneath(children, step.tag, "a"):
            tests = ["a not in Z"] if contested else []
            with code.block(f"if {' and '.join([*tests, *self.steps.tests(step, 'a')])}:"):
                code.add(f"{site.node} = a" + ("; Z.add(a)" if contested else ""))
                self._open(site)
                code.add("break")

    @contextmanager
    def _each_beneath(self, children: str, tag: str, node: str) -> Iterator[None]:
        """Write the loop over the places ``tag`` of ``children``, which is not begun where there are none."""
        with self.code.block(f"if {tag!r} in {children}:"), self.code.block(f"for {node} in {children}[{tag!r}]:"):
            yield

    def _open(self, site: Site) -> None:
        code = self.code
        code.add(f"{site.values} = {site.node}.values")
        if site.qualifiers:
            self._scan_groups(site)
        if site.mask:
            code.add(f"S[{site.node}] = S.get({site.node}, 0) | {site.mask}")
        blanks = code.constant(("",) * site.width)
        with code.block(f"if len({site.values}) < {site.width}:"):
            code.add(f"{site.values} = [*{site.values}, *{blanks}]")
        for element, parts in site.parts.items():
            kept = code.constant(frozenset(parts))
            code.add(f"if {site.values}[{element}]: parts_read(X, {site.node}, {element}, {kept})")

    def _scan_groups(self, site: Site) -> None:
        code, group = self.code, site.take.record.group
        assert group is not None
        wanted = code.constant(frozenset(site.qualifiers))
        code.add(f"{site.groups} = {{}}; m = 0")
        with code.block(f"for j in range({group.first}, min(len({site.values}), {group.last + 1}), {group.size}):"):
            code.add(f"q = {site.values}[j]")
            with code.block(f"if q in {wanted} and q not in {site.groups}:"):
                code.add(f"{site.groups}[q] = j; m |= {(1 << group.size) - 1} << j")
        code.add(f"S[{site.node}] = S.get({site.node}, 0) | m")
        code.add(f"X.groups[{site.node}] = set({site.groups}.values())")

    def is_contested(self, take: Take) -> bool:
        """Say whether several selectors may want the same segment, so that claims must be kept."""
        return take.anchor.kind == "own" and bool(
            self.contested.get((*self.variant.tags, *(step.tag for step in take.steps)))
        )

    def all_beneath(self, way: tuple[PathStep, ...]) -> str | None:
        """Return the variable of what stands beneath all places at the end of ``way``; None where there is none."""
        return self.steps.all_beneath(way)

    def _constant(self, sites: dict[Selector, Site], take: Take, value: str, number: int) -> None:
        site, element = sites[take.selector], take.path.parts[0]
        text = (
            f"{site.values}[{element}]"
            if not take.path.component
            else f"component({site.values}[{element}], {take.path.component})"
        )
        with self.code.block(f"if {text} and {text} != {value!r}:"):
            self.code.add(f"X.constant({number}, {site.node}, {element}, {text}, {value!r}, P)")

    def _publish(self, variant: Variant) -> None:
        """Make known to the items what they take from the document: its currency, fields of guards."""
        for rule in variant.rules:
            if rule.reads and rule.field == "currency":
                self.code.add(f"X.currency = x{rule.number}")
            if rule.reads and "." not in rule.field:
                self.code.add(f"X.fields[{rule.field!r}] = x{rule.number}")

    # lists -----------------------------------------------------------------------------------------------------------

    def _list(self, above: Variant, listing: Listing, name: str) -> None:
        self.code.add(f"{name} = []")
        if len(listing.variants) == 1:
            self._one_place(above, listing.variants[0], listing.name, name)
            return
        found = self.code.fresh("L")
        self.code.add(f"{found} = []")
        for index, variant in enumerate(listing.variants):
            self._walk(
                above,
                variant,
                lambda way, own, start, k=index: f"{found}.append(({own}.position, {k}, {way}, {start}))",
            )
        with self.code.block(f"for _, k, w, g in sorted({found}, key=lambda each: each[0]) if {found} else ():"):
            self.code.add(f"t = (P, {listing.name!r}, len({name}))")
            for index, variant in enumerate(listing.variants):
                nodes = [f"w[{i}]" for i in range(len(variant.outer))]
                with self.code.block(f"{'if' if index == 0 else 'elif'} k == {index}:"):
                    self.code.add(f"e = r{variant.number}({', '.join(self._arguments(variant, 'w[-1]', nodes, name))})")
            self.code.add(f"if e is not None: {name}.append(e)")

    def _one_place(self, above: Variant, variant: Variant, listing: str, name: str) -> None:
        def call(way: str, own: str, start: str) -> str:
            nodes = [f"{way}[{i}]" for i in range(len(variant.outer))]
            arguments = self._arguments(variant, own, nodes, name, trail=f"(P, {listing!r}, len({name}))", start=start)
            return f"e = r{variant.number}({', '.join(arguments)})\nif e is not None: {name}.append(e)"

        self._walk(above, variant, call)

    def _arguments(
        self, variant: Variant, own: str, outer: list[str], name: str, trail: str = "t", start: str = "g"
    ) -> list[str]:
        group = [start] if variant.group else []
        return [own, *outer, *group, f"len({name})", trail, "X"]

    def _walk(self, above: Variant, variant: Variant, act: Any) -> None:
        """Write the loop over the places of ``variant``; ``act`` gives what is done at each."""
        code = self.code
        if variant.in_place and not variant.outer:
            if variant.group is None:
                least = _least_part(variant)
                with code.block_if(f"len(n.values) > {least}" if least else None):
                    self._act(act("()", "n", "0"))
            else:
                self._groups("n", variant, act, "(n,)")
            return
        if not variant.outer and variant.step is not None:
            with self._each_beneath("c", variant.step.tag, "a"):
                self._claim(variant)
                self._act(act("(a,)", "a", "0"))
            return
        steps = [level.step for level in variant.outer] + ([variant.step] if variant.step else [])
        if not any(step.optional for step in steps):
            above_all = self.all_beneath(tuple(steps[:-1])) if len(steps) > 1 else None
            with code.block_if(f"{steps[-1].tag!r} in {above_all}" if above_all else None):
                self._down(variant, act, steps, [])
            return
        constant = code.constant(run_steps(tuple(steps)))
        some = "" if steps[0].optional else f" if {steps[0].tag!r} in c else ()"
        with code.block(f"for way in ways(n, {constant}){some}:"):
            if variant.group is not None:
                self._groups("way[-1]", variant, act, "way")
            else:
                code.add("a = way[-1]")
                self._claim(variant, tested=True)
                self._act(act("way", "a", "0"))

    def _down(self, variant: Variant, act: Any, steps: Sequence[PathStep], outer: list[str]) -> None:
        """Write one loop in the other over places that are there: in the order they stand in."""
        code, children = self.code, f"{outer[-1]}.children" if outer else "c"
        node = "a" if len(steps) == 1 else f"o{len(outer)}_"
        with self._each_beneath(children, steps[0].tag, node):
            if steps[0].conditions:
                code.add(f"if not ({' and '.join(self.steps.tests(steps[0], node))}): continue")
            if len(steps) > 1:
                self._down(variant, act, steps[1:], [*outer, node])
                return
            way = f"({', '.join([*outer, node])},)"
            if variant.group is not None:
                self._groups(node, variant, act, way)
                return
            self._claim(variant, tested=True)
            code.add(f"way = {way}")
            self._act(act("way", node, "0"))

    def _claim(self, variant: Variant, *, tested: bool = False) -> None:
        """Skip what another selector claimed or the conditions refuse; claim the rest."""
        step = variant.step
        if step is None:
            return
        tests = [] if tested else [f"not ({test})" for test in self.steps.tests(step, "a")]
        contested = self.contested.get(variant.tags)
        if contested:
            tests.insert(0, "a in Z")
        if tests:
            self.code.add(f"if {' or '.join(tests)}: continue")
        if contested:
            self.code.add("Z.add(a)")

    def _groups(self, node: str, variant: Variant, act: Any, way: str) -> None:
        code, group = self.code, variant.group
        assert group is not None
        bits = (1 << group.size) - 1
        code.add(f"s = {node}; u = s.values; taken = X.groups.get(s, ())")
        with code.block(f"for g in range({group.first}, min(len(u), {group.last + 1}), {group.size}):"):
            code.add(f"if g in taken or not any(u[g:g + {group.size}]): continue")
            code.add(f"S[s] = S.get(s, 0) | {bits} << g")
            self._act(act(way, "s", "g"))

    def _act(self, text: str) -> None:
        for line in text.split("\n"):
            self.code.add(line)


def parameters(variant: Variant) -> list[str]:
    """Return the parameters of a variant's function: its node, outer nodes, group start, index, trail, context."""
    outer = [f"o{index}" for index in range(len(variant.outer))]
    return ["n", *outer, *(["g"] if variant.group else []), "i", "P", "X"]


def contested(plan: Plan) -> dict[tuple[str, ...], bool]:
    """Return the places, as tags from the top, that more than one selector claims."""
    claims: dict[tuple[str, ...], set[Any]] = {}
    for variant in plan.variants:
        for rule in variant.rules:
            for take in rule.takes:
                if take.steps and take.anchor.kind == "own" and rule.reads:
                    for length in range(1, len(take.steps) + 1):
                        if length == len(take.steps) or take.steps[length - 1].conditions:
                            tags = variant.tags + tuple(s.tag for s in take.steps[:length])
                            claims.setdefault(tags, set()).add((variant.number, take.steps[:length]))
        if variant.step is not None:
            claims.setdefault(variant.tags, set()).add((variant.number, "items"))
    return {tags: len(selectors) > 1 for tags, selectors in claims.items()}


def _lists(variant: Variant) -> list[tuple[PathStep, ...]]:
    """Return the ways down from an item to all places of a kind: of its lists, and of its rules that take many."""
    items = [each for listing in variant.lists for each in listing.variants]
    ways = [(*(level.step for level in each.outer), *([each.step] if each.step else [])) for each in items]
    listed = [take for rule in variant.rules if rule.reads and rule.listed for take in rule.takes]
    return [*ways, *(take.steps for take in listed if take.anchor.kind == "own")]


def _least_part(variant: Variant) -> int:
    """Return the first part of its parent's place that can say an item: with fewer there is none. 0: unknown."""
    rules = [rule for rule in variant.rules if rule.reads]
    takes = [take for rule in rules for take in rule.takes]
    said = variant.lists or variant.constants or variant.said_by or any(_says_of_itself(rule) for rule in rules)
    plain = all(take.anchor.kind == "own" and not take.steps and take.path.parts for take in takes)
    return min(part for take in takes for part in take.path.parts) if takes and plain and not said else 0


def _says_of_itself(rule: Rule) -> bool:
    """Whether a rule gives a value where nothing was sent."""
    return rule.source.word is not None or any(bound.codec.stage == "absent" for bound in rule.codecs)


def _dependent(rule: Rule) -> int:
    return 1 if rule.source.guard or any(bound.field for bound in rule.codecs) else 0


def _claim_order(take: Take) -> int:
    return 0 if any(step.conditions for step in take.steps) else 1


def _unconditioned(listing: Listing) -> int:
    steps = [variant.step for variant in listing.variants if variant.step is not None]
    return 0 if any(step.conditions for step in steps) else 1
