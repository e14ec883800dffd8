"""How one rule is written: the field's value, codecs from the model outwards, the element's text.

Called while ``writing`` writes a function; adds the lines that put the rule's value in its place, or say why not.
"""

from __future__ import annotations

from collections import Counter
from typing import Protocol

from hub.formats.schema import Part, Place
from hub.kernel.words import Quantity
from hub.mapping.codecs import Bound
from hub.mapping.emit import Code, attribute
from hub.mapping.paths import PathStep
from hub.mapping.plan import Anchor, Plan, Rule, Take, Variant
from hub.mapping.readvalue import AI_SSCC, absent_value
from hub.mapping.shape import PAIRED, Shape, fields_of, leading, shape_at, takes_currency
from hub.mapping.site import Selector
from hub.mapping.tables import CodeMap
from hub.mapping.template import fixed_steps, template


class PlacedTree(Protocol):
    """Who writes the functions and knows their places (``writing``)."""

    code: Code
    plan: Plan
    variant: Variant
    nodes: dict[Selector, str]
    shares: Counter[tuple[Selector, int, int]]

    def field(self, path: str) -> str: ...

    def field_test(self, field: str, value: str | None) -> str: ...

    def hoist(self, path: str) -> str: ...

    def open(self, take: Take) -> None: ...

    def open_steps(self, anchor: Anchor, steps: tuple[PathStep, ...], places: tuple[Place, ...]) -> str: ...

    def node(self, take: Take) -> str: ...


class ValueWriter:
    """Writes the writing of rules."""

    def __init__(self, tree: PlacedTree, tables: dict[str, CodeMap]) -> None:
        self.tree = tree
        self.code = tree.code
        self.tables = tables

    def rule(self, rule: Rule) -> None:
        """Write how ``rule`` is written."""
        tree, code = self.tree, self.code
        value = tree.field(rule.field)
        if rule.source.word is not None:
            code.add(f"if {value} != {rule.source.word!r}: X.word({rule.number}, {rule.source.word!r}, {value}, P)")
            return
        guard = rule.source.guard
        test = tree.field_test(guard.field, guard.value) if guard else None
        code.add(f"x = {value}")
        if guard is not None:
            why = ("guarded", guard.field, guard.value) if guard.value else ("guard-unsaid", guard.field)
            code.add(
                f"if x is not None and x != [] and not ({test}): X.unsaid_field({rule.number}, P, *{why!r}); x = None"
            )
        self._currency_check(rule)
        take = rule.takes[0]
        if take.path.number:
            if take.anchor.kind == "own":
                code.add(f"if x is not None and str(x) != str(i + 1): X.inexact({rule.number}, x, P)")
            return
        if rule.listed or rule.shape.kind == "list" or any(b.codec.name == "fold" for b in rule.codecs):
            self._many(rule)
        elif rule.shape.kind == "struct":
            self._pair(rule, take)
        else:
            self._one(rule, take)

    def _currency_check(self, rule: Rule) -> None:
        """An amount whose currency has no place of its own must be in the document's."""
        prefix, _, name = rule.field.rpartition(".")
        if name != "amount":
            return
        struct = self.tree.variant.struct
        owner = (shape_at(struct, prefix) or Shape(kind="")).struct if prefix else struct
        own = (f"{prefix}." if prefix else "") + "currency"
        said = any(r.field == own and r.writes for r in self.tree.variant.rules)
        if owner is None or not takes_currency(owner) or said:
            return
        holder = self.tree.hoist(prefix) if prefix else "d"
        test = f"x is not None and {holder}.currency != X.currency"
        self.code.add(f"if {test}: X.money({holder}.currency, {rule.number}, P, {rule.field!r})")

    # one value -------------------------------------------------------------------------------------------------------

    def _one(self, rule: Rule, take: Take) -> None:
        code = self.code
        absent = next((b for b in rule.codecs if b.codec.stage == "absent"), None)
        tops = take.anchor.kind == "root" and self.tree.variant is not self.tree.plan.root
        if absent is not None:
            self._absent(rule, absent)
        if tops:
            code.add("y = None")
        with code.block("if x is not None:"):
            for bound in rule.codecs:
                if bound.codec.name == "negate-if" and bound.field:
                    code.add(f"if {self.tree.field_test(bound.field, bound.word)}: x = -x")
            element = take.part(take.path.parts[0]) if take.path.parts else None
            self._text(rule, "x", rule.shape.kind, element)
            self._encode(rule, "x", [b for b in reversed(rule.codecs) if b.codec.stage == "text"])
            if tops:
                code.add("y = x")
            else:
                with code.block("if x is not None:"):
                    self._put(rule, take, take.path.parts[0] if take.path.parts else 0, "x")
        if tops:
            with code.block(f"if X.top({rule.number}, y, P):"):
                self._put(rule, take, take.path.parts[0], "y")

    def _absent(self, rule: Rule, bound: Bound) -> None:
        code = self.code
        if bound.argument == "#":
            code.add("if x is not None and str(x) == str(i + 1): x = None")
            return
        after = rule.codecs[rule.codecs.index(bound) + 1 :]
        value = code.value(absent_value(bound.argument, after, rule.shape, self.tables, self.tree.plan.family))
        if not rule.shape.required:
            code.add(f"if x is None: X.assumed({rule.number}, {bound.argument!r}, P)")
        if bound.codec.name == "assume":
            code.add(f"if x == {value}: x = None")

    def _text(self, rule: Rule, x: str, kind: str, element: Part | None) -> None:
        """Write the value's own type into text; what does not fit becomes None with a finding."""
        code = self.code
        if kind == "str":
            self._free_text(rule, x)
            return
        function, may_not_fit = self.tree.plan.family.writer(kind, element)
        if may_not_fit:
            code.add(f"o = {x}; {x} = {code.constant(function)}({x})")
            code.add(f"if {x} is None: X.inexact({rule.number}, o, P)")
        else:
            code.add(f"{x} = {code.constant(function)}({x})")

    def _free_text(self, rule: Rule, x: str) -> None:
        """A text, or a word that may pass its table, is held against what the wire can hold."""
        if all(bound.passes for bound in rule.codecs if bound.codec.name == "code"):
            unfit = f"not {x} or {x}[-1] == ' ' or not {x}.isprintable()"
            self.code.add(f"if {unfit}: {x} = X.text({x}, {rule.number}, P)")

    def _encode(self, rule: Rule, x: str, codecs: list[Bound]) -> None:
        code = self.code
        for bound in codecs:
            if bound.codec.name == "code" and bound.table is not None:
                table = self.tables[bound.table]
                codes = code.value(table.codes, "T")
                code.add(f"o = {x}; {x} = None if o is None else {codes}.get(o)")
                code.add(f"if {x} is None and o is not None: {self._no_word(rule, x, bound, table)}")
            elif bound.codec.name in _TEXT_CODECS:
                made = _TEXT_CODECS[bound.codec.name].format(x=x, n=bound.number, ai=AI_SSCC)
                if bound.codec.name == "padded":
                    code.add(
                        f"if {x} is not None and ({x}[:1] == '0' or len({x}) > {bound.number}): "
                        f"X.inexact({rule.number}, {x}, P)"
                    )
                code.add(f"if {x} is not None: {x} = {made}")

    def _no_word(self, rule: Rule, x: str, bound: Bound, table: CodeMap) -> str:
        words = self.code.value(table.words, "T")
        if bound.passes:
            return f"{x} = X.loose({rule.number}, o, P, {bound.table!r}) if o in {words} else o"
        return f"X.no_word({rule.number}, o, P, {bound.table!r})"

    def _put(self, rule: Rule, take: Take, element: int, x: str) -> None:
        """Write the text into its element, opening the place first."""
        path, code = take.path, self.code
        if path.member is not None:
            code.add(f"m[{path.member - 1}] = {x}")
            return
        self.tree.open(take)
        node = self.tree.node(take)
        if path.qualifier is not None:
            group = take.record.group
            assert group is not None
            arguments = (
                f"{node}, {group.first}, {group.size}, {group.last}, ({path.qualifier!r}, {x}), {rule.number}, P"
            )
            code.add(f"X.group({arguments})")
            return
        described = take.record.parts[element - 1]
        part = path.component or (1 if described.parts else None)
        if part:
            code.add(f"X.part({node}, {element}, {part}, {x}, {rule.number}, P)")
        elif self.tree.shares[take.selector, element, 0] > 1 or take.anchor.kind == "root":
            code.add(f"X.put({node}, {element}, {x}, {rule.number}, P)")
        else:
            code.add(f"{node}.values[{element}] = {x}")
        for condition in (c for c in path.conditions if c.value is not None):
            code.add(f"X.put({node}, {condition.part}, {condition.value!r}, {rule.number}, P)")

    # two values ------------------------------------------------------------------------------------------------------

    def _pair(self, rule: Rule, take: Take) -> None:
        struct, code = rule.shape.struct, self.code
        assert struct is not None
        names = PAIRED[struct]
        packs = next((b for b in rule.codecs if b.codec.name == "packs"), None)
        between = next((b for b in rule.codecs if b.codec.name == "between"), None)
        with code.block("if x is not None:"):
            if packs is not None and struct is Quantity:
                code.add(f"x = write_pack(x, {code.constant(packs.factors)})")
            parts = [self.code.fresh("g"), self.code.fresh("g")]
            for index, (variable, name) in enumerate(zip(parts, names, strict=True)):
                self._pair_part(rule, take, variable, name, fields_of(struct)[name], index)
            if between is not None:
                self._joined(rule, take, parts, between.argument)
                return
            required = [
                v for v, n in zip(parts, names, strict=True) if fields_of(struct)[n].required or n == leading(struct)
            ]
            with code.block(f"if {' and '.join(f'{v} is not None' for v in required) or 'True'}:"):
                for variable, element in zip(parts, take.path.parts, strict=True):
                    with code.block(f"if {variable} is not None:"):
                        self._put(rule, take, element, variable)

    def _joined(self, rule: Rule, take: Take, parts: list[str], separator: str) -> None:
        first, second = parts
        self.code.add(f"x = ({first} or '') + ({separator!r} + {second} if {second} is not None else '')")
        with self.code.block("if x:"):
            self._put(rule, take, take.path.parts[0], "x")

    def _pair_part(self, rule: Rule, take: Take, variable: str, name: str, shape: Shape, index: int) -> None:
        code = self.code
        code.add(f"{variable} = {attribute('x', name)}")
        with code.block(f"if {variable} is not None:"):
            if shape.kind == "struct":
                code.add(
                    f"if {variable}.at is not None or {variable}.zone is not None: "
                    f"X.unsaid_field({rule.number}, P, 'time')"
                )
                element = take.record.parts[take.path.parts[min(index, len(take.path.parts) - 1)] - 1]
                function, _ = self.tree.plan.family.writer("date", element)
                code.add(f"{variable} = {code.constant(function)}({variable}.on)")
                return
            elements = take.path.parts
            element = take.record.parts[elements[min(index, len(elements) - 1)] - 1]
            if name in ("unit", "scheme"):
                self._free_text(rule, variable)
                self._encode(rule, variable, [b for b in reversed(rule.codecs) if b.codec.stage == "text"])
            else:
                self._text(rule, variable, shape.kind, element if len(elements) > 1 else None)

    # many values -----------------------------------------------------------------------------------------------------

    def _many(self, rule: Rule) -> None:
        code = self.code
        with code.block("if x:"):
            names = {bound.codec.name: bound for bound in rule.codecs}
            if "fold" in names:
                code.add(f"x = fold(x if isinstance(x, str) else '\\n'.join(x), {names['fold'].number})")
            elif "lines" in names:
                code.add("x = x.split('\\n')")
            kind = rule.shape.item if rule.shape.kind == "list" else "str"
            code.add("u = []")
            with code.block("for x in x:"):
                element = rule.takes[0].part(rule.takes[0].path.parts[0]) if rule.takes[0].path.parts else None
                self._text(rule, "x", kind or "str", element)
                self._encode(rule, "x", [b for b in reversed(rule.codecs) if b.codec.stage == "text"])
                code.add("if x is not None: u.append(x)")
            takes = rule.takes if rule.source.sequence else rule.takes[:1]
            with code.block("if u:"):
                places: list[str] = []
                room = 0
                for take in takes:
                    places.append(self._places(take, room))
                    room += len(take.path.parts)
                code.add(f"fill(X, u, ({', '.join(places)},), {rule.number}, P)")

    def _places(self, take: Take, before: int) -> str:
        """Return the Python of the places a list fills; ``before`` values stand elsewhere already."""
        tree = self.tree
        fixed = fixed_steps(take)
        above = "n"
        if fixed:
            above = tree.nodes[(take.anchor, fixed)]
            with self.code.block(f"if len(u) > {before}:"):
                tree.open_steps(take.anchor, fixed, take.places[: len(fixed)])
        width = max(take.path.parts)
        steps = tuple(
            (step.tag, template(step, place, width if place is take.places[-1] else 0))
            for step, place in list(zip(take.steps, take.places, strict=True))[len(fixed) :]
        )
        last = take.places[-1] if take.places else None
        most = (last.maximum) if last and take.every else 1
        element = take.record.parts[take.path.parts[0] - 1]
        repeats = element.repeat if take.path.repeated else 0
        if repeats == 1:
            repeats = 99
        described = (steps, take.path.parts, take.path.component or 0, most, repeats)
        return f"({above}, {self.code.constant(described)})"


_TEXT_CODECS = {
    "padded": "pad({x}, {n})",
    "sscc": "{ai!r} + {x}",
    "trim": "{x}.strip()",
    "upper": "{x}.upper()",
}
