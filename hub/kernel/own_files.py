"""Files of ours, as configuration holds them: read whole, as text, as TOML; what cannot be read says so in one line.

In: a path. Out: its text, or its tables. Whatever is wrong with the file is ``Misconfigured`` with file, line and
remedy: a pipe or a device where a file should be, more bytes than any such file has, bytes that are no UTF-8, TOML that
is none or is nested beyond sense. Who reads the files of one partner puts a ``Misconfigured.of`` around the rest.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hub.kernel.errors import Misconfigured
from hub.kernel.sentence import Phrase, declared

OWN_FILE_BYTES_MAX = 4 * 1024 * 1024  # a price list of 50,000 lines is half of this
FILE = "CFG-FILE"


def read_own_text(path: Path, *, bytes_max: int = OWN_FILE_BYTES_MAX, name: str | None = None) -> str:
    """Return the text of the file at ``path``, which faults call ``name``; a byte order mark at its head is no text."""
    file = name or str(path)
    data = read_own_bytes(path, bytes_max=bytes_max, name=name)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = data[: fault.start].count(b"\n") + 1
        raise Misconfigured("CFG-FILE/not-utf-8", file=file, line=line) from fault


def read_own_bytes(path: Path, *, bytes_max: int = OWN_FILE_BYTES_MAX, name: str | None = None) -> bytes:
    """Return the bytes of the file at ``path``, which faults call ``name``; a pipe is not waited for."""
    file = name or str(path)
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as opened:
            if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
                raise Misconfigured("CFG-FILE/is-no-regular-file", file=file)
            data = opened.read(bytes_max + 1)
    except (OSError, ValueError) as fault:  # ValueError: a NUL in the path
        said = fault.strerror if isinstance(fault, OSError) and fault.strerror else str(fault)
        raise Misconfigured("CFG-FILE/cannot-be-read", file=file, said=said) from fault
    if len(data) > bytes_max:
        raise Misconfigured("CFG-FILE/is-larger-than-bytes", file=file, bytes_max=bytes_max)
    return data


def parse_toml(text: str, file: str, *, parse_float: Callable[[str], Any] = float) -> dict[str, Any]:
    """Return the tables of ``text``, which stands in ``file``."""
    try:
        return tomllib.loads(text, parse_float=parse_float)
    except tomllib.TOMLDecodeError as fault:
        place = re.search(r"at line (\d+)", str(fault))
        line = int(place[1]) if place else text.count("\n") + (not text.endswith("\n"))  # else "at end of document"
        raise Misconfigured("CFG-TOML/is-not-toml", file=file, line=line, fault=str(fault)) from fault
    except RecursionError as fault:
        raise Misconfigured("CFG-TOML/is-nested-too-deeply", file=file, line=_deepest(text)) from fault
    except (ValueError, ArithmeticError) as fault:  # a number of more digits than Python reads
        raise Misconfigured("CFG-TOML/number", file=file, line=1, fault=str(fault)) from fault


def _deepest(text: str) -> int:
    """Return the line with the most brackets: where what is nested too deeply begins, or most of it stands."""
    lines = text.splitlines() or [""]
    return max(range(len(lines)), key=lambda at: sum(map(lines[at].count, "[{"))) + 1


declared(
    {
        "CFG-FILE/is-larger-than-bytes": Phrase(message="is larger than {bytes_max} bytes", remedy="split it"),
        "CFG-FILE/not-utf-8": Phrase(
            message="cannot be read: its bytes are no UTF-8", remedy="make it a UTF-8 text file"
        ),
        "CFG-FILE/cannot-be-read": Phrase(message="cannot be read: {said}", remedy="make it readable"),
        "CFG-TOML/is-not-toml": Phrase(message="is not TOML: {fault}", remedy="mend the line"),
        "CFG-TOML/is-nested-too-deeply": Phrase(message="is nested too deeply", remedy="write it as tables"),
        "CFG-TOML/number": Phrase(message="is not TOML: {fault}", remedy="mend the number"),
        "CFG-FILE/is-no-regular-file": Phrase(message="is no regular file", remedy="put a file in its place"),
    }
)
