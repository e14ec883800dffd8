"""What a map says that is allowed and most likely a mistake: a warning to its author, and no fault.

A bound ``Plan`` and its tables enter, warnings leave: what bears on the promise read into an extension, where nothing
weighs it (unread, it would hold its order); a word that its vocabulary does not have, where any word may stand; a table
of codes that no rule asks, and a reason for what no rule reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from hub.canonical.named import REVISION, meaning_of_name
from hub.kernel.sentence import Wording
from hub.mapping.cover import UNWEIGHED
from hub.mapping.faults import MapFault, map_fault, near_or
from hub.mapping.lint import strange_word
from hub.mapping.plan import Plan, Rule, Take, Variant
from hub.mapping.shape import fields_of
from hub.mapping.tables import CodeMap
from hub.mapping.weighing import TABLE, TableOfMeanings

EXTENSION = "extensions."
REFERENCES = "reference"
"""The table of the codes that say what a number refers to, as REF01 of X12 does."""


def doubts_of(plan: Plan, tables: dict[str, CodeMap], file: str) -> list[MapFault]:
    """Return a warning for all that is most likely not meant as it is said; ``file`` is the map's own."""
    found = [*_strange_words(plan, tables), *_unasked_tables(plan, tables, file), *_idle_reasons(plan, file)]
    if UNWEIGHED in fields_of(plan.document):
        found += _unweighed(plan, tables)
    return list({str(fault): fault for fault in found}.values())


def _strange_words(plan: Plan, tables: dict[str, CodeMap]) -> Iterator[MapFault]:
    """Yield the words that the rules of this program do not know, of tables that let any code pass: without the plus
    each is a fault."""
    for name in {bound.table for rule in plan.rules for bound in rule.codecs if bound.passes}:
        for word, where in tables[name].strange.items() if name else ():
            yield strange_word(word, where, name or "")


def _unasked_tables(plan: Plan, tables: dict[str, CodeMap], file: str) -> Iterator[MapFault]:
    """Yield the tables of the file that no rule asks; what several maps share may be asked by another."""
    asked = {bound.table for rule in plan.rules for bound in rule.codecs if bound.table}
    for name, table in tables.items():
        if name not in asked and name not in (TABLE, REFERENCES) and file in table.places:
            near = get_close_matches(name, asked, n=1)
            advice = near_or(near, Wording(key="map/leave-out"), "map/near-quoted")
            yield map_fault("MAP-LINT-UNASKED", table.places[file], name=name, advice=advice)


def _idle_reasons(plan: Plan, file: str) -> Iterator[MapFault]:
    """Yield the reasons of the file that stand with no value: nobody would ever see them."""
    named = {f"{variant.name}.{rule.field}".lstrip(".") for variant in plan.variants for rule in variant.rules}
    for path, where in plan.why_places.items():
        if where.file == file and path not in named:
            near = get_close_matches(path, named, n=1)
            advice = near_or(near, Wording(key="map/leave-out"), "map/near-quoted")
            yield map_fault("MAP-LINT-WHY", where, path=path, advice=advice)


def _unweighed(plan: Plan, tables: dict[str, CodeMap]) -> list[MapFault]:
    """Return a warning for every rule that reads what bears on the promise into an extension."""
    words = tables[TABLE].words if TABLE in tables else {}
    references = tables[REFERENCES].words if REFERENCES in tables else {}
    meanings = TableOfMeanings(plan.schema, words)
    found: list[MapFault] = []
    for variant in plan.variants:
        for rule in variant.rules:
            if rule.reads and rule.field.startswith(EXTENSION):
                found += _of_rule(rule, variant, meanings, references, whole=variant is plan.root)
    return found


def _of_rule(
    rule: Rule, variant: Variant, meanings: TableOfMeanings, references: Mapping[str, str], *, whole: bool
) -> Iterator[MapFault]:
    for take in rule.takes:
        for number in take.path.parts:
            meaning = _meaning(take, number, variant, meanings, references, whole=whole)
            if meaning is not None:
                place = take.path.text
                yield map_fault("MAP-LINT-WEIGHED", rule.where, place=place, meaning=meaning, field=rule.field)


def _meaning(
    take: Take, number: int, variant: Variant, meanings: TableOfMeanings, references: Mapping[str, str], *, whole: bool
) -> str | None:
    """Return what the place says by the map's table, by what is asked of it (``[@name=Cancel after]``), or by its own
    name; of the whole document no version, which is its own."""
    tag = take.record.tag
    if len(take.places) > 1:
        above = take.places[-2].record.tag
    else:
        above = take.own.record.tag if take.places else (variant.tags[-2:-1] or (tag,))[0]
    if meanings.bears_on_nothing(above, tag, number):
        return None
    asked = [each.value for step in take.steps for each in step.conditions if each.value]
    asked += [each.value for each in take.path.conditions if each.value]
    for value in asked:
        meaning = meanings.of_value(tag, value, "") or meaning_of_name(references.get(value, ""))
        if meaning is not None:
            return meaning
    own = meaning_of_name(take.record.parts[number - 1].key) if not asked else None
    return meanings.of(above, tag, number) or (None if whole and own == REVISION else own)
