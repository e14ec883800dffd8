"""How one rule is read: text taken from its place, codecs from the wire inwards, the type the model wants.

Called while ``reading`` writes a function; adds the lines that leave the rule's value in ``x<number>``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from hub.formats.family import Family
from hub.formats.schema import Part
from hub.kernel.generated import name_of
from hub.kernel.words import Quantity, When
from hub.mapping.codecs import Bound
from hub.mapping.emit import Code, element_bits
from hub.mapping.paths import PathStep
from hub.mapping.plan import Plan, Rule, Take, Variant
from hub.mapping.runsteps import run_steps
from hub.mapping.shape import PAIRED, Shape, fields_of, leading
from hub.mapping.site import Selector, Site
from hub.mapping.stepping import is_plain
from hub.mapping.tables import CodeMap
from hub.mapping.values import read_pack, unpad


class PlaceReader(Protocol):
    """Who finds places (``reading``)."""

    def resolve(self, site: Site) -> None: ...

    def is_contested(self, take: Take) -> bool: ...

    def all_beneath(self, way: tuple[PathStep, ...]) -> str | None: ...


PLAIN_TYPED = ("int", "Decimal", "date", "time")
AI_SSCC = "00"  # GS1 application identifier before the 18 digits


class ValueReader:
    """Writes the reading of rules, one variant at a time."""

    def __init__(self, code: Code, plan: Plan, tables: dict[str, CodeMap]) -> None:
        self.code = code
        self.plan = plan
        self.tables = tables
        self.variant = plan.root
        self.sites: dict[Selector, Site] = {}
        self.reader: PlaceReader
        code.names.update(read_pack=read_pack, split_pair=split_pair, unpad=unpad, plain_sscc=plain_sscc, When=When)

    def begin(self, variant: Variant, sites: dict[Selector, Site], reader: PlaceReader) -> None:
        """Turn to the rules of ``variant``, whose places are ``sites``."""
        self.variant, self.sites, self.reader = variant, sites, reader

    def only_place(self, rule: Rule) -> str | None:
        """Return the variable of the one place that ``rule`` takes its value from; None where others may say it too."""
        source, take = rule.source, rule.takes[0] if len(rule.takes) == 1 else None
        if take is None or source.guard is not None or source.word is not None or rule.listed or take.path.number:
            return None
        site = self.sites[take.selector]
        return site.node if (take.steps or take.anchor.kind == "outer") and not site.lazy else None

    def rules(self, rules: Iterable[Rule], place: str | None) -> None:
        """Write the reading of ``rules``; where there is no ``place``, their only one, none of them is asked."""
        if place is None:
            for rule in rules:
                self._rule(rule)
            return
        absent = dict[str, list[str]]()
        with self.code.block(f"if {place} is not None:"):
            for rule in rules:
                self._rule(rule)
                absent.setdefault(self._absent(rule), []).append(f"x{rule.number}")
        with self.code.block("else:"):
            for value, variables in absent.items():
                self.code.add(" = ".join([*variables, value]))

    def _rule(self, rule: Rule) -> None:
        guard = rule.source.guard
        if guard is None:
            self._unguarded(rule)
            return
        with self.code.block(f"if {self.field_test(guard.field, guard.value)}:"):
            self._unguarded(rule, guarded=True)
        with self.code.block("else:"):
            self.code.add(f"x{rule.number} = None")

    def field_test(self, field: str, value: str | None) -> str:
        """Return the Python that says whether ``field`` of the item, or of the document, says ``value``."""
        own = next((r for r in self.variant.rules if r.field == field and r.reads), None)
        if own is not None:
            name = f"x{own.number}"
        elif self.variant.said_by and self.variant.said_by[0] == field:
            name = repr(self.variant.said_by[1])
        else:
            name = f"X.fields.get({field!r})"
        return f"{name} is not None" if value is None else f"str({name}) == {value!r}"

    def _unguarded(self, rule: Rule, *, guarded: bool = False) -> None:
        if rule.source.word is not None:
            self.code.add(f"x{rule.number} = {rule.source.word!r}")
        elif rule.listed:
            self._many(rule)
        else:
            self._choice(rule, 0, guarded=guarded)

    # one value -------------------------------------------------------------------------------------------------------

    def _choice(self, rule: Rule, position: int, *, guarded: bool = False) -> None:
        """Write the alternative at ``position``, and the next ones for when it holds nothing."""
        code, x = self.code, f"x{rule.number}"
        if position == len(rule.takes):
            code.add(f"{x} = {self._absent(rule)}")
            return
        take = rule.takes[position]
        if take.path.number:
            self._running_number(rule, take)
            return
        site = self.sites[take.selector]
        if site.lazy and take.steps:
            with code.block(f"if {site.node} is None:"):
                self.reader.resolve(site)
        first, *more = self._texts(site, take)
        if self._is_plain(rule, take, position, guarded=guarded):
            code.add(f"{x} = {first} or None")
            return
        code.add(f"t = {first}" + (f"; w = {more[0]}" if more else ""))
        paired = rule.shape.kind == "struct"
        lead = "t" if not more or self._leads_first(rule) else "w"
        with code.block(f"if {lead}:" if not self._either(rule) else "if t or w:"):
            if position > 0 or guarded or take.path.conditions:
                bits = element_bits([*take.path.parts, *(c.part for c in take.path.conditions)])
                if bits:
                    code.add(f"S[{site.node}] = S.get({site.node}, 0) | {bits}")
            if paired:
                self._pair(rule, take, site, x)
            else:
                self._single(rule, take, site, x)
        with code.block("else:"):
            if more and not self._either(rule) and position == len(rule.takes) - 1:
                self._half(rule, "w" if lead == "t" else "t", site.node, take.path.parts[1 if lead == "t" else 0])
            self._choice(rule, position + 1, guarded=guarded)

    def _is_plain(self, rule: Rule, take: Take, position: int, *, guarded: bool) -> bool:
        """Whether the value is the text as it stands there, with nothing to note, and nothing where none does."""
        alone = len(rule.takes) == 1 and position == 0 and not guarded
        return alone and rule.shape.kind == "str" and not (rule.codecs or take.path.conditions)

    def _texts(self, site: Site, take: Take) -> list[str]:
        path, values = take.path, site.values
        if path.qualifier is not None:
            return [f"({values}[{site.groups}[{path.qualifier!r}] + 1] if {path.qualifier!r} in {site.groups} else '')"]
        if path.member is not None:
            group = take.record.group
            described = take.record.parts[(group.first if group else 1) + path.member - 2]
            text = f"{values}[g + {path.member - 1}]"
            return [f"component({text}, 1)" if described.parts else text]
        texts = [self._element_text(values, take, element) for element in path.parts]
        if path.conditions:
            tests = " and ".join(_holds(f"{values}[{c.part}]", c.value) for c in path.conditions)
            texts = [f"({text} if {tests} else '')" for text in texts]
        return texts

    def _element_text(self, values: str, take: Take, element: int) -> str:
        described = take.record.parts[element - 1]
        if take.path.component or described.parts:
            return f"component({values}[{element}], {take.path.component or 1})"
        return f"first({values}[{element}])" if described.repeat > 1 else f"{values}[{element}]"

    def _single(self, rule: Rule, take: Take, site: Site, x: str) -> None:
        self.code.add(f"{x} = t")
        coded = self._decode(rule, take, site, x, rule.codecs, "")
        self._typed(rule, take, site, x, rule.shape, guarded=coded)
        for bound in rule.codecs:
            if bound.codec.name == "negate-if" and bound.field:
                test = self.field_test(bound.field, bound.word)
                self.code.add(f"if {x} is not None and {test}: {x} = -{x}")

    def _decode(self, rule: Rule, take: Take, site: Site, x: str, codecs: list[Bound], part: str) -> bool:
        """Write the text codecs in order; return whether ``x`` may have become None."""
        may_fail = False
        where = f"{site.node}, {self._element(site, take, part)}"
        for bound in codecs:
            name = bound.codec.name
            if name == "code" and bound.table is not None:
                self._translate(rule, x, bound, where, part, guarded=may_fail)
                may_fail = may_fail or not bound.passes
            elif name in _TEXT_CODECS:
                self.code.add(
                    f"{x} = {_TEXT_CODECS[name].format(x=x)}" + (f" if {x} is not None else None" if may_fail else "")
                )
        return may_fail

    def _translate(self, rule: Rule, x: str, bound: Bound, where: str, part: str, *, guarded: bool) -> None:
        table = self.code.value(self.tables[bound.table or ""].words, "T")
        from_text = f"{table}.get({x})"
        if guarded:
            self.code.add(f"t = {x}")
        self.code.add(f"{x} = {from_text}")
        source = "w" if part == "unit" else "t"
        arguments = f"{rule.number}, {where}, {source}, P, {bound.table!r}, {part!r}"
        act = f"{x} = X.passed({arguments})" if bound.passes else f"X.unknown({arguments})"
        self.code.add(f"if {x} is None: {act}")

    def _element(self, site: Site, take: Take, part: str) -> str:
        path = take.path
        if path.qualifier is not None:
            return f"{site.groups}[{path.qualifier!r}] + 1"
        if path.member is not None:
            return f"g + {path.member - 1}"
        return str(path.parts[1] if part == "unit" and len(path.parts) > 1 else path.parts[0])

    def _typed(self, rule: Rule, take: Take, site: Site, x: str, shape: Shape, *, guarded: bool) -> None:
        kind = shape.kind
        if kind == "str":
            return
        element = take.part(take.path.parts[0]) if take.path.parts else None
        function = self._parser(kind, element)
        where = f"{site.node}, {self._element(site, take, '')}"
        with self.code.block_if(f"{x} is not None" if guarded else None):
            self.code.add(f"{x} = {function}({x})")
            self.code.add(f"if {x} is None: X.bad({rule.number}, {where}, t, P, {self.plan.family.wanted[kind]!r})")

    def _parser(self, kind: str, element: Part | None) -> str:
        return self.code.constant(self.plan.family.reader(kind, element))

    def _absent(self, rule: Rule) -> str:
        """Return the Python for what absence means: nothing, or what default or assume says."""
        bound = next((b for b in rule.codecs if b.codec.stage == "absent"), None)
        if bound is None:
            return "None"
        if bound.argument == "#":
            return self._free_number(rule)
        after = rule.codecs[rule.codecs.index(bound) + 1 :]
        return self.code.value(absent_value(bound.argument, after, rule.shape, self.tables, self.plan.family))

    def _free_number(self, rule: Rule) -> str:
        """Return the Python for the number of an item that says none: among items of the document, one of its own."""
        variant, take = self.variant, rule.takes[0]
        if rule.shape.kind == "int":
            return "i + 1"
        alone = variant.above is self.plan.root and not variant.outer and variant.step is not None
        if not alone or take.steps or not take.path.parts:
            return "str(i + 1)"
        return f"X.free_number(i + 1, {take.record.tag!r}, {take.path.parts[0]}, {rule.number}, P, n)"

    def _running_number(self, rule: Rule, take: Take) -> None:
        x, anchor = f"x{rule.number}", take.anchor
        made = "" if rule.shape.kind == "int" else "str"
        if anchor.kind == "outer":
            key = "/".join(str(level.step) for level in self.variant.outer[: anchor.index + 1])
            self.code.add(f"{x} = {made}(X.number_of({key!r}, {anchor.name})) if {anchor.name} is not None else None")
        else:
            self.code.add(f"{x} = {made}(i + 1)")

    # two values ------------------------------------------------------------------------------------------------------

    def _leads_first(self, rule: Rule) -> bool:
        struct = rule.shape.struct
        return struct is None or struct not in PAIRED or PAIRED[struct][0] == leading(struct)

    def _either(self, rule: Rule) -> bool:
        """Whether either element alone says something, as of a period."""
        struct = rule.shape.struct
        return struct is not None and leading(struct) is None and len(rule.takes[0].path.parts) == 2

    def _pair(self, rule: Rule, take: Take, site: Site, x: str) -> None:
        struct = rule.shape.struct
        assert struct is not None
        between = next((b for b in rule.codecs if b.codec.name == "between"), None)
        names = PAIRED[struct]
        if between is not None:
            self.code.add(f"t, w = split_pair(t, {between.argument!r})")
        shapes = fields_of(struct)
        inner = [self.code.fresh("e"), self.code.fresh("e")]
        for variable, text, name in zip(inner, ("t", "w"), names, strict=True):
            self._pair_part(rule, take, site, variable, text, name, shapes[name])
        required = [v for v, name in zip(inner, names, strict=True) if shapes[name].required]
        arguments = ", ".join(f"{name_of(name)}={v}" for name, v in zip(names, inner, strict=True))
        made = f"{self.code.constant(struct)}({arguments})"
        if required:
            self.code.add(f"{x} = {made} if {' and '.join(f'{v} is not None' for v in required)} else None")
        else:
            self.code.add(f"{x} = {made}")
        if struct is Quantity and not between:
            element = take.path.parts[0]
            self.code.add(
                f"if not w: X.half({rule.number}, P, ('a-quantity', 'quantity'), ('a-unit', 'unit'), {site.node}, "
                f"{element})"
            )
        packs = next((b for b in rule.codecs if b.codec.name == "packs"), None)
        if packs is not None:
            self.code.add(f"if {x} is not None: {x} = read_pack({x}, {self.code.constant(packs.factors)})")

    def _pair_part(self, rule: Rule, take: Take, site: Site, x: str, text: str, name: str, shape: Shape) -> None:
        code = self.code
        index = 1 if text == "w" and len(take.path.parts) > 1 else 0
        number = take.path.parts[index]
        code.add(f"{x} = None")
        with code.block(f"if {text}:"):
            code.add(f"{x} = {text}")
            if name in ("unit", "scheme"):
                source = [b for b in rule.codecs if b.codec.stage == "text"]
                self._decode_part(rule, take, site, x, source, name, text)
            elif shape.kind == "struct":
                code.add(f"{x} = {self._parser('date', take.record.parts[number - 1])}({x})")
                code.add(f"if {x} is None: X.bad({rule.number}, {site.node}, {number}, {text}, P, 'a date')")
                code.add(f"else: {x} = When(on={x})")
            elif shape.kind != "str":
                element = take.record.parts[number - 1]
                code.add(f"{x} = {self._parser(shape.kind, element)}({x})")
                code.add(f"if {x} is None: X.bad({rule.number}, {site.node}, {number}, {text}, P, 'a number')")

    def _decode_part(
        self, rule: Rule, take: Take, site: Site, x: str, codecs: list[Bound], name: str, text: str
    ) -> None:
        index = 1 if text == "w" else 0
        element = take.path.parts[index] if len(take.path.parts) > index else take.path.parts[0]
        for bound in codecs:
            if bound.codec.name == "code" and bound.table is not None:
                table = self.code.value(self.tables[bound.table].words, "T")
                arguments = f"{rule.number}, {site.node}, {element}, {text}, P, {bound.table!r}, {name!r}"
                self.code.add(f"{x} = {table}.get({text})")
                act = f"{x} = X.passed({arguments})" if bound.passes else f"X.unknown({arguments})"
                self.code.add(f"if {x} is None: {act}")

    def _half(self, rule: Rule, other: str, node: str, element: int) -> None:
        struct = rule.shape.struct
        if struct is None:
            return
        lead = leading(struct) or "value"
        part = next(name for name in PAIRED[struct] if name != lead)
        said, missing = ("the", part), ("its", lead)
        self.code.add(f"if {other}: X.half({rule.number}, P, {said!r}, {missing!r}, {node}, {element})")

    # many values -----------------------------------------------------------------------------------------------------

    def _many(self, rule: Rule) -> None:
        code, x = self.code, f"x{rule.number}"
        code.add(f"{x} = []")
        for position, take in enumerate(rule.takes):
            nodes = self._nodes(take)
            found = self.code.fresh("t")
            bits = element_bits([*take.path.parts, *(c.part for s in take.steps[-1:] for c in s.conditions)])
            elements = code.constant(take.path.parts)
            read = f"texts(X, {found}, {elements}, {take.path.component or 0}, {bits})"
            code.add(f"{found} = {nodes}")
            if rule.source.sequence or position == 0:
                code.add(f"if {found}: {x} += {read}")
            else:
                code.add(f"if {found}: {found} = {read}")
                code.add(f"if not {x}: {x} += {found}")
        step = self._each_text(rule)
        if step is not None:
            code.add(f"{x} = [{step} for t in {x}]")
        if any(bound.codec.name == "lines" for bound in rule.codecs):
            code.add(f"{x} = '\\n'.join({x}) or None")

    def _nodes(self, take: Take) -> str:
        if not take.steps:
            return f"({take.anchor.name},)"
        claimed = "Z" if self.reader.is_contested(take) else "None"
        base = take.anchor.name
        if take.anchor.kind == "own" and claimed == "None" and is_plain(take.steps):
            above = self.reader.all_beneath(take.steps[:-1])
            if above is not None:
                return f"{above}.get({take.steps[-1].tag!r}, ())" + ("" if take.every else "[:1]")
        steps = self.code.constant(run_steps(take.steps))
        if take.every:
            found = f"find_all({base}, {steps}, {claimed}, S)"
        elif claimed == "None" and not any(step.conditions or step.optional for step in take.steps):
            found = f"find_all({base}, {steps}, None, S)[:1]"
        else:
            found = f"[a for a in (find({base}, {steps}, {claimed}, {{}}, S),) if a is not None]"
        return f"({found} if {base} is not None else ())" if take.anchor.kind == "outer" else found

    def _each_text(self, rule: Rule) -> str | None:
        text = "t"
        for bound in rule.codecs:
            if bound.codec.name == "code" and bound.table is not None:
                table = self.code.value(self.tables[bound.table].words, "T")
                text = f"{table}.get({text}, {text})"
            elif bound.codec.name in _TEXT_CODECS:
                text = _TEXT_CODECS[bound.codec.name].format(x=text)
        kind = rule.shape.item or "str"
        if rule.shape.kind == "list" and kind != "str":
            text = f"{self._parser(kind, None)}({text})"
        return None if text == "t" else text


_TEXT_CODECS = {
    "padded": "unpad({x})",
    "sscc": "plain_sscc({x})",
    "trim": "{x}.strip()",
    "upper": "{x}.upper()",
}


def absent_value(text: str, after: list[Bound], shape: Shape, tables: dict[str, CodeMap], family: Family) -> object:
    """Return what an absent element means in the model: ``text`` through the codecs that follow, typed."""
    for bound in after:
        if bound.table is not None:
            text = tables[bound.table].words.get(text, text)
    if shape.kind == "bool":
        return text in ("yes", "true")
    return family.reader(shape.kind, None)(text) if shape.kind in PLAIN_TYPED else text


def _holds(said: str, wanted: str | None) -> str:
    """Return the Python that asks whether the value ``said`` is the one a condition wants, or any."""
    return said if wanted is None else f"{said} == {wanted!r}"


def split_pair(text: str, separator: str) -> tuple[str, str]:
    """Return both sides of ``text``; without the separator all of it is the first."""
    first, _, second = text.partition(separator)
    return first.strip(), second.strip()


def plain_sscc(text: str) -> str:
    """Return the 18 digits of an SSCC without its application identifier."""
    return text[2:] if len(text) == 20 and text.startswith(AI_SSCC) else text
