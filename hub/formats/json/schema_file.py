"""A partner's JSON Schema (2020-12) as a ``Member`` tree: the part of it that business documents are written in.

In: a file. Out: ``ReadSchema``. A keyword that is not among that part is a ``Misconfigured``: a schema half understood
would judge wrongly. Patterns are not judged: no text of a stranger is to keep ``re`` busy.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from hub.formats.json.member import Member
from hub.formats.json.reader import Number, open_body
from hub.formats.named_formats import FORMATS
from hub.formats.schema import PartType
from hub.formats.simple import Simple
from hub.kernel.errors import Misconfigured
from hub.kernel.own_files import read_own_text
from hub.kernel.sentence import Phrase, Word, declared
from hub.kernel.struct import Struct

SCHEMA_BYTES_MAX = 2 * 1024 * 1024  # that of EPCIS 2.0 has 90 KB
MEMBERS_MAX = 20_000
DEPTH_MAX = 40
TITLE_CHARACTERS_MAX = 80

_TYPES: dict[str, PartType] = {"string": "text", "number": "number", "integer": "whole", "boolean": "flag"}
_MOMENTS: dict[str, PartType] = {"date": "date", "time": "time", "date-time": "moment"}
_SAID = {"$schema", "$id", "$defs", "$comment", "title", "description", "examples", "deprecated", "pattern"}
_OF_VALUES = {"type", "enum", "const", "format", "minLength", "maxLength", "minimum", "maximum", "multipleOf"}
_OF_PLACES = {
    "type", "properties", "required", "items", "minItems", "maxItems", "additionalProperties", "unevaluatedProperties",
}  # fmt: skip


class ReadSchema(Struct):
    """A schema file understood."""

    member: Member
    digest: str


def read_json_schema(path: Path, name: str) -> ReadSchema:
    """Return what the schema at ``path`` says; ``name`` is how faults call it."""
    text = read_own_text(path, bytes_max=SCHEMA_BYTES_MAX, name=name)
    document, findings = open_body(text.encode())
    if document is None:
        first = findings[0]
        raise Misconfigured("CFG-JSON-SCHEMA/unreadable", file=name, line=first.location.line or 1, found=first.wording)
    reader = _Reader(document.value, name)
    root = document.value if isinstance(document.value, dict) else {}
    member = reader.member(str(root.get("title") or path.stem), root, "", 0)
    if member.simple is not None or member.array:
        raise reader.fault("", "is-no-object")
    return ReadSchema(member=member, digest=sha256(text.encode()).hexdigest())


class _Reader:
    def __init__(self, root: Any, name: str) -> None:
        self.root = root
        self.name = name
        self.count = 0

    def fault(self, pointer: str, case: str, /, **words: Word) -> Misconfigured:
        return Misconfigured(f"CFG-JSON-SCHEMA/{case}", words, file=self.name, line=1, pointer=pointer or "/")

    def member(self, name: str, said: Any, pointer: str, depth: int) -> Member:
        """Return what one schema object describes."""
        self.count += 1
        if depth > DEPTH_MAX or self.count > MEMBERS_MAX:
            raise self.fault(pointer, "comes-more-than-members", members_max=MEMBERS_MAX, depth_max=DEPTH_MAX)
        if not isinstance(said, dict):
            raise self.fault(pointer, "is-no-schema-object")
        if "$ref" in said:
            return self.member(name, self._referred(said["$ref"], pointer), pointer, depth + 1)
        kind = self._kind(said, pointer)
        known = _SAID | (_OF_VALUES if kind in _TYPES else _OF_PLACES)
        for keyword in said:
            if keyword not in known:
                raise self.fault(pointer, "says-which-is-not", keyword=keyword)
        if kind == "object":
            return self._object(name, said, pointer, depth)
        if kind == "array":
            item = self.member(name, said.get("items"), f"{pointer}/items", depth + 1)
            if item.array:
                raise self.fault(pointer, "is-array-arrays")
            return replace(
                item,
                array=True,
                least=self._count(said, "minItems"),
                most=self._count(said, "maxItems"),
                title=_title(said) or item.title,
            )
        fixed = said.get("const")
        return Member(
            name=name,
            simple=self._simple(said, kind),
            fixed=None if fixed is None else _text(fixed),
            title=_title(said),
        )

    def _object(self, name: str, said: dict[str, Any], pointer: str, depth: int) -> Member:
        required = said.get("required", [])
        properties = said.get("properties", {})
        if not isinstance(properties, dict) or not isinstance(required, list):
            raise self.fault(pointer, "says-its-properties-otherwise")
        members = [
            replace(self.member(key, inner, f"{pointer}/properties/{key}", depth + 1), required=key in required)
            for key, inner in properties.items()
        ]
        closed = said.get("additionalProperties", said.get("unevaluatedProperties", True)) is False
        return Member(name=name, members=tuple(members), open=not closed, title=_title(said))

    def _simple(self, said: dict[str, Any], kind: str) -> Simple:
        codes = said.get("enum") or ([said["const"]] if "const" in said else [])
        named = str(said.get("format")) if kind == "string" else ""
        type_ = _MOMENTS.get(named, _TYPES[kind])
        return Simple(
            type="code" if codes and type_ == "text" else type_,
            minimum=self._count(said, "minLength"),
            maximum=self._count(said, "maxLength"),
            fraction=_decimals(said.get("multipleOf")),
            low=_number(said.get("minimum")),
            high=_number(said.get("maximum")),
            codes=tuple(_text(code) for code in codes if code is not None),
            format=named if named in FORMATS else "",
        )

    def _kind(self, said: Mapping[str, Any], pointer: str) -> str:
        named = said.get(
            "type", "object" if "properties" in said else "string" if said.keys() & {"enum", "const"} else None
        )
        kinds = [kind for kind in (named if isinstance(named, list) else [named]) if kind != "null"]
        if len(kinds) != 1 or kinds[0] not in (*_TYPES, "object", "array"):
            raise self.fault(pointer, "has-type-which-is", named=named)
        return str(kinds[0])

    def _count(self, said: Mapping[str, Any], keyword: str) -> int:
        number = said.get(keyword, "0")
        return int(number) if isinstance(number, str) and number.isdigit() and len(number) < 10 else 0

    def _referred(self, reference: Any, pointer: str) -> Any:
        found = self.root
        if not isinstance(reference, str) or not reference.startswith("#/"):
            raise self.fault(pointer, "refers-what-is-not")
        for step in reference[2:].split("/"):
            found = found.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(found, dict) else None
        if found is None:
            raise self.fault(pointer, "refers-which-is-not", reference=reference)
        return found


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _title(said: Mapping[str, Any]) -> str:
    """Return how a schema object explains itself; its ``title`` may be but a name."""
    words = " ".join(str(said.get("description") or said.get("title") or "").split())
    return words if len(words) <= TITLE_CHARACTERS_MAX else words[: TITLE_CHARACTERS_MAX - 1] + "…"


def _number(value: Any) -> Decimal | None:
    return Decimal(value) if isinstance(value, Number) else None


def _decimals(value: Any) -> int | None:
    """Return how many decimals a number has that is a multiple of 0.01: two."""
    if not isinstance(value, Number):
        return None
    exponent = Decimal(value).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else None


declared(
    {
        "CFG-JSON-SCHEMA/unreadable": Phrase(message="{found}"),
        "CFG-JSON-SCHEMA/is-no-object": Phrase(
            message="{pointer} is no object", remedy="describe the document as an object"
        ),
        "CFG-JSON-SCHEMA/comes-more-than-members": Phrase(
            message="{pointer} comes to more than {members_max} members, or nests deeper than {depth_max}"
        ),
        "CFG-JSON-SCHEMA/is-no-schema-object": Phrase(message="{pointer} is no schema object"),
        "CFG-JSON-SCHEMA/says-its-properties-otherwise": Phrase(
            message="{pointer} says its properties otherwise than as an object"
        ),
        "CFG-JSON-SCHEMA/has-type-which-is": Phrase(
            message="{pointer} has the type {named}, which is not understood",
            remedy="name one type, and null if need be",
        ),
        "CFG-JSON-SCHEMA/refers-what-is-not": Phrase(
            message="{pointer} refers to what is not in this file", remedy="write #/$defs/…"
        ),
        "CFG-JSON-SCHEMA/refers-which-is-not": Phrase(message="{pointer} refers to {reference}, which is not there"),
        "CFG-JSON-SCHEMA/says-which-is-not": Phrase(
            message="{pointer} says {keyword}, which is not understood", remedy="describe it without"
        ),
        "CFG-JSON-SCHEMA/is-array-arrays": Phrase(
            message="{pointer} is an array of arrays", remedy="put an object between them"
        ),
    }
)
