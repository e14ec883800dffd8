"""Small faults planted in a file of ours, one at a time: what a slip of the hand, or of the head, would look like.

In: the text of a Python file. Out: every mutant there is of it, each one edit. Conditions are turned round, comparisons
and operators exchanged, constants changed, statements left out, and functions made to return nothing. Left alone is
what no behaviour hangs on (docstrings, annotations, what is logged) and bounds that are tuned: whether a queue holds
256 or 257 is no promise to anybody.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff

COMPARISONS: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: (r"<", "<="),
    ast.LtE: (r"<=", "<"),
    ast.Gt: (r">", ">="),
    ast.GtE: (r">=", ">"),
    ast.Eq: (r"==", "!="),
    ast.NotEq: (r"!=", "=="),
    ast.Is: (r"\bis\b", "is not"),
    ast.IsNot: (r"\bis\s+not\b", "is"),
    ast.In: (r"\bin\b", "not in"),
    ast.NotIn: (r"\bnot\s+in\b", "in"),
}
OPERATORS: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: (r"\+", "-"),
    ast.Sub: (r"-", "+"),
    ast.Mult: (r"\*", "//"),
    ast.FloorDiv: (r"//", "*"),
    ast.BitOr: (r"\|", "&"),
    ast.BitAnd: (r"&", "|"),
}
WORD = re.compile(r"[A-Za-z][\w.:-]*")  # a string that code compares or stores; a sentence is for people
LOGGED = ("log",)


@dataclass(frozen=True)
class Mutant:
    """One edit of one file."""

    file: str
    line: int
    within: str  # the function or class it stands in
    kind: str
    start: int  # bytes of the file that are replaced
    end: int
    put: str
    lines: range = range(0)  # of that function; none of a class or a module

    def text(self, source: bytes) -> bytes:
        """Return the file with the edit."""
        return source[: self.start] + self.put.encode() + source[self.end :]

    def diff(self, source: bytes) -> str:
        """Return the edit as a reviewer reads it."""
        before, after = (text.decode().splitlines(keepends=True) for text in (source, self.text(source)))
        return "".join(unified_diff(before, after, self.file, self.file, n=1))

    def name(self, source: bytes) -> str:
        """Return what stays the same while the file changes elsewhere: where it is, and what becomes what."""
        was = " ".join(source[self.start : self.end].decode().split())
        return f"{self.file}:{self.within}: {was} → {self.put}"


def mutants_of(file: str, source: bytes) -> list[Mutant]:
    """Return every mutant of a file that still parses, in the order of its lines."""
    found = [each for each in _Planter(file, source).planted() if _parses(each.text(source))]
    return sorted(found, key=lambda each: (each.start, each.end, each.put))


def _parses(text: bytes) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


class _Planter(ast.NodeVisitor):
    """Walks a file and plants; ``within`` follows the functions and classes."""

    def __init__(self, file: str, source: bytes) -> None:
        self._file, self._source = file, source
        self._starts = [0]
        for line in source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._within: list[str] = []
        self._lines = range(0)
        self._found: list[Mutant] = []

    def planted(self) -> list[Mutant]:
        self.visit(ast.parse(self._source))
        return self._found

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        around, self._lines = self._lines, range(node.lineno, (node.end_lineno or node.lineno) + 1)
        parts: list[ast.expr | ast.stmt] = [*node.args.defaults, *(each for each in node.args.kw_defaults if each)]
        self._inside(node.name, [*parts, *node.body])
        self._lines = around

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._inside(node.name, node.body)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None and self._within:
            self.visit(node.value)

    def visit_Assign(self, node: ast.Assign) -> None:
        if any(isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets):
            self._leave_out(node)
        if self._within:  # tables and bounds of a module are data
            self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self._leave_out(node)
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Constant) or _is_logged(node.value):
            return
        if not isinstance(node.value, ast.Yield | ast.YieldFrom):
            self._leave_out(node)
        self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        self._leave_out(node)

    def visit_Continue(self, node: ast.Continue) -> None:
        self._leave_out(node)

    def visit_Break(self, node: ast.Break) -> None:
        self._leave_out(node)

    def visit_Assert(self, node: ast.Assert) -> None:
        """For mypy, and for a fault that cannot be: nothing to plant."""

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is None:
            self._leave_out(node)
        elif not (isinstance(node.value, ast.Constant) and node.value.value in (None, False)):  # of a yes or no
            self._put(node.value, "None", "returns nothing")
        self.generic_visit(node)

    def visit_If(self, node: ast.If) -> None:
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return
        self._negate(node.test)
        self.generic_visit(node)

    def visit_While(self, node: ast.While) -> None:
        if not isinstance(node.test, ast.Constant):
            self._negate(node.test)
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._negate(node.test)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for test in node.ifs:
            self._negate(test)
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        sides = [node.left, *node.comparators]
        for number, operator in enumerate(node.ops):
            self._exchange(sides[number], sides[number + 1], *COMPARISONS[type(operator)])
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        was, put = (r"\band\b", "or") if isinstance(node.op, ast.And) else (r"\bor\b", "and")
        for first, second in zip(node.values, node.values[1:], strict=False):
            self._exchange(first, second, was, put)
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if type(node.op) in OPERATORS:
            self._exchange(node.left, node.right, *OPERATORS[type(node.op)])
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        value = node.value
        if isinstance(value, bool):
            self._put(node, str(not value), "constant")
        elif isinstance(value, int):
            self._put(node, str(value + 1), "constant")
        elif isinstance(value, str) and WORD.fullmatch(value):
            self._put(node, repr(value + "x"), "constant")

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg != "strict":  # of ``zip``: guards two lists of ours that are as long as each other
            self.generic_visit(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """A sentence."""

    def visit_Call(self, node: ast.Call) -> None:
        if not _is_logged(node):
            self.generic_visit(node)

    def _inside(self, name: str, parts: list[ast.expr | ast.stmt] | list[ast.stmt]) -> None:
        self._within.append(name)
        for part in parts:
            self.visit(part)
        self._within.pop()

    def _leave_out(self, node: ast.stmt) -> None:
        self._put(node, "pass", "left out")

    def _negate(self, test: ast.expr) -> None:
        start, end = self._span(test)
        self._put(test, f"not ({self._source[start:end].decode()})", "turned round")

    def _exchange(self, left: ast.expr, right: ast.expr, was: str, put: str) -> None:
        """Exchange the operator between two operands; brackets and blanks around it stay."""
        start, end = self._span(left)[1], self._span(right)[0]
        found = re.search(was, self._source[start:end].decode())
        if found is not None:
            at = start + len(self._source[start:end].decode()[: found.start()].encode())
            self._plant(left.end_lineno or left.lineno, "exchanged", at, at + len(found[0].encode()), put)

    def _put(self, node: ast.expr | ast.stmt, put: str, kind: str) -> None:
        self._plant(node.lineno, kind, *self._span(node), put)

    def _plant(self, line: int, kind: str, start: int, end: int, put: str) -> None:
        within = ".".join(self._within)
        self._found.append(Mutant(self._file, line, within, kind, start, end, put, self._lines))

    def _span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return self._starts[node.lineno - 1] + node.col_offset, self._starts[end_line - 1] + end_column


def _is_logged(node: ast.expr) -> bool:
    called = node.func if isinstance(node, ast.Call) else None
    return isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id in LOGGED


def all_mutants(sources: dict[str, bytes]) -> Iterator[Mutant]:
    """Yield every mutant of some files."""
    for file, source in sorted(sources.items()):
        yield from mutants_of(file, source)
