"""The Python that writes: one function per place of a list, lines in file order, then lists.

A ``Plan`` enters, source and the values it names leave. ``write`` of the compiled module takes the document,
the tree's root and a ``Writing``. Places open when the first value is written into them, so a place with
nothing but conditions never exists; an item's own place always does.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from hub.formats.schema import Place
from hub.formats.tree import Node
from hub.kernel.generated import name_of
from hub.mapping import places_run, values, writer_run
from hub.mapping.cover import coverage, says_more
from hub.mapping.emit import Code, attribute
from hub.mapping.levels import LevelWriter
from hub.mapping.paths import PathStep
from hub.mapping.plan import Anchor, Constant, Listing, Plan, Rule, Take, Variant
from hub.mapping.runsteps import run_steps
from hub.mapping.shape import shape_at
from hub.mapping.tables import CodeMap
from hub.mapping.template import fixed_steps, template
from hub.mapping.writevalue import ValueWriter

Selector = tuple[Anchor, tuple[PathStep, ...]]
OWN_PLACE: Selector = (Anchor(), ())


def write_writer(plan: Plan, tables: dict[str, CodeMap]) -> tuple[str, dict[str, Any]]:
    """Return the source that writes documents of ``plan``, and the values it names."""
    return TreeWriter(plan, tables).write()


class TreeWriter:
    """Writes the writing functions of one plan."""

    def __init__(self, plan: Plan, tables: dict[str, CodeMap]) -> None:
        self.plan = plan
        self.code = Code()
        names = ("new", "loose_node", "frozen", "share", "adopt", "numbered", "fill")
        self.code.names.update({name: getattr(places_run, name) for name in names})
        for name in (
            "pad",
            "fold",
            "write_pack",
        ):
            self.code.names[name] = getattr(values, name)
        self.code.names["Node"] = Node
        self.values = ValueWriter(self, tables)
        self.levels = LevelWriter(self)
        self.variant = plan.root
        self.anchor = Anchor()
        self.nodes: dict[Selector, str] = {}
        self.opened: dict[Selector, bool] = {}
        self.hoisted: dict[str, str] = {}
        self.widths: dict[Selector, int] = {}
        self.shares: Counter[tuple[Selector, int, int]] = Counter()

    def write(self) -> tuple[str, dict[str, Any]]:
        for variant in reversed(self.plan.variants):
            for index in range(len(variant.outer)):
                self.levels.level(variant, index)
            self._item(variant)
            if variant.outer:
                self.levels.placing(variant, self._item_template(variant) if variant.step else None)
        with self.code.block("def write(d, n, X):"):
            self.code.add("w0(d, n, 0, None, X)")
        return self.code.text(), self.code.names

    # one item --------------------------------------------------------------------------------------------------------

    def _item(self, variant: Variant) -> None:
        code = self.code
        with code.block(f"def w{variant.number}(d, n, i, P, X):"):
            self.begin(variant, Anchor())
            if variant is self.plan.root:
                self._document_currency(variant)
            if variant.group is not None:
                code.add(f"m = [''] * {variant.group.size}")
            for rule in variant.rules:
                if rule.writes and self._here(rule):
                    self.values.rule(rule)
            if variant.group is not None:
                self._close_group(variant)
            self._absences(variant)
            for constant in variant.constants:
                self.constant(constant)
            if variant is self.plan.root:
                self._adopt_tops()
            for listing in variant.lists:
                self._list(variant, listing)
            self._unsaid(variant)

    def begin(self, variant: Variant, anchor: Anchor) -> None:
        """Start a function that writes the rules of ``variant`` that start at ``anchor``."""
        self.variant, self.anchor = variant, anchor
        self.hoisted, self.nodes, self.opened = {}, {}, {}
        self.widths, self.shares = self._census(variant)
        for selector in self.widths:
            if selector[0] == anchor and selector[1]:
                self._declare(selector)
        for rule in variant.rules:
            if rule.writes and rule.listed and self._here(rule) and rule.takes:
                for take in rule.takes:
                    above = fixed_steps(take)
                    if above:
                        self._declare((take.anchor, above))

    def _declare(self, selector: Selector) -> None:
        for length in range(1, len(selector[1]) + 1):
            prefix = (selector[0], selector[1][:length])
            if prefix not in self.nodes:
                self.nodes[prefix] = self.code.fresh("q")
                self.code.add(f"{self.nodes[prefix]} = None")

    def _here(self, rule: Rule) -> bool:
        """Whether the rule is written by the function at hand: by the anchor it starts from."""
        if rule.source.word is not None or not rule.takes:
            return self.anchor.kind == "own"
        start = rule.takes[0].anchor
        return start == self.anchor or (start.kind == "root" and self.anchor.kind == "own")

    def _census(self, variant: Variant) -> tuple[dict[Selector, int], Counter[tuple[Selector, int, int]]]:
        """Return how wide each place must be, and how many rules write each element."""
        widths: dict[Selector, int] = {}
        shares: Counter[tuple[Selector, int, int]] = Counter()
        takes = [rule.takes[0] for rule in variant.rules if rule.writes and rule.takes and not rule.listed]
        for take in takes:
            if take.path.number:
                continue
            path, selector = take.path, take.selector
            for element in path.parts:
                shares[selector, element, path.component or 0] += 1
                if path.component:
                    shares[selector, element, 0] += 1
            for condition in (*path.conditions, *(take.steps[-1].conditions if take.steps else ())):
                shares[selector, condition.part, condition.component or 0] += 1
            widths[selector] = max(widths.get(selector, 0), *path.parts, *(c.part for c in path.conditions), 0)
        for take in (t for rule in variant.rules if rule.writes and rule.listed for t in rule.takes if not t.every):
            widths[take.selector] = max(widths.get(take.selector, 0), *take.path.parts)
        for constant in variant.constants:
            selector = constant.take.selector
            widths[selector] = max(widths.get(selector, 0), constant.take.path.parts[0])
        for inner in (place for listing in variant.lists for place in listing.variants):
            if inner.in_place and not inner.outer and inner.group is None:  # written into the place of this one
                own = self._census(inner)[0].get(OWN_PLACE, 0)
                widths[OWN_PLACE] = max(widths.get(OWN_PLACE, 0), own)
        return widths, shares

    # places ----------------------------------------------------------------------------------------------------------

    def node(self, take: Take) -> str:
        """Return the variable of the place ``take`` ends in."""
        if take.anchor.kind == "root" and self.anchor.kind == "own" and self.variant is not self.plan.root:
            return "top"
        return "n" if not take.steps else self.nodes[take.selector]

    def open(self, take: Take) -> None:
        """Write what opens the place, and those above it, unless they are open."""
        if take.anchor.kind == "root" and self.variant is not self.plan.root:
            self._open_top(take)
            return
        self.open_steps(take.anchor, take.steps, take.places)

    def open_steps(self, anchor: Anchor, steps: tuple[PathStep, ...], places: tuple[Place, ...]) -> str:
        """Write what opens the places down ``steps``; return the variable of the last."""
        above = "n"
        for length in range(1, len(steps) + 1):
            selector = (anchor, steps[:length])
            name, step = self.nodes[selector], steps[length - 1]
            template = self.template(selector, step, places[length - 1])
            self.code.add(f"if {name} is None: {name} = new({above}, {step.tag!r}, {template})")
            above = name
        return above

    def template(self, selector: Selector, step: PathStep | None, place: Place) -> str:
        """Return the name of the values a place opens with: its conditions, and blanks."""
        return self.code.constant(template(step, place, self.widths.get(selector, 0)))

    def _open_top(self, take: Take) -> None:
        selector = " ".join(str(step) for step in take.steps)
        code = self.code
        code.add(f"top = X.shared.get((X.root, {selector!r}))")
        with code.block("if top:"):
            code.add("top = next(iter(top.values()))")
        with code.block("else:"):
            code.add("top = X.root")
            for step, place in zip(take.steps, take.places, strict=True):
                code.add(
                    f"top = new(top, {step.tag!r}, {code.constant(template(step, place, len(place.record.parts)))})"
                )
            code.add(f"adopt(X, X.root, {selector!r}, top)")

    def _adopt_tops(self) -> None:
        """Let items that write at the top of the document find the places its own lines opened."""
        tops = {
            take.steps: take
            for variant in self.plan.variants
            for rule in variant.rules
            for take in rule.takes
            if take.anchor.kind == "root"
        }
        for steps in tops:
            name = self.nodes.get((Anchor(), steps))
            if name is not None:
                self.code.add(f"adopt(X, n, {' '.join(str(s) for s in steps)!r}, {name})")

    # fields ----------------------------------------------------------------------------------------------------------

    def field(self, path: str) -> str:
        """Return the Python of a canonical field of ``d``, structs on the way hoisted into variables."""
        prefix, _, name = path.rpartition(".")
        above = self.hoist(prefix) if prefix else "d"
        if prefix and (shape := shape_at(self.variant.struct, prefix)) is not None and shape.kind == "words":
            return f"{above}.get({name!r})"
        value = attribute(above, name)
        return f"({value} if {above} is not None else None)" if prefix else value

    def hoist(self, path: str) -> str:
        """Return the variable that holds the struct at ``path``, None when it is not said."""
        if path not in self.hoisted:
            value = self.field(path)
            self.hoisted[path] = self.code.fresh("z")
            empty = shape_at(self.variant.struct, path)
            blank = " or {}" if empty is not None and empty.kind == "words" else ""
            self.code.add(f"{self.hoisted[path]} = {value}{blank}")
        return self.hoisted[path]

    def field_test(self, field: str, value: str | None) -> str:
        """Return the Python that says whether ``field`` of the item, or of the document, says ``value``."""
        if shape_at(self.variant.struct, field) is not None:
            name = self.field(field)
        else:
            name = f"{self.code.constant(writer_run.Field(path=field))}.of(X.document)"
        return f"{name} is not None" if value is None else f"str({name}) == {value!r}"

    def _document_currency(self, variant: Variant) -> None:
        rule = next((r for r in variant.rules if r.field == "currency"), None)
        if shape_at(variant.struct, "currency") is None:
            return
        assumed = next((b.argument for b in rule.codecs if b.codec.name == "assume"), None) if rule else None
        self.code.add("X.currency = d.currency" + (f" or {assumed!r}" if assumed else ""))

    def _absences(self, variant: Variant) -> None:
        """Where two rules write one element, a field that says nothing must not stand beside one that does."""
        for rule in variant.rules:
            if (
                rule.writes
                and self._here(rule)
                and rule.takes
                and not rule.listed
                and not rule.takes[0].path.conditions
            ):
                take = rule.takes[0]
                for element in take.path.parts:
                    alike = [
                        r
                        for r in variant.rules
                        if r.writes
                        and r.takes
                        and r.takes[0].selector == take.selector
                        and r.takes[0].path.parts == (element,)
                    ]
                    if len(alike) > 1 and not take.path.component and rule.source.guard is None:
                        absent = f"if {self.field(rule.field)} is None: "
                        self.code.add(absent + f"X.absent({self.node(take)}, {element}, {rule.number}, P)")

    @property
    def _is_root(self) -> bool:
        return self.variant is self.plan.root and self.anchor.kind == "own"

    def constant(self, constant: Constant) -> None:
        """Write a constant into its place, if the place is open or the guide demands it."""
        take, element = constant.take, constant.take.path.parts[0]
        demanded = bool(take.places) and take.places[-1].required
        if (demanded and len(take.steps) == 1) or (take.places and take.places[0].required and self._is_root):
            self.open(take)
        node = self.node(take)
        if demanded and len(take.steps) > 1 and take.selector in self.nodes:
            above = self.nodes[take.anchor, take.steps[:-1]]
            made = self.template(take.selector, take.steps[-1], take.places[-1])
            self.code.add(
                f"if {above} is not None and {node} is None: {node} = new({above}, {take.steps[-1].tag!r}, {made})"
            )
        act = f"X.put({node}, {element}, {constant.value!r}, {constant.number}, P)"
        if take.path.component:
            act = f"X.part({node}, {element}, {take.path.component}, {constant.value!r}, {constant.number}, P)"
        self.code.add(f"if {node} is not None: {act}")

    def _close_group(self, variant: Variant) -> None:
        group = variant.group
        assert group is not None
        number = variant.rules[0].number if variant.rules else 0
        rivals = {
            take.path.qualifier: str(rule.where)
            for rule in (variant.above.rules if variant.above is not None else ())
            for take in rule.takes
            if take.path.qualifier is not None and take.record.tag == variant.place.record.tag and rule.reads
        }
        if rivals:
            known = self.code.value(rivals, "R")
            self.code.add(f"if m[0] in {known}: X.rival_group(n, m[0], {known}, {number}, P)")
        self.code.add(f"if any(m): X.group(n, {group.first}, {group.size}, {group.last}, m, {number}, P)")

    def _unsaid(self, variant: Variant) -> None:
        covered = coverage(variant)
        test = says_more(variant.struct, covered, "d", self.plan.root is variant)
        if test:
            number = variant.rules[0].number if variant.rules else 0
            self.code.add(f"if {test}: X.unsaid(d, {self.code.value(covered, 'C')}, {number}, P)")

    # lists -----------------------------------------------------------------------------------------------------------

    def _list(self, variant: Variant, listing: Listing) -> None:
        code = self.code
        for inner in listing.variants:
            above = "n"
            for depth, level in enumerate(inner.outer, 1):
                name = self.nodes.get((Anchor(), tuple(_bare(each.step) for each in inner.outer[:depth])))
                if name is None:
                    break
                code.add(f"adopt(X, {above}, {str(level.step)!r}, {name})")
                above = name
        items = self.field(listing.name)
        fallback = " or ()" if "." in listing.name else ""
        with code.block(f"for k, e in enumerate({items}{fallback}):"):
            code.add(f"t = (P, {listing.name!r}, k)")
            if len(listing.variants) == 1 and not _choosing(listing.variants[0]):
                self._put_item(variant, listing.variants[0], force="True")
                return
            self._choose(variant, listing)

    def _choose(self, above: Variant, listing: Listing) -> None:
        """Write the choice of place: by field, then by word, then the first whose outer steps all say something."""
        code = self.code
        code.add("done = False")
        places = sorted(listing.variants, key=lambda place: not _choosing(place))  # those that ask for a word first
        for index, inner in enumerate(places):
            tests = _choosing(inner)
            later = any(_may_follow(inner, other) for other in places[index + 1 :])
            with code.block(f"if not done{''.join(' and ' + test for test in tests)}:"):
                if inner.outer and later:
                    code.add(f"done = t{inner.number}(e, n, k, t, X, False)")
                else:
                    self._put_item(above, inner, force="True")
                    code.add("done = True")
        number = next((v.rules[0].number for v in listing.variants if v.rules), 0)
        field = next((name_of(v.said_by[0]) for v in listing.variants if v.said_by), None)
        saying = f"{field!r}, e.{field}" if field else "None, None"
        code.add(f"if not done: X.nowhere({number}, {listing.name!r}, t, {saying})")

    def _put_item(self, above: Variant, inner: Variant, *, force: str) -> None:
        code = self.code
        if inner.outer:
            code.add(f"t{inner.number}(e, n, k, t, X, {force})")
            return
        if inner.step is None and inner.group is None:
            number = inner.rules[0].number if inner.rules else 0
            code.add(f"if X.takes_one(n, {inner.number}, {number}, t): w{inner.number}(e, n, k, t, X)")
            return
        if inner.step is None:
            code.add(f"w{inner.number}(e, n, k, t, X)")
            return
        made = self.code.constant(self._item_template(inner))
        code.add(f"a = new(n, {inner.step.tag!r}, {made}); w{inner.number}(e, a, k, t, X)")
        rivals = self._rivals(above, inner)
        if rivals:
            number = inner.rules[0].number if inner.rules else 0
            code.add(f"X.claimed(a, ({', '.join(rivals)},), {number}, t)")

    def _item_template(self, inner: Variant) -> writer_run.Template:
        return template(inner.step, inner.place, max(self._own_width(inner), 1))

    def _own_width(self, variant: Variant) -> int:
        """Return the last element written of the item's own segment, by it or by items that stand in its place."""
        widths, _ = self._census(variant)
        inside = [each for listing in variant.lists for each in listing.variants if each.in_place and not each.group]
        return max([widths.get((Anchor(), ()), 0), *(self._own_width(each) for each in inside)])

    def _rivals(self, above: Variant, inner: Variant) -> list[str]:
        """Return what else would claim an item of ``inner`` when it is read: lines, and earlier lists."""
        step = inner.step
        assert step is not None
        found: dict[tuple[PathStep, ...], str] = {}
        for rule in above.rules:
            for take in rule.takes:
                first = take.steps[0] if take.steps else None
                if rule.reads and take.anchor.kind == "own" and first and first.tag == step.tag and first.conditions:
                    name = self.nodes.get((Anchor(), take.steps), "None")
                    steps = self.code.constant(run_steps(take.steps))
                    found.setdefault(take.steps, f"({steps}, {name}, {str(rule.where)!r})")
        for listing in above.lists:
            for other in listing.variants:
                if other is inner or other.outer or other.step is None or other.step.tag != step.tag:
                    continue
                earlier = bool(other.step.conditions) and (not step.conditions or other.number < inner.number)
                if earlier and other.step.conditions != step.conditions:
                    steps = self.code.constant(run_steps((other.step,)))
                    found.setdefault((other.step,), f"({steps}, None, {str(other.where)!r})")
        return list(found.values())


def _bare(step: PathStep) -> PathStep:
    return PathStep(tag=step.tag, conditions=step.conditions)


def _choosing(variant: Variant) -> list[str]:
    """Return the tests that say whether an item may stand at this place."""
    tests = [f"{attribute('e', variant.said_by[0])} == {variant.said_by[1]!r}"] if variant.said_by else []
    return tests + [
        f"{attribute('e', r.field)} == {r.source.word!r}"
        for r in variant.rules
        if r.source.word is not None and r.writes and "." not in r.field
    ]


def _may_follow(variant: Variant, other: Variant) -> bool:
    """Whether an item that may stand at ``variant`` may stand at ``other`` too."""
    return _choosing(variant) == _choosing(other)
