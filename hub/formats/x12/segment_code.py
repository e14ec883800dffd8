"""Writes the Python that accepts one segment: straight-line, no look-ups in the guide while messages run.

In: a ``Segment`` and the guide's code lists. Out: a function from the segment's values to True (nothing is wrong) or
False (ask ``explain``, which says what, and which has the last word). Only numbers and names made here stand in the
source; every text that comes from data reaches it as an object in the namespace, or through ``repr``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from hub.formats.tree import Value
from hub.formats.x12.element_types import is_date, is_number, is_time
from hub.formats.x12.guide import CodeLists, Element, Segment, SyntaxNote
from hub.kernel.generated import made

Accepts = Callable[[Sequence[Value]], bool]

CALLED = frozenset(("isascii", "isdigit", "isprintable", "isspace"))
"""What compiled code asks of a text."""


def compile_segment(segment: Segment, codes: CodeLists) -> Accepts:
    """Return the function that says whether the values of a ``segment`` are free of faults."""
    names: dict[str, object] = {"is_date": is_date, "is_time": is_time, "is_number": is_number}
    source = "\n".join(_function(segment, codes, names))
    return made(source, names, "accepts", label=f"<guide {segment.tag!r}>", attributes=CALLED)


def _function(segment: Segment, codes: CodeLists, names: dict[str, object]) -> Iterator[str]:
    elements = segment.elements
    least = max((n for n, e in enumerate(elements, 1) if e.required), default=0)
    yield "def accepts(v):"
    yield "    n = len(v)"
    yield f"    if not {least + 1} <= n <= {len(elements) + 1} or not v[-1]: return False"
    for note in segment.notes:
        if note.kind == "R":
            yield f"    if not ({' or '.join(_said(i, 0) for i in note.elements)}): return False"
    for number, element in enumerate(elements, 1):
        if number > least:
            yield f"    if n == {number}: return True"
        yield f"    e = v[{number}]"
        wrong = _wrong(element, "e", codes, names)
        yield f"    if e{': ' + chr(10) + '        if ' + wrong + ': return False' if wrong else ': pass'}"
        if element.required:
            yield "    else: return False"
        for note in segment.notes:
            if note.kind != "R" and _starts(note) == number:
                yield from _note(note, number)
    yield "    return True"


def _starts(note: SyntaxNote) -> int:
    """The element at which ``note`` is judged: before it, the segment may end without breaking the note."""
    return note.elements[0] if note.kind in "CL" else min(note.elements)


def _said(number: int, reached: int) -> str:
    return f"v[{number}]" if number <= reached else f"(n > {number} and v[{number}])"


def _note(note: SyntaxNote, at: int) -> Iterator[str]:
    others = [_said(number, at) for number in note.elements if number != at]
    if note.kind == "C":
        yield f"    if e and not ({' and '.join(others)}): return False"
    elif note.kind == "L":
        yield f"    if e and not ({' or '.join(others)}): return False"
    elif len(others) == 1:
        broken = f"not {others[0]}" if note.kind == "P" else others[0]
        yield f"    if e and {broken}: return False"
        if note.kind == "P":
            yield f"    if not e and {others[0]}: return False"
    else:
        yield f"    k = bool(e) + {' + '.join(f'bool({other})' for other in others)}"
        yield f"    if {f'0 < k < {len(note.elements)}' if note.kind == 'P' else 'k > 1'}: return False"


def _wrong(element: Element, name: str, codes: CodeLists, names: dict[str, object]) -> str:
    """Return the condition under which a value that is there is wrong; "" when nothing can be."""
    if not element.used:
        return "True"
    if element.repeat > 1:
        one = _wrong(_once(element), "x", codes, names)
        return f"len({name}) > {element.repeat} or not all({name})" + (f" or any({one} for x in {name})" if one else "")
    if element.components:
        return _wrong_parts(element, name, codes, names)
    return _wrong_text(element, name, codes, names)


def _once(element: Element) -> Element:
    return Element(
        number=element.number, name=element.name, type=element.type, minimum=element.minimum,
        maximum=element.maximum, codes=element.codes, components=element.components,
    )  # fmt: skip


def _wrong_parts(element: Element, name: str, codes: CodeLists, names: dict[str, object]) -> str:
    parts = element.components
    least = max((n for n, part in enumerate(parts, 1) if part.required), default=0)
    checks = [f"not {max(least, 1)} <= len({name}) <= {len(parts)}", f"not {name}[-1]"]
    for index, part in enumerate(parts):
        wrong = _wrong(part, f"{name}[{index}]", codes, names)
        there = f"{name}[{index}]" if index < least else f"len({name}) > {index} and {name}[{index}]"
        if part.required:
            checks.append(f"not {name}[{index}]")
        if wrong:
            checks.append(f"({there} and ({wrong}))")
    return " or ".join(checks)


def _wrong_text(element: Element, name: str, codes: CodeLists, names: dict[str, object]) -> str:
    low, high = element.minimum, element.maximum
    length = f"len({name}) > {high}" if low <= 1 else f"not {low} <= len({name}) <= {high}"
    if element.codes is not None:
        allowed = codes[element.codes]
        known = f"codes{len(names)}"
        names[known] = allowed
        fits = all(low <= len(code) <= high for code in allowed)
        return f"{name} not in {known}" + ("" if fits else f" or {length}")
    if element.type == "DT":
        return f"{length} or not is_date({name})"
    if element.type == "TM":
        return f"{length} or not is_time({name})"
    if element.type == "R" or element.type[0] == "N":
        plain = f"{name}.isdigit() and {name}.isascii() and {low} <= len({name}) <= {high}"
        return f"not ({plain}) and not is_number({name}, {low}, {high}, {element.type == 'R'})"
    if element.type == "B":
        return length
    blank = f" or {name}.isspace()" if element.required else ""
    return f"{length} or not {name}.isprintable(){blank}"
