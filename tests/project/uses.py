"""Who uses what: every function, class, method and constant of a tree of Python files that nothing alive refers to.

In: the files by module name, and the names that are alive by themselves. Out: what is dead, each with its line. Alive
is an entry point, whatever runs when a module is imported, and all that something alive refers to; what only the dead
refer to is dead with them. Functions, classes and constants are told apart by the module they stand in, methods by
their name alone: of two methods of one name, one that is used keeps both.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

Function = ast.FunctionDef | ast.AsyncFunctionDef
TARGET = re.compile(r"[\w.]+:\w+")  # module:attribute, as tables of things that are imported late say it
MEMBER = re.compile(r"\.([A-Za-z_]\w*)")  # in a string: code that is written, a template, a format
DUNDER = re.compile(r"__\w+__")  # Python itself asks for it
CALLED = re.compile(r"\b([A-Za-z_]\w*)\(")


@dataclass
class Definition:
    """Something with a name, and what it refers to."""

    name: str  # module.name or module.Class.name
    line: int
    decorators: list[str]
    owner: str | None = None  # of a method: its class
    names: set[str] = field(default_factory=set)  # of things in modules, in full
    members: set[str] = field(default_factory=set)  # names behind a point, wherever they may stand
    whole: set[str] = field(default_factory=set)  # modules it hands on: who gets one asks it for anything by name

    @property
    def module(self) -> str:
        """The module of a function, class or constant."""
        return self.name.rpartition(".")[0]

    @property
    def last(self) -> str:
        """The name without its module or class."""
        return self.name.rpartition(".")[2]


class Uses:
    """What each definition of some modules refers to."""

    def __init__(self, modules: Mapping[str, ast.Module], defining: Iterable[str]) -> None:
        self.definitions: dict[str, Definition] = {}
        self.running = Definition(name="", line=0, decorators=[])  # what happens when the modules are imported
        self._exports: dict[str, str] = {}  # module.name, where the module only imports it: as what it is defined
        self._modules = set(modules)
        for name, tree in modules.items():
            _Reader(self, name, tree).read(defining=name in defining)

    def dead(
        self,
        alive: Iterable[str],
        *,
        members: Iterable[str] = (),
        overrides: Callable[[str], bool] = lambda name: False,
    ) -> list[Definition]:
        """Return what nothing alive refers to.

        ``alive`` are names in full; ``members`` are names that others (templates) ask things for; ``overrides`` says
        of a method whether a library's class, of which its own is one, has it too.
        """
        reached = {name: self.definitions[name] for name in alive if name in self.definitions}
        said, handed_on = set(members), set[str]()
        waiting = [self.running, *reached.values()]
        while waiting:
            for each in waiting:
                said |= each.members
                handed_on |= each.whole
            used = {self._defined(name) for each in waiting for name in each.names}
            waiting = [
                each
                for name, each in self.definitions.items()
                if name not in reached
                and (
                    name in used
                    or (each.last in said and (each.owner or each.module) in (reached.keys() | handed_on))
                    or (each.owner in reached and (DUNDER.fullmatch(each.last) or overrides(name)))
                )
            ]
            reached |= {each.name: each for each in waiting}
        return [each for name, each in self.definitions.items() if name not in reached]

    def imports(self, module: str, local: str, source: str) -> None:
        """Take down that ``module`` has ``source`` under the name ``local``."""
        self._exports[f"{module}.{local}"] = source

    def is_module(self, name: str) -> bool:
        """Say whether ``name`` is one of the modules."""
        return name in self._modules

    def _defined(self, name: str) -> str:
        for _ in range(8):  # a name is passed on by a package or two
            if name in self.definitions or name not in self._exports:
                break
            name = self._exports[name]
        return name


class _Reader:
    """Reads one module."""

    def __init__(self, uses: Uses, module: str, tree: ast.Module) -> None:
        self.uses, self.module, self.tree = uses, module, tree
        self.imported = dict(self._imports())
        for local, source in self.imported.items():
            uses.imports(module, local, source)
        self.top = {name for node in tree.body for name in _names_of(node)}

    def read(self, *, defining: bool) -> None:
        """Take down what the module defines, if it counts, and what it refers to."""
        for node in self.tree.body:
            names = _names_of(node) if defining else []
            if not names or all(DUNDER.fullmatch(name) for name in names):
                self._refer(self.uses.running, node)
            elif isinstance(node, ast.ClassDef):
                self._read_class(node)
            else:
                for name in names:
                    self._refer(self._define(f"{self.module}.{name}", node), node)

    def _read_class(self, node: ast.ClassDef) -> None:
        whole = self._define(f"{self.module}.{node.name}", node)
        for part in [*node.bases, *node.keywords, *node.decorator_list]:
            self._refer(whole, part)
        for part in node.body:
            if isinstance(part, Function):
                self._refer(self._define(f"{whole.name}.{part.name}", part, owner=whole.name), part)
            else:
                self._refer(whole, part)

    def _define(self, name: str, node: ast.stmt, owner: str | None = None) -> Definition:
        decorators = [ast.unparse(each).partition("(")[0] for each in getattr(node, "decorator_list", [])]
        made = Definition(name=name, line=node.lineno, decorators=decorators, owner=owner)
        return self.uses.definitions.setdefault(name, made)

    def _refer(self, user: Definition, root: ast.AST) -> None:
        """Take down what ``root`` refers to."""
        local = _bound_within(root) if isinstance(root, Function) else set()
        silent = _docstrings(root)
        asked = {node.value for node in ast.walk(root) if isinstance(node, ast.Attribute)}
        for node in ast.walk(root):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in local:
                user.names |= set(self._meant(node.id))
                if node not in asked and self.uses.is_module(self.imported.get(node.id, "")):
                    user.whole.add(self.imported[node.id])
            elif isinstance(node, ast.Attribute):
                user.members.add(node.attr)
                user.names |= set(self._meant(ast.unparse(node)))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
                self._refer_by_word(user, node.value)
            elif isinstance(node, ast.keyword | ast.MatchClass):
                user.members |= {node.arg or ""} if isinstance(node, ast.keyword) else set(node.kwd_attrs)

    def _refer_by_word(self, user: Definition, text: str) -> None:
        """A string may name what is imported late, a member, or be code that is written."""
        if TARGET.fullmatch(text):
            user.names.add(text.replace(":", "."))
        words = {text} if text.isidentifier() else {*MEMBER.findall(text), *CALLED.findall(text)}
        user.members |= words
        homes = [source for source in self.imported.values() if self.uses.is_module(source)]
        user.names |= {f"{home}.{word}" for word in words for home in homes}
        user.names |= {self.imported[word] for word in words & self.imported.keys()}
        user.names |= {f"{self.module}.{word}" for word in words & self.top}

    def _meant(self, written: str) -> Iterator[str]:
        """Yield what ``written`` (a name, or names with points between) may mean."""
        first, _, rest = written.partition(".")
        if first in self.imported:
            yield self.imported[first]
            if rest:
                yield f"{self.imported[first]}.{rest}"
        elif first in self.top:
            yield f"{self.module}.{first}"
        else:
            yield written  # import hub.x, and then hub.x.name

    def _imports(self) -> Iterator[tuple[str, str]]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                yield from ((each.asname or each.name, f"{node.module}.{each.name}") for each in node.names)
            elif isinstance(node, ast.Import):
                yield from ((each.asname, each.name) for each in node.names if each.asname)


def _names_of(node: ast.stmt) -> list[str]:
    """Return what a statement of a module defines."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)]


def _bound_within(function: Function) -> set[str]:
    """Return the names that mean something of the function's own in all of it."""
    arguments = {each.arg for each in ast.walk(function.args) if isinstance(each, ast.arg)}
    stored = {each.id for each in ast.walk(function) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    shared = {name for each in ast.walk(function) if isinstance(each, ast.Global) for name in each.names}
    return (arguments | stored) - shared


def _docstrings(root: ast.AST) -> set[int]:
    return {
        id(node.value)
        for node in ast.walk(root)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    }
