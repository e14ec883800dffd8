"""The sentences of the rooms that speak to people, read out of their source.

In: the source of the rooms that find faults and keep timelines. Out: every sentence in it as one text, with a hole
``{name}`` where a value stands. There is no list beside it that could be forgotten: who writes a sentence in a room
has written it here, and the catalogues ask for it. Used to make and to test the catalogues; a hub that serves reads
the catalogues alone.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

from hub.web.phrases import HOLE

HUB = Path(__file__).parents[1]
ROOMS = (
    "business", "exchange", "flow", "formats", "mapping", "kernel/errors.py", "kernel/own_files.py",
    "platform/configuration.py", "platform/toml_lines.py", "transport/blocked.py",
)  # fmt: skip
OF_COMMANDS = {
    "formats/x12/second_opinion.py",
    "formats/x12/second_opinion_maps.py",
    "mapping/cases.py",
    "mapping/difference.py",
    "mapping/explain.py",
    "mapping/skeleton.py",
}
"""Modules whose words are printed by commands alone."""
OF_ANSWERS = {"formats/cxml/response.py", "flow/cxml/signing.py"}
"""Modules whose words stand in an answer at the door: in English, as all that is said there."""
NAMES = {"formats/x12/envelope_names.py", "formats/json/parser_words.py", "formats/xml/parser_words.py"}
"""Modules that hold names, which their family yields by itself, or what libraries say."""
WRITERS = {
    f"mapping/{name}.py"
    for name in ("build", "cover", "emit", "levels", "readvalue", "reading", "stepping", "writevalue", "writing")
}
WRITERS |= {"formats/x12/segment_code.py"}
"""Modules that write Python: their texts are code, and in the code stand texts."""
FOR_PEOPLE = {"Misconfigured", "told", "Unreadable"}
"""Exceptions whose words end in a message's timeline or on the page of partners; all others end in a log or the API."""
ASIDE = {"debug", "info", "warning", "error", "exception", "compile", "made", "text", "cast", "partition", "split"}
"""Calls whose texts are for a log, a pattern, written code, a database or a type."""
EXPLAINING = {"does", "example", "help", "regex"}  # keywords under which a table explains itself to commands

FILLED = re.compile(r"HOLE0(\w+?)0HOLE", re.IGNORECASE)  # a hole in code that was made to parse
ALTERNATIVES_MAX = 8  # of one joined text; none has more than four


def sentences() -> Iterator[str]:
    """Yield every sentence of the rooms, some more than once."""
    for room in ROOMS:
        files = sorted((HUB / room).rglob("*.py")) if (HUB / room).is_dir() else [HUB / room]
        for file in files:
            name = file.relative_to(HUB).as_posix()
            if name not in OF_COMMANDS | OF_ANSWERS | NAMES:
                yield from sentences_of(file.read_text(), writes_code=name in WRITERS)


def sentences_of(source: str, *, writes_code: bool = False) -> Iterator[str]:
    """Yield the sentences of one module.

    >>> list(sentences_of("note(f'{len(values)} of {total.of} arrived')"))
    ['{count} of {of} arrived']
    """
    reader = _Reader(writes_code=writes_code)
    reader.visit(ast.parse(source))
    yield from reader.found


class _Reader(ast.NodeVisitor):
    """Collects the texts of a module that a person may come to read."""

    def __init__(self, *, writes_code: bool) -> None:
        self.found: list[str] = []
        self._writes_code = writes_code

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        if node.name not in ("__repr__", "__str__"):
            self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # a docstring
            self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        if not isinstance(node.exc, ast.Call) or _called(node.exc) in FOR_PEOPLE:
            self.generic_visit(node)

    def visit_Assert(self, node: ast.Assert) -> None:
        pass

    def visit_Call(self, node: ast.Call) -> None:
        if _called(node) not in ASIDE:
            self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg not in EXPLAINING:
            self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        texts = _texts(node, {}) if isinstance(node.op, ast.Add) else []
        if any(_is_text(text) for text in texts):
            self._take(texts)
            for part in ast.walk(node):
                if isinstance(part, ast.FormattedValue):
                    self.visit(part)
        else:
            self.generic_visit(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self._take(_texts(node, {}))
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part)

    def visit_FormattedValue(self, node: ast.FormattedValue) -> None:
        if not (self._writes_code and isinstance(node.value, ast.IfExp)):
            self.found += _stand_ins(node.value)
        self.visit(node.value)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self._take([node.value])

    def _take(self, texts: Sequence[str]) -> None:
        for text in texts:
            code = _as_code(text) if self._writes_code else None
            if code is not None:
                self.visit(code)
            elif _is_text(text):
                self.found.append(FILLED.sub(r"{\1}", text))


def _is_text(text: str) -> bool:
    """Say whether ``text`` is words rather than a name, a pattern or an alphabet."""
    words = HOLE.sub("", text)
    joined = " " in HOLE.sub("x", text).strip()
    return joined and bool(re.search(r"[a-z]{2}", words)) and not re.search(r"\\|\w{30}|^: |\.\.\.\]", words)


def _texts(node: ast.expr, names: dict[str, str]) -> list[str]:
    """Return what an expression of texts can say, values as holes; ``names`` are those of the holes so far."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body, names), *_texts(node.orelse, names)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts = [_texts(node.left, names), _texts(node.right, names)]
    elif isinstance(node, ast.JoinedStr):
        parts = [_texts(part, names) for part in node.values]
    else:
        return ["{" + _hole(node.value if isinstance(node, ast.FormattedValue) else node, names) + "}"]
    return ["".join(said) for said in product(*parts)][:ALTERNATIVES_MAX]


def _hole(value: ast.expr, names: dict[str, str]) -> str:
    """Return the name of the hole in which ``value`` stands: the same for the same value, another for another."""
    source = ast.unparse(value)
    if source not in names:
        name = "value" if FILLED.search(source) else _name(value).strip("_").lower()
        taken = sum(other.rstrip("0123456789") == name for other in names.values())
        names[source] = f"{name}{taken + 1}" if taken else name
    return names[source]


def _name(value: ast.expr) -> str:
    """Return what a translator would call ``value``."""
    match value:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=ast.Attribute(attr="join")):
            return "list"
        case ast.Call(func=ast.Name(id="len")):
            return "count"
        case ast.Call(func=ast.Name(id="str" | "quoted"), args=[inner, *_]) | ast.Subscript(value=inner):
            return _name(inner)
        case ast.Call(func=inner) | ast.BoolOp(values=[inner, *_]) | ast.IfExp(body=inner) | ast.BinOp(left=inner):
            return _name(inner)
        case _:
            return "value"


def _stand_ins(value: ast.expr) -> list[str]:
    """Return the words that stand in a hole when its value says nothing: ``{number or "nothing"}``."""
    choices = value.values[1:] if isinstance(value, ast.BoolOp) else []
    choices += [value.body, value.orelse] if isinstance(value, ast.IfExp) else []
    texts = [each.value for each in choices if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return [text for text in texts if re.fullmatch(r"\(?[a-z]{3,}\)?", text)]


FORMS = ("{}", "{} pass", "{}: pass", "if x: pass\n{}", "if x: pass\n{} pass", "if x{}", "x {}", "(x {})", "x{}")
"""Where a piece of code may stand, so that it parses."""


def _as_code(text: str) -> ast.Module | None:
    """Return ``text`` as Python, when that is what it is; holes stand for names in it."""
    ended = re.sub(r"\)\{\w+\}", ")", text)  # what follows a call in code is more code, not a name
    for filled in (re.sub(r"\{(\w+)\}", r"HOLE0\g<1>0HOLE", said).strip() for said in (text, ended)):
        for form in FORMS:
            try:
                return ast.parse(form.replace("{}", filled))
            except SyntaxError:
                continue
    return None


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
