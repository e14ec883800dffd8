"""What can be wrong with a map's files: each fault a code, its words and where it stands.

In: the place and the words of whoever found it. Out: a ``MapFault``, whose sentence is made when it is read; the
sentences of the mapping language stand here together.
"""

from __future__ import annotations

from hub.kernel.errors import Misconfigured
from hub.kernel.sentence import Phrase, Word, Wording, declared, in_words
from hub.kernel.struct import Struct
from hub.mapping.scan import Where


class MapFault(Struct):
    """Something wrong in a map file: what, and where."""

    said: Wording
    where: Where
    code: str  # the stable name; of what was found reading another file, what that file is to the map

    @property
    def message(self) -> str:
        """What is wrong, in English."""
        return in_words(self.said)

    @property
    def remedy(self) -> str | None:
        """What to do about it, in English."""
        return self.misconfigured.remedy

    @property
    def misconfigured(self) -> Misconfigured:
        """The fault as what stops whoever uses the map."""
        return Misconfigured(self.said.key, self.said.words, code=self.code, file=self.where.file, line=self.where.line)

    def __str__(self) -> str:
        remedy = self.remedy
        return f"{self.where}:{self.where.column}: {self.code} {self.message}" + (
            f"; remedy: {remedy}" if remedy else ""
        )


def map_fault(key: str, where: Where, /, **words: Word) -> MapFault:
    """Return the fault ``key`` of the mapping language."""
    return MapFault(said=Wording(key=key, words=words), where=where, code=key.partition("/")[0])


def as_map_fault(fault: Misconfigured, where: Where, code: str | None = None) -> MapFault:
    """Return a fault that was raised as one of the map's, where the map has it."""
    return MapFault(said=fault.said, where=where, code=code or fault.code)


def near_or(near: list[str], otherwise: Wording, key: str = "map/near") -> Wording:
    """Return the advice to write the first of the nearest names; where none is near, ``otherwise``."""
    return Wording(key=key, words={"near": near[0]}) if near else otherwise


declared(
    {
        "MAP-NAME/not-one-word": Phrase(
            message="'{field}' is not one word of {words}",
            remedy="write {words}.<name>: one name, of at most 64 letters, digits, - and _",
        ),
        "MAP-PATH/no-text": Phrase(
            message="'{field}' is no text, so '=' cannot set it", remedy="take it from the wire"
        ),
        "MAP-PATH/no-sign": Phrase(message="'{field}' has no sign that could turn", remedy="negate-if is for numbers"),
        "MAP-PATH/has-no-two-parts": Phrase(
            message="'{field}' has no two parts", remedy="packs and between are for pairs"
        ),
        "MAP-PATH/holds-words-by-name": Phrase(message="'{field}' holds words by name", remedy="write {field}.<name>"),
        "MAP-PATH/not-beneath-it": Phrase(message="`{text}` is not in {wire}: no {tag} beneath it"),
        "MAP-NAME/no-text": Phrase(
            message="'{by}' is not a text of {name}, so no place can decide it", remedy="one of {list}"
        ),
        "MAP-PATH/is-element-not-place": Phrase(
            message="`{text}` is an element, not a place", remedy="name the place that it stands in"
        ),
        "MAP-SIZE": Phrase(
            message="the map comes to more than {rules_max} rules or {places_max} places",
            remedy="name fewer places in lists",
        ),
        "MAP-PATH/has-parts": Phrase(message="'{field}' has parts", remedy="say {wanted}"),
        "MAP-PATH/is-not-one-element": Phrase(message="`{key}` is not one element"),
        "MAP-PATH/is-no-total": Phrase(
            message="'{text}' is no total", remedy='write "sum" or "count", and what: "sum PLACE"'
        ),
        "MAP-PATH/not-anywhere": Phrase(message="`{text}` is not in {wire}: no {tag}"),
        "MAP-PATH/has-no-repeating-group": Phrase(message="`{text}`: {tag} has no repeating group in {wire}"),
        "MAP-PATH/is-list-parts": Phrase(message="'{field}' is a list of parts", remedy="write [each.{field}]"),
        "MAP-PATH/is-list": Phrase(message="'{field}' is a list", remedy="put a star behind the step that repeats"),
        "MAP-PATH/is-one-value": Phrase(
            message="'{field}' is one value", remedy="join texts with | lines, or take one place"
        ),
        "MAP-AT/nowhere": Phrase(message="[each.{name}] stands nowhere", remedy="say at"),
        "MAP-PATH/group-here-has-elements": Phrase(
            message="`{text}`: a group here has {size} elements", remedy="a place with ~ behind it opens a group"
        ),
        "MAP-PATH/past-the-end": Phrase(
            message="`{text}` is not in {wire}: {tag} ends with {near}", remedy="did you mean `{near}`?"
        ),
        "MAP-PATH/past-the-components": Phrase(
            message="`{text}` is not in {wire}: {tag}{number} has {count} components"
        ),
        "MAP-PATH/pack-of-nothing": Phrase(message="a {pack} of nothing", remedy="say how many are in one"),
        "MAP-PATH/path-is-missing": Phrase(message="a path is missing"),
        "MAP-PATH/no-segment": Phrase(message="'{text}' is not a segment, a loop or an element of one"),
        "MAP-PATH/no-name": Phrase(message="'{text}' is not a name on the wire"),
        "MAP-PATH/is-no-condition": Phrase(
            message="'{text}' is no condition", remedy="write name=value: @list=0160, type=SHIP"
        ),
        "MAP-PATH/empty-condition": Phrase(message="an empty condition"),
        "MAP-PATH/rule-more-than-characters": Phrase(
            message="a rule of more than {rule_characters_max} characters", remedy="make it shorter"
        ),
        "MAP-PATH/or-and-then": Phrase(message="'or' and 'then' cannot stand in one rule"),
        "MAP-PATH/codec-missing": Phrase(message="a codec is missing after '|'"),
        "MAP-PATH/word-missing": Phrase(message="a word is missing after '='"),
        "MAP-TOML/statement-longer-than-lines": Phrase(message="a statement longer than {statement_lines_max} lines"),
        "MAP-TOML/line-more-than-characters": Phrase(
            message="a line of more than {line_characters_max} characters", remedy="make it shorter"
        ),
        "MAP-CASES": Phrase(message="map {name} has no cases", remedy="add {name}/cases/<sentence>/input.edi"),
        "MAP-LINT-LOSSY": Phrase(
            message="{name} loses something, so the line cannot run both ways",
            remedy='make two lines of it: "< …" and "> …"',
        ),
        "MAP-LINT-ABSENT/unsaid": Phrase(
            message="'{field}' may be absent, so {name} would say what nobody said", remedy="leave the codec out"
        ),
        "MAP-LINT-GUARD": Phrase(
            message="'{field}' is not read by an unguarded line that runs both ways",
            remedy="add a line for {field}, or guard by another field",
        ),
        "MAP-LINT-RESERVED": Phrase(
            message="{name} has a field '{name2}', which is a word of the mapping language",
            remedy="rename the field in hub/canonical",
        ),
        "MAP-LINT-ONE": Phrase(
            message="the guide allows one {tags} here; this line and another want one each",
            remedy="join them with 'or', or drop one",
        ),
        "MAP-LINT-REVERSE": Phrase(
            message="table {name} has two codes for '{word}' and does not say which is written",
            remedy='add [codes.{name}.reverse] {word} = "…"',
        ),
        "MAP-LINT-LOOSE": Phrase(
            message="in table {name} the code {code} is also a word: with + they cannot be told apart",
            remedy="choose another word",
        ),
        "MAP-LINT-ABSENT/cannot-hold": Phrase(
            message="'{field}' cannot hold '{argument}'", remedy="write it as a {kind}"
        ),
        "MAP-LINT-PLAIN": Phrase(
            message="a line and a list both stand at {tag} without a condition",
            remedy="give the line a condition: {tag}[…]",
        ),
        "MAP-LINT-OVERLAP": Phrase(
            message="{step} and {other} can fit the same segment", remedy="make them differ in one element"
        ),
        "MAP-IDENTITY": Phrase(
            message="'{path}' is no single field of {name}, and cannot tell one from another",
            remedy='name fields that no two documents share: identity = ["number"]',
        ),
        "MAP-KEY/unknown": Phrase(message="'{name}' is not a key of the mapping language", remedy="use one of {list}"),
        "MAP-LIKE": Phrase(message="no shared table '{text}'", remedy="use one of {list}"),
        "MAP-KEY/no-text": Phrase(
            message="'{list}' must be text in quotes: codes keep their zeros that way", remedy="put the value in quotes"
        ),
        "MAP-KEY/must-be": Phrase(message="'{name}' must be {wanted}"),
        "MAP-FIELD": Phrase(message="'{field}' is not a field of {name}", remedy="{advice}"),
        "MAP-FIELD/unadvised": Phrase(message="'{field}' is not a field of {name}"),
        "MAP-FIELD/no-list": Phrase(message="'{name}' is not a list of {name2}", remedy="{advice}"),
        "MAP-PATH/no-codec": Phrase(message="no codec '{name}'", remedy="{advice}"),
        "MAP-PATH/no-such-codec": Phrase(
            message="'{name}:{argument}' is not how {name2} is written", remedy="{example}"
        ),
        "MAP-PATH/no-code-table": Phrase(message="no code table '{table}'", remedy="{advice}"),
        "MAP-PATH/not-in-wire": Phrase(message="`{text}` is not in {wire}", remedy="{advice}"),
        "MAP-PATH/not-beneath": Phrase(
            message="`{text}` is not in {wire}: no {tag} beneath {named}", remedy="{advice}"
        ),
        "MAP-PATH/not-in-it": Phrase(message="`{text}` is not in {wire}: no {missing} in {named}", remedy="{advice}"),
        "MAP-PATH/not-to-be-asked": Phrase(
            message="{tag} has no {name} that a condition could ask for", remedy="{advice}"
        ),
        "MAP-LINT-UNASKED": Phrase(message="no rule asks the table {name}", remedy="{advice}"),
        "MAP-LINT-WHY": Phrase(message="no rule reads {path}: its reason would never be shown", remedy="{advice}"),
        "map/leave-out": Phrase(message="leave it out"),
        "MAP-LINT-WEIGHED": Phrase(
            message="`{place}` says a {meaning}, and is read into {field}, where nothing weighs it",
            remedy="read it into the field it means; leave it unread, and it holds the order; what bears on nothing is "
            '"none" in [codes.unread]',
        ),
        "MAP-LINT-WORD": Phrase(message="'{word}' is no word of the vocabulary {name}", remedy="{advice}"),
        "MAP-HEADER/no-document": Phrase(message="no {key} '{text}'", remedy="{advice}"),
        "MAP-HEADER/unsaid": Phrase(message="[map] does not say its {key}", remedy="{advice}"),
        "map/a-date": Phrase(message="a date"),
        "map/near": Phrase(message="did you mean {near}?"),
        "map/near-quoted": Phrase(message="did you mean '{near}'?"),
        "map/near-place": Phrase(message="did you mean `{near}`?"),
        "map/near-list": Phrase(message="did you mean [each.{near}]?"),
        "map/one-of": Phrase(message="use one of {list}"),
        "map/fields": Phrase(message="see the document's fields in hub/canonical"),
        "map/lists": Phrase(message="lists are {list}"),
        "map/add-table": Phrase(message="add [codes.{table}]"),
        "map/beneath": Phrase(message="beneath {named} stand {list}"),
        "map/top": Phrase(message="the top of the document"),
        "map/simple": Phrase(message="a condition asks for an attribute or a simple child"),
        "map/any-word": Phrase(message="use a word of hub/canonical/words.toml, or let any pass: code:{name}+"),
        "map/name-a-guide": Phrase(message="name a schema: SYNTAX/EDITION/DOCUMENT"),
        "map/no-shared": Phrase(message="none: there is no shared.toml"),
        "map/version": Phrase(message="a whole number from 1"),
        "map/identity": Phrase(message='a list of fields: ["number", "placed"]'),
        "map/text": Phrase(message="text in quotes"),
    }
)

# of a canonical document that is to be written: hub/mapping/documents.py
declared(
    {
        "CFG/no-document": Phrase(message="no document '{name}'", remedy='say "document": one of {list}'),
        "CFG/other-version": Phrase(
            message="{name} version {version} is not known", remedy='say "version": {versions}'
        ),
        "CFG/no-json": Phrase(message="not JSON: {fault}"),
        "CFG/not-as-its-schema": Phrase(message="no {name}: {fault}", remedy="see schemas/json/{name}.json"),
    }
)
