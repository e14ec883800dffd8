"""JSON Schemas of the canonical documents, made from their Structs.

In: nothing but the Structs and their source. Out: one schema for each document, and the files under ``schemas/json``:
``python -m hub.canonical.schema --write`` brings them up to date, ``--check`` exits 1 when one is stale. Docstrings
become descriptions of types, a comment behind a field becomes the field's, for whoever reads the schema without us.
"""

from __future__ import annotations

import argparse
import inspect
import io
import json
import re
import sys
import tokenize
from datetime import time
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

import hub
from hub.canonical import DOCUMENTS, VERSIONS
from hub.kernel.struct import Struct

FOLDER = Path(hub.__file__).parents[1] / "schemas" / "json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
DECIMAL = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$"
"""A decimal as the hub writes it: digits, never an exponent, never a float that lost some."""
WALL_TIME = r"^[0-2][0-9]:[0-5][0-9]:[0-5][0-9](\.[0-9]+)?$"
"""A time without offset: JSON Schema's own format ``time`` wants one."""

_FIELD = re.compile(r"^    (\w+)\s*:")


def schema_of(name: str) -> dict[str, Any]:
    """Return the JSON Schema of document ``name`` as ``hub map apply`` prints it, with ``document`` and ``version``."""
    version = VERSIONS[name]
    (reference,), parts = msgspec.json.schema_components([DOCUMENTS[name]], ref_template="#/$defs/{name}")
    types = _structs(DOCUMENTS[name])
    for part, schema in parts.items():
        if part in types:
            _describe(schema, types[part])
    parts = {part: _exact(schema) for part, schema in parts.items()}
    own = parts.pop(reference["$ref"].rsplit("/", 1)[1])
    envelope = {"document": {"const": name}, "version": {"const": version}}
    return {
        "$schema": DIALECT,
        "$id": f"urn:contract-hub:canonical:{name}:{version}",
        **own,
        "title": name,
        "version": version,
        "properties": {**envelope, **own["properties"]},
        "required": [*envelope, *own.get("required", [])],
        "$defs": dict(sorted(parts.items())),
    }


def files() -> dict[str, str]:
    """Return the text of every schema file by name."""
    return {f"{name}.json": json.dumps(schema_of(name), indent=2, ensure_ascii=False) + "\n" for name in DOCUMENTS}


def stale(folder: Path = FOLDER) -> list[str]:
    """Return the names of files that are missing, out of date, or of documents that are gone."""
    wanted = files()
    found = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.json")} if folder.is_dir() else {}
    return sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))


def write(folder: Path = FOLDER) -> list[str]:
    """Bring ``folder`` up to date and return the names that changed."""
    changed = stale(folder)
    folder.mkdir(parents=True, exist_ok=True)
    wanted = files()
    for name in changed:
        if name in wanted:
            (folder / name).write_text(wanted[name], encoding="utf-8")
        else:
            (folder / name).unlink()
    return changed


def _structs(root: type[Struct]) -> dict[str, type[Struct]]:
    """Return every Struct that ``root`` is made of, by name."""
    found: dict[str, type[Struct]] = {}
    waiting: list[Any] = [root]
    while waiting:
        shape = waiting.pop()
        if isinstance(shape, type) and issubclass(shape, Struct):
            if shape.__name__ not in found:
                found[shape.__name__] = shape
                waiting += [field.type for field in msgspec.structs.fields(shape)]
        else:
            waiting += getattr(shape, "__args__", ())
    return found


def _describe(schema: dict[str, Any], shape: type[Struct]) -> None:
    """Add the words of ``shape``: its docstring, its fields' comments, the shape of its times."""
    documented = inspect.getdoc(shape)
    if documented:
        schema["description"] = _plain(documented)
    for said in msgspec.structs.fields(shape):
        if time in (said.type, *getattr(said.type, "__args__", ())):
            schema["properties"][said.encode_name]["pattern"] = WALL_TIME
    for owner in reversed(shape.__mro__):
        if owner is Struct or not issubclass(owner, Struct):
            continue
        for field, comment in _comments(owner).items():
            if field in schema["properties"]:
                schema["properties"][field]["description"] = _plain(comment)


@cache
def _comments(shape: type[Struct]) -> dict[str, str]:
    """Return the comment behind each field of ``shape``, as its source has it."""
    source = inspect.getsource(shape)
    spoken: dict[int, str] = {
        token.start[0]: token.string.lstrip("# ")
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    lines = enumerate(source.splitlines(), start=1)
    return {
        field[1]: spoken[number]
        for number, line in lines
        if number in spoken and (field := _FIELD.match(line)) is not None
    }


def _plain(text: str) -> str:
    return " ".join(text.replace("``", "").split())


def _exact(schema: Any) -> Any:
    """Return ``schema`` with exact decimals, and absence as the only way of not saying a thing."""
    if isinstance(schema, list):
        return [_exact(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("default", ...) in (None, [], {}):
        schema = {key: value for key, value in schema.items() if key != "default"}
    choices = schema.get("anyOf", [])
    if {"type": "null"} in choices and len(choices) == 2:
        (said,) = (choice for choice in choices if choice != {"type": "null"})
        schema = {**said, **{key: value for key, value in schema.items() if key != "anyOf"}}
    if schema.get("format") == "decimal":  # no format of JSON Schema's: a validator may refuse what it does not know
        schema = {**{key: value for key, value in schema.items() if key != "format"}, "pattern": DECIMAL}
    return {key: _exact(value) for key, value in schema.items()}


def main(arguments: list[str] | None = None) -> int:
    """Write or check the files; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m hub.canonical.schema", description="JSON Schemas of the documents")
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--write", action="store_true", help="bring schemas/json up to date")
    choice.add_argument("--check", action="store_true", help="exit 1 when a file is stale")
    chosen = parser.parse_args(arguments)
    names = write() if chosen.write else stale()
    for name in names:
        print(f"{'written' if chosen.write else 'stale'}: {name}")
    return 1 if names and chosen.check else 0


if __name__ == "__main__":
    sys.exit(main())
