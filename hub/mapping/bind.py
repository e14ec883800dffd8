"""A map's tables bound to its schema and its canonical document: every rule finds its place and its field, or a fault.

A merged ``Spec``, a schema, the document's class and the names of the code tables enter; a ``Plan`` and faults
leave. All faults are found in one go; none is raised.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from msgspec.structs import replace

from hub.formats.schema import Place, Schema
from hub.kernel.errors import Misconfigured
from hub.kernel.sentence import Word, Wording
from hub.kernel.struct import Struct
from hub.kernel.words import Id, Quantity
from hub.mapping.beside import bring_along, currency_beside
from hub.mapping.codecs import bind_codec
from hub.mapping.faults import MapFault, as_map_fault, map_fault, near_or
from hub.mapping.paths import Path, PathStep, has_numbers, parse_path
from hub.mapping.place import OtherPlace, bind_path, bind_steps, check_elements, nearest_element, resolved
from hub.mapping.plan import OWN, Constant, Listing, Plan, Rule, Take, Total, Variant
from hub.mapping.scan import Where
from hub.mapping.shape import PAIRED, fields_of, names, shape_at, words_in
from hub.mapping.source import Call, parse_source
from hub.mapping.spec import SourceText, Spec, Table

UNIT_TABLE = "unit"
SCHEME_TABLE = "id-scheme"
LIST_DEPTH_MAX = 12  # lists within lists; the deepest real one (820 references) has four
RULES_MAX = 5_000  # rules at all places of a map; our largest has 300. Places within places multiply them
PLACES_MAX = 500
HASH_TOTAL = "347"  # the data element


class _TooMuch(Exception):
    """The map is larger than any map is; what is wrong with the rest of it is not looked for."""


def bind(
    spec: Spec, schema: Schema, document: type[Struct], tables: Mapping[str, object], wire: str
) -> tuple[Plan, list[MapFault]]:
    """Return the bound map and everything that is wrong with it."""
    binder = _Binder(schema, document, tables, wire)
    try:
        binder.bind_document(spec.root)
    except _TooMuch:
        where = Where(file=spec.file, line=1)
        binder.faults.append(map_fault("MAP-SIZE", where, rules_max=RULES_MAX, places_max=PLACES_MAX))
    return binder.plan, binder.faults


class _Binder:
    def __init__(self, schema: Schema, document: type[Struct], tables: Mapping[str, object], wire: str) -> None:
        self.plan = Plan(schema, document)
        self.faults: list[MapFault] = []
        self.tables = tables
        self.wire = wire
        self.root = schema.root

    def bind_document(self, table: Table) -> None:
        variant = self._variant(self.plan.document, "", self.root)
        self.plan.root = variant
        self._fill(variant, table, set())
        for key, said in table.totals.items():
            self._total(variant, key, said)

    # one table of rules at one place ---------------------------------------------------------------------------------

    def _fill(self, variant: Variant, table: Table, elsewhere: set[str], depth: int = 0) -> None:
        for field, said in table.fields.items():
            with_fault = self._rule(variant, field, said, elsewhere)
            if with_fault is not None:
                self.faults.append(with_fault)
        for key, said in table.const.items():
            self._constant(variant, key, said, elsewhere)
        for field, said in table.why.items():
            named = f"{variant.name}.{field}" if variant.name else field
            self.plan.whys[named], self.plan.why_places[named] = said.text, said.where
        for name, tables in table.lists.items():
            if depth < LIST_DEPTH_MAX:
                self._list(variant, name, tables, depth)

    def _rule(self, variant: Variant, field: str, said: SourceText, elsewhere: set[str]) -> MapFault | None:
        shape = shape_at(variant.struct, field)
        if shape is None and (words := words_in(variant.struct, field)) is not None:
            return map_fault("MAP-NAME/not-one-word", said.where, field=field, words=words)
        if shape is None:
            near = get_close_matches(field, names(variant.struct), 1, 0.5)
            advice = near_or(near, Wording(key="map/fields"), "map/near-quoted")
            return map_fault("MAP-FIELD", said.where, field=field, name=variant.struct.__name__, advice=advice)
        try:
            source = parse_source(said.text, self.wire)
        except Misconfigured as fault:
            return self._source_fault(variant, said, fault)
        rule = Rule(self._number(_joined(variant.name, field), said.where), field, source, shape, said.where)
        try:
            rule.takes = [bind_path(path, variant, self.root, elsewhere, self.wire) for path in source.choices]
            if (amount := currency_beside(rule)) is not None:
                return self._money(variant, field, said, amount, elsewhere)
            bring_along(rule)
            rule.codecs = [bind_codec(call, self.tables) for call in self._calls(rule)]
            self._check_shape(rule)
            self._check_fields(rule, variant)
        except OtherPlace:
            return None
        except Misconfigured as fault:
            return as_map_fault(fault, said.where)
        variant.rules.append(rule)
        self.plan.rules.append(rule)
        return None

    def _money(
        self, variant: Variant, field: str, said: SourceText, currency: str, elsewhere: set[str]
    ) -> MapFault | None:
        """Bind an amount whose currency stands beside it on the wire as what it is: two lines."""
        self.plan.places.pop()
        beside = replace(said, text=currency)
        faults = [
            self._rule(variant, f"{field}.amount", said, elsewhere),
            self._rule(variant, f"{field}.currency", beside, elsewhere),
        ]
        return next((fault for fault in faults if fault is not None), None)

    def _source_fault(self, variant: Variant, said: SourceText, fault: Misconfigured) -> MapFault:
        text = said.text.split(" | ")[0].split(" when ")[0].lstrip("<> ")
        better = nearest_element(text, variant, self.wire) if " " not in text and text else fault
        return as_map_fault(better, said.where)

    def _calls(self, rule: Rule) -> list[Call]:
        """Return the rule's codecs; two elements read as a Quantity or an Id translate their code by themselves."""
        calls = list(rule.source.codecs)
        paired = any(len(take.path.parts) == 2 for take in rule.takes) and not rule.listed
        named = any(call.name in ("code", "between") for call in calls)
        if paired and not named and rule.shape.struct is Quantity and UNIT_TABLE in self.tables:
            calls.insert(0, Call(name="code", argument=UNIT_TABLE))
        if paired and not named and rule.shape.struct is Id and SCHEME_TABLE in self.tables:
            calls.insert(0, Call(name="code", argument=SCHEME_TABLE + "+"))
        return calls

    def _check_shape(self, rule: Rule) -> None:
        shape, pair = rule.shape, any(len(take.path.parts) == 2 for take in rule.takes)
        if rule.source.word is not None and shape.kind not in ("str", "words"):
            raise Misconfigured("MAP-PATH/no-text", field=rule.field)
        named = {bound.codec.name for bound in rule.codecs}
        if "negate-if" in named and shape.kind not in ("Decimal", "int"):
            raise Misconfigured("MAP-PATH/no-sign", field=rule.field)
        if named & {"packs", "between"} and shape.kind != "struct":
            raise Misconfigured("MAP-PATH/has-no-two-parts", field=rule.field)
        if shape.kind == "words":
            raise Misconfigured("MAP-PATH/holds-words-by-name", field=rule.field)
        if shape.kind == "struct":
            if shape.struct not in PAIRED or not (pair or "between" in named) or rule.listed:
                wanted = ", ".join(f"{rule.field}.{name}" for name in fields_of(shape.struct or Struct))
                raise Misconfigured("MAP-PATH/has-parts", field=rule.field, wanted=wanted)
        elif shape.kind == "list":
            if shape.struct is not None or not shape.item:
                raise Misconfigured("MAP-PATH/is-list-parts", field=rule.field)
            if not rule.listed and "fold" not in named:
                raise Misconfigured("MAP-PATH/is-list", field=rule.field)
        elif (rule.listed or pair) and not named & {"lines", "fold"} and rule.source.word is None:
            raise Misconfigured("MAP-PATH/is-one-value", field=rule.field)

    def _check_fields(self, rule: Rule, variant: Variant) -> None:
        """Guards and negate-if name a field of the same item, or of the document."""
        wanted = [bound.field for bound in rule.codecs if bound.field]
        wanted += [rule.source.guard.field] if rule.source.guard else []
        for field in wanted:
            if shape_at(variant.struct, field) is None and shape_at(self.plan.document, field) is None:
                near = get_close_matches(field, names(variant.struct), 1, 0.5)
                words: dict[str, Word] = {"field": field, "name": variant.struct.__name__}
                if not near:
                    raise Misconfigured("MAP-FIELD/unadvised", words, code="MAP-PATH")
                advice = Wording(key="map/near-quoted", words={"near": near[0]})
                raise Misconfigured("MAP-FIELD", words, code="MAP-PATH", advice=advice)

    # constants and totals --------------------------------------------------------------------------------------------

    def _constant(self, variant: Variant, key: str, said: SourceText, elsewhere: set[str]) -> None:
        try:
            take = bind_path(parse_path(key, self.wire), variant, self.root, elsewhere, self.wire)
            if len(take.path.parts) != 1:
                raise Misconfigured("MAP-PATH/is-not-one-element", key=key)
        except OtherPlace:
            return
        except Misconfigured as fault:
            self.faults.append(as_map_fault(fault, said.where))
            return
        number = self._number(_joined(variant.name, f"const.{key}"), said.where)
        variant.constants.append(Constant(take, said.text, said.where, number))

    def _total(self, variant: Variant, key: str, said: SourceText) -> None:
        operation, _, what = said.text.partition(" ")
        try:
            if operation not in ("sum", "count") or not what:
                raise Misconfigured("MAP-PATH/is-no-total", text=said.text)
            target = self._target(parse_path(key, self.wire))
            source = parse_path(what, self.wire)
            loop, place = self._loop_of(target)
            take = bind_path(_beneath(target, len(loop)), self._standing(place), self.root, set(), self.wire)
            if len(take.path.parts) != 1:
                raise Misconfigured("MAP-PATH/is-not-one-element", key=key)
            element = take.part(take.path.parts[0])
            added = self._added(source, place)
        except Misconfigured as fault:
            self.faults.append(as_map_fault(fault, said.where))
            return
        number = self._number(f"totals.{key}", said.where)
        self.plan.totals.append(
            Total(
                number=number,
                operation="sum" if operation == "sum" else "count",
                loop=loop,
                target=_resolved_path(take),
                source=_resolved_path(added),
                decimals=_decimals(take),
                digits_max=element.maximum,
                required=element.required,
                hashed=operation == "sum" and element.key == HASH_TOTAL,
                where=said.where,
            )
        )

    def _target(self, target: Path) -> Path:
        """Return where a total stands with its last name on the part, where parts have names."""
        if has_numbers(self.wire):
            return target
        take = bind_path(target, self._standing(self.root), self.root, set(), self.wire)
        return replace(take.path, steps=take.steps)

    def _loop_of(self, target: Path) -> tuple[tuple[PathStep, ...], Place]:
        """Return the loop a total stands in: steps above the last, found from the top or anywhere beneath it."""
        steps = target.steps[:-1]
        place = self.root
        bound: list[PathStep] = []
        for step in steps:
            found = _find(place, step.tag)
            if found is None:
                raise Misconfigured("MAP-PATH/not-anywhere", text=target.text, wire=self.wire, tag=step.tag)
            place = found
            bound.append(resolved(step, place.record))
        return tuple(bound), place

    def _added(self, source: Path, place: Place) -> Take:
        """Return what a total adds up: its first step stands anywhere beneath the loop."""
        first = source.steps[0]
        found = _find(place, first.tag)
        if found is None:
            raise Misconfigured("MAP-PATH/not-beneath-it", text=source.text, wire=self.wire, tag=first.tag)
        inner = (
            bind_path(_beneath(source, 1), self._standing(found), self.root, set(), self.wire)
            if len(source.steps) > 1
            else None
        )
        own = Take(source if inner is None else inner.path, OWN, (), (), found)
        check_elements(own.path, (inner or own).record, self.wire)
        steps = (resolved(first, found.record), *(inner.steps if inner else ()))
        return Take(own.path, OWN, steps, (found, *(inner.places if inner else ())), place)

    def _standing(self, place: Place) -> Variant:
        return Variant(0, self.plan.document, "", place)

    # lists -----------------------------------------------------------------------------------------------------------

    def _list(self, above: Variant, name: str, tables: list[Table], depth: int) -> None:
        shape = shape_at(above.struct, name)
        where = tables[0].where or Where(file="", line=0)
        if shape is None or shape.kind != "list" or shape.struct is None:
            lists = [
                n for n in names(above.struct) if (s := shape_at(above.struct, n)) and s.kind == "list" and s.struct
            ]
            near = get_close_matches(name, lists, 1, 0.5)
            known = Wording(key="map/lists", words={"list": ", ".join(lists)})
            advice = near_or(near, known, "map/near-list")
            name2 = above.struct.__name__
            self.faults.append(map_fault("MAP-FIELD/no-list", where, name=name, name2=name2, advice=advice))
            return
        places: list[tuple[SourceText, Table, tuple[str, str] | None]] = []
        for table in tables:
            found = self._places(table)
            if not found:
                self.faults.append(map_fault("MAP-AT/nowhere", where, name=name))
            places += [(at, table, by) for at, by in found]
        self._bind_places(above, name, shape.struct, places, depth)

    def _places(self, table: Table) -> list[tuple[SourceText, tuple[str, str] | None]]:
        if table.places and table.by is not None:
            return [(at, (table.by.text, value)) for value, at in table.places.items()]
        return [(at, None) for at in table.at]

    def _bind_places(
        self,
        above: Variant,
        name: str,
        struct: type,
        places: list[tuple[SourceText, Table, tuple[str, str] | None]],
        depth: int,
    ) -> None:
        listing = Listing(name, [])
        places = [place for place in places if self._decides(struct, *place)]
        outers = [self._outer_tags(at.text) for at, _, _ in places]
        for index, (at, table, by) in enumerate(places):
            try:
                variant = self._place(above, _joined(above.name, name), struct, at)
            except Misconfigured as fault:
                self.faults.append(as_map_fault(fault, at.where, "MAP-AT"))
                continue
            variant.said_by = by
            variant.where = at.where
            variant.above = above
            others = {tag for other, tags in enumerate(outers) if other != index for tag in tags} - set(outers[index])
            self._fill(variant, table, others, depth + 1)
            listing.variants.append(variant)
        if listing.variants:
            above.lists.append(listing)

    def _decides(self, struct: type[Struct], at: SourceText, table: Table, by: tuple[str, str] | None) -> bool:
        """Say whether what the place decides is a text of the list's items, or nothing; else note the fault."""
        if by is None or (by[0] in fields_of(struct) and fields_of(struct)[by[0]].kind == "str"):
            return True
        texts = [name for name, shape in fields_of(struct).items() if shape.kind == "str"]
        where = table.by.where if table.by else at.where
        self.faults.append(map_fault("MAP-NAME/no-text", where, by=by[0], name=struct.__name__, list=", ".join(texts)))
        return False

    def _outer_tags(self, text: str) -> list[str]:
        try:
            path = parse_path(text, self.wire)
        except Misconfigured:
            return []
        return [step.tag for step in (path.steps if path.group else path.steps[:-1])]

    def _place(self, above: Variant, name: str, struct: type, at: SourceText) -> Variant:
        path = parse_path(at.text, self.wire)
        if path.parts or path.names or path.qualifier or path.member or path.number:
            raise Misconfigured("MAP-PATH/is-element-not-place", text=at.text)
        if path.here:
            return self._variant(struct, name, above.place, above.tags)
        own = path.group and len(path.steps) == 1 and path.steps[0].tag == above.place.record.tag
        if own:
            variant = self._variant(struct, name, above.place, above.tags)
            variant.group = above.place.record.group
            return variant
        levels = bind_steps(path.steps, above.place, above, self.root, top=path.top, text=at.text, wire=self.wire)
        last = levels[-1]
        tags = () if path.top else above.tags
        variant = self._variant(struct, name, last.place, (*tags, *(level.step.tag for level in levels)))
        if path.group:
            if last.place.record.group is None:
                raise Misconfigured("MAP-PATH/has-no-repeating-group", text=at.text, tag=last.step.tag, wire=self.wire)
            variant.group = last.place.record.group
            variant.outer = levels
        else:
            variant.outer, variant.step = levels[:-1], last.step
        return variant

    def _variant(self, struct: type[Struct], name: str, place: Place, tags: tuple[str, ...] = ()) -> Variant:
        variant = Variant(len(self.plan.variants), struct, name, place)
        variant.tags = tags
        if len(self.plan.variants) >= PLACES_MAX:
            raise _TooMuch
        self.plan.variants.append(variant)
        return variant

    def _number(self, field: str, where: Where) -> int:
        if len(self.plan.places) >= RULES_MAX:
            raise _TooMuch
        self.plan.places.append((field, where))
        return len(self.plan.places) - 1


def _joined(name: str, field: str) -> str:
    return f"{name}.{field}" if name else field


def _beneath(path: Path, count: int) -> Path:
    return replace(path, steps=path.steps[count:], top=False)


def _resolved_path(take: Take) -> Path:
    return Path(text=take.path.text, steps=take.steps, parts=take.path.parts, component=take.path.component)


def _find(place: Place, tag: str) -> Place | None:
    """Return the place of ``tag`` beneath ``place``, at any depth, nearest first."""
    if place.nests and tag == place.record.tag:
        return place
    level = list(place.children)
    while level:
        for child in level:
            if child.record.tag == tag:
                return child
        level = [inner for child in level for inner in child.children]
    return None


def _decimals(take: Take) -> int:
    if not take.path.parts:
        return 0
    return take.part(take.path.parts[0]).decimals
