"""Nothing of ours is there for nobody: what neither the hub nor the planner uses is taken out, tests or not."""

from __future__ import annotations

import ast
import importlib
import re
from functools import cache

import pytest

import planning
from tests.project.checkout import named, parsed, python_files, tracked_files
from tests.project.uses import Uses

LOOKED_AT = ("hub", "planning")
USING = ("benchmarks", ".ci", "hatch_build.py")  # they use it as well; tests do not count

NOT_LOOKED_AT = {
    "planning/bench/check.py",  # byte for byte: a second judge that owes us nothing
    "planning/bench/generate.py",
}
REVISIONS = "hub/platform/migrations/versions/"  # Alembic asks each for its steps by name

REGISTERED = re.compile(r"get|post|reports|.+\.command|.+\.group|.+\.listens_for")
"""Decorators that hand on what they stand on: routes to the application, commands to the shell, hooks to SQLAlchemy."""

MEMBER = re.compile(r"\.([A-Za-z_]\w*)")


def registered(uses: Uses) -> set[str]:
    """Return what a decorator hands on."""
    return {each.name for each in uses.definitions.values() if any(map(REGISTERED.fullmatch, each.decorators))}


def asked_for_by_a_library(method: str) -> bool:
    """Say whether a library's class, of which ours is one, has the method too, or asks for such by name."""
    owner, _, name = method.rpartition(".")
    module, _, kind = owner.rpartition(".")
    above = getattr(importlib.import_module(module), kind).__mro__[1:]
    if ast.NodeVisitor in above and name.startswith("visit_"):
        return True
    return any(name in vars(each) for each in above if each.__module__.partition(".")[0] not in LOOKED_AT)


@cache
def said_in_templates() -> frozenset[str]:
    pages = (path.read_text(encoding="utf-8") for path in tracked_files() if path.suffix == ".html")
    return frozenset(name for page in pages for name in MEMBER.findall(page))


def test_everything_is_used_by_something_that_is_no_test() -> None:
    files = {named(path): parsed(path) for path in python_files(*LOOKED_AT, *USING)}
    modules = {_module(name): tree for name, tree in files.items()}
    looked_at = [name for name in files if name.split("/")[0] in LOOKED_AT and not name.startswith(REVISIONS)]
    uses = Uses(modules, {_module(name) for name in looked_at if name not in NOT_LOOKED_AT})
    assert len(uses.definitions) > 1000, "hardly anything was read: this test would hold for nothing"
    alive = registered(uses) | exported()
    dead = uses.dead(alive, members=said_in_templates(), overrides=asked_for_by_a_library)
    found = [f"{each.name} (line {each.line})" for each in dead]
    assert not found, "nothing uses, tests aside:\n" + "\n".join(found)


def _module(name: str) -> str:
    return name.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def exported() -> set[str]:
    """Return what the planner, a library of its own, has for others."""
    return {f"{home}.{name}" for home, names in planning._HOMES.items() for name in names}


LIVING = """
from elsewhere import tool
from another import Thing
LIMIT = 3
def main(name):
    thing = Thing(LIMIT)
    return tool(thing.shown(), name)
main("x")
"""
ANOTHER = """
class Thing:
    def __init__(self, size): self.size = size
    def shown(self): return self._inner()
    def _inner(self): return str(self)
    def __str__(self): return "thing"
"""


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ("", []),
        ("def alone(): return 1", ["alone"]),
        ("def alone(): return alone()", ["alone"]),
        ("def first(): return second()\ndef second(): return first()", ["first", "second"]),
        ("async def alone(): return 1", ["alone"]),
        ("class Alone:\n    def method(self): return 1", ["Alone", "Alone.method"]),
        ("class Used:\n    def forgotten(self): return 1\nprint(Used())", ["Used.forgotten"]),
        ("class Used:\n    @property\n    def forgotten(self): return 1\nprint(Used())", ["Used.forgotten"]),
        ("LEFT_OVER = 7", ["LEFT_OVER"]),
        ("def shadowed(): return 1\ndef other(shadowed): return shadowed\nprint(other(1))", ["shadowed"]),
        ("from another import Thing as Kept\ndef alone(): return Kept(1)", ["alone"]),
        ('"""alone() is only spoken of."""\ndef alone(): return 1', ["alone"]),
        ("def used(): return 1\nprint(used())", []),
        ("def by_table(): return 1\nTABLE = {'one': by_table}\nprint(TABLE)", []),
        ("def late(): return 1\nprint('planted:late')", []),
        ("@get('/x')\ndef route(): return 1", []),
        ("@group.command('x')\ndef command(): return 1", []),
        ("def written(): return 1\nprint('if x: written(x)')", []),
    ],
)
def test_what_nothing_uses_is_found_and_nothing_else(planted: str, found: list[str]) -> None:
    sources = {"living": LIVING, "another": ANOTHER, "elsewhere": "def tool(*given): return given", "planted": planted}
    uses = Uses({name: ast.parse(source) for name, source in sources.items()}, sources)
    assert [each.name for each in uses.dead(registered(uses))] == [f"planted.{name}" for name in found]
