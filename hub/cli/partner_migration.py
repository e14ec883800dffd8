"""A partner's file rewritten from the shape it had to the one it has: the text is kept, comments and all.

Before, ``[envelope]`` and ``[acknowledgements]`` stood beside everything else and a partner was a customer without
saying so. Lines are rewritten one by one, and what comes of them is read and held against what it must mean: a file
that is written in another way than this command knows is refused and left as it is, never guessed at.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from hub.exchange.partners import Kind
from hub.kernel.errors import Misconfigured
from hub.kernel.own_files import parse_toml, read_own_text
from hub.kernel.struct import Struct

_HEADER = re.compile(r"(\s*)\[\[?\s*([A-Za-z0-9_.\- ]+?)\s*\]\]?(\s*)(#.*)?$")
_KEY = re.compile(r"(\s*)([A-Za-z0-9_-]+)(\s*)(?:\.\s*([A-Za-z0-9_-]+)\s*)?=")
_ONE_TABLE = re.compile(r"(\btheirs\s*=\s*)(\{[^{}]*\})")
_TEXTS = re.compile(r"\"(\\.|[^\"\\])*\"|'[^']*'|#.*")
NEW_NAMES = {"envelope": "x12", "acknowledgements": "x12.acknowledgements"}


class Migration(Struct):
    """A file as it is now, and what was done to it; nothing where it had the new shape already."""

    file: str
    done: list[str]


def migrate_file(path: Path, kind: Kind) -> Migration:
    """Rewrite the file, at once or not at all. Raises ``Misconfigured`` where it cannot be; then it is as it was."""
    text = read_own_text(path)
    written, done = migrated(text, str(path), kind)
    if done:
        _replace(path.resolve(), written)
    return Migration(file=str(path), done=done)


def files_at(place: Path) -> list[Path]:
    """Return the partners' files at a place: itself, that of a partner's folder, or those of a folder of folders."""
    if place.is_file():
        return [place]
    own = place / "partner.toml"
    return [own] if own.is_file() else sorted((*place.glob("*/partner.toml"), *place.glob("partners/*/partner.toml")))


def id_meant(path: Path) -> str:
    """Return the partner's id by the folder, where the file lies among partners; elsewhere by what the file says."""
    folder = path.resolve().parent
    stated = parse_toml(read_own_text(path), str(path)).get("id")
    return stated if folder.parent.name != "partners" and isinstance(stated, str) else folder.name


def migrated(text: str, file: str, kind: Kind) -> tuple[str, list[str]]:
    """Return the text in the new shape, and what was done. Raises ``Misconfigured`` where a person has to do it."""
    before = parse_toml(text, file)
    due = _meant(before, kind)
    if due == before:
        return text, []
    written, done = _rewritten(text, None if "kind" in before else kind)
    if parse_toml(written, file) != due:
        raise Misconfigured.told(
            "the file is not written as this command can rewrite it, and was left as it is",
            code="CFG-MIGRATION",
            file=file,
            remedy="write [x12], [[x12.theirs]] and [x12.acknowledgements] by hand: see docs/partners.md",
        )
    return written, done


def _meant(before: dict[str, Any], kind: Kind) -> dict[str, Any]:
    """Return what the tables come to in the new shape."""
    after = {key: value for key, value in before.items() if key not in NEW_NAMES}
    after.setdefault("kind", kind)
    x12 = before.get("envelope", before.get("x12"))
    if isinstance(x12, dict) and isinstance(x12.get("theirs"), dict):
        x12 = {**x12, "theirs": [x12["theirs"]]}
    if "acknowledgements" in before:
        x12 = {**(x12 or {}), "acknowledgements": before["acknowledgements"]}
    return after if x12 is None else {**after, "x12": x12}


def _rewritten(text: str, kind: Kind | None) -> tuple[str, list[str]]:
    """Return the text with its headers and keys renamed, line by line; ``kind`` is stated below the name."""
    done: list[str] = []
    lines: list[str] = []
    table, depth = "", 0
    for ended in text.split("\n"):
        line = ended.removesuffix("\r")
        end = ended[len(line) :]
        header = _HEADER.match(line) if depth == 0 else None
        key = _KEY.match(line) if depth == 0 and header is None else None
        new = line
        if header:
            table = header[2].replace(" ", "")
            new = _renamed_header(line, header, table)
        elif key:
            new = _renamed_key(line, key, table)
        lines.append(new + end)
        if new != line:
            done.append(f"{_bare(line)} is {_bare(new)}")
        if kind and key and table == "" and key[2] == "name":
            lines.append(f'{key[1]}kind{key[3]}= "{kind}"{end}')
            done.append(f'kind = "{kind}" is stated')
            kind = None
        counted = _TEXTS.sub("", line)
        depth += sum(counted.count(bracket) for bracket in "[{") - sum(counted.count(bracket) for bracket in "]}")
    return "\n".join(lines), done


def _renamed_header(line: str, header: re.Match[str], table: str) -> str:
    first, _, rest = table.partition(".")
    if first not in NEW_NAMES:
        return line
    name = NEW_NAMES[first] + (f".{rest}" if rest else "")
    written = header[1] + (f"[[{name}]]" if name == "x12.theirs" else f"[{name}]")
    if not header[4]:
        return written
    column = len(header[0]) - len(header[4])  # where the comment stands, it goes on standing
    return written.ljust(column - 1) + " " + header[4]


def _renamed_key(line: str, key: re.Match[str], table: str) -> str:
    inside = table in ("envelope", "x12") or (table == "" and key[2] == "envelope")
    if inside:
        line = _ONE_TABLE.sub(r"\1[\2]", line, count=1)
    if table == "" and key[2] in NEW_NAMES:
        line = line[: key.start(2)] + NEW_NAMES[key[2]] + line[key.end(2) :]
    return line


def _bare(line: str) -> str:
    return line.partition("#")[0].strip()


def _replace(path: Path, text: str) -> None:
    """Write the file beside its place and move it there: whoever reads it meanwhile finds the one or the other."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("x", encoding="utf-8", newline="") as file:
            os.fchmod(file.fileno(), path.stat().st_mode & 0o777)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.rename(path)
    finally:
        beside.unlink(missing_ok=True)
