"""The border at which text becomes code: the one place where Python that the hub has written is made to run.

Guides and maps are compiled into Python. What they say may stand in it as a value, never as a name: a word that is to
be a name passes ``name_of``; and whatever was written, ``made`` looks at every name the finished code uses before any
of it runs. A name that is not ours is a ``Defect``: whoever wrote the source let something through.
"""

from __future__ import annotations

import builtins
import dis
import keyword
import re
from collections.abc import Callable, Collection, Iterator
from types import CodeType
from typing import Any

from hub.kernel.errors import Defect

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
LOCAL = re.compile(r"[A-Za-z_.][A-Za-z0-9_]{0,11}", re.ASCII)  # ".0" is what a comprehension calls its source

BUILTINS = (
    "all", "any", "bool", "enumerate", "isinstance", "iter", "len", "min", "next", "range", "set", "sorted", "str",
)  # fmt: skip
"""All that written code finds of Python's own: nothing that opens, imports, looks behind a value or writes code."""


def name_of(text: str) -> str:
    """Return ``text``, which is to stand in the source as the name of a field; anything else raises ``Defect``.

    >>> name_of("order_number")
    'order_number'
    """
    if not NAME.fullmatch(text) or keyword.iskeyword(text):
        raise Defect(f"{text[:80]!r} cannot be the name of a field in written code")
    return text


def made(
    source: str, names: dict[str, Any], wanted: str, *, label: str, attributes: Collection[str]
) -> Callable[..., Any]:
    """Return the function ``wanted`` of ``source``, which finds ``names``, and of other values only ``attributes``."""
    try:
        code = compile(source, label, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as fault:
        raise Defect(f"what was written for {label} is no Python: {type(fault).__name__}") from fault
    known = {*BUILTINS, *names, *attributes, *code.co_names}  # at the top of the module: the functions it defines
    functions = {inner.co_name for inner in _inside(code) if inner.co_name.isidentifier()}
    calls = any("CALL" in step.opname for step in dis.get_instructions(code))
    if calls or not functions.issuperset(code.co_names):
        raise Defect(f"what was written for {label} does more than define functions")
    for inner in _beneath(code):
        strange = sorted({*inner.co_names} - known) or [
            local for local in (*inner.co_varnames, *inner.co_cellvars) if not LOCAL.fullmatch(local)
        ]
        if strange:
            raise Defect(f"what was written for {label} names something that is not ours: {strange[0][:80]!r}")
    names["__builtins__"] = {name: getattr(builtins, name) for name in BUILTINS}
    exec(code, names)
    function: Callable[..., Any] = names[wanted]
    return function


def _inside(code: CodeType) -> Iterator[CodeType]:
    return (constant for constant in code.co_consts if isinstance(constant, CodeType))


def _beneath(code: CodeType) -> Iterator[CodeType]:
    for inner in _inside(code):
        yield inner
        yield from _beneath(inner)
