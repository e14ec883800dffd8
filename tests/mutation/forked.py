"""Judges mutants in forks of one pytest that has imported and collected everything (``-p tests.mutation.forked``).

``MUTANTS_ASKED`` names a file of mutants (``Asked``); the answers go into ``MUTANTS_JUDGED``, one a line. A
fork puts the code of the one function that a mutant changes in the place of ours, and runs its tests until one fails.
What a fork cannot change (what runs as a module is imported) is left to a pytest of its own.
"""

from __future__ import annotations

import gc
import importlib
import os
import shutil
import signal
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from _pytest.runner import runtestprotocol

from tests.flow.at_work import AtWork

SECONDS_MAX = 300  # of one test: a mutant that loops without end is caught by the clock; the slowest takes twenty
FLOW = "tests/flow/test_acknowledged.py::test_the_same_acknowledgement_twice_says_it_once"
FAR = "tests/business/test_room.py"  # shares no folder with those: no more than they leave stays set up
WARM = ("tests/exchange/test_outbox.py::test_only_received_ends_the_waiting", FLOW)
"""Tests that are run before all forks: they leave an empty database of each engine ready, and the rules compiled."""
COMPILED = ("hub/flow/rules.py", "hub/flow/x12/guides.py")
"""What runs while rules are compiled: with a mutant of these they are compiled anew."""


class Asked(msgspec.Struct):
    """A mutant and its tests."""

    number: int
    file: str
    within: str
    text: str  # of the whole file
    tests: list[str]


class Answer(msgspec.Struct):
    """What became of it."""

    number: int
    by: str | None = None  # the test that caught it; None: it survived
    forked: bool = True  # False: it cannot be planted in a fork


def pytest_runtestloop(session: pytest.Session) -> bool:
    """Judge one mutant after the other, in the place of running tests."""
    items = {item.nodeid: item for item in session.items}
    asked = msgspec.json.decode(Path(os.environ["MUTANTS_ASKED"]).read_bytes(), type=list[Asked])
    far = next(each for each in session.items if each.nodeid.startswith(FAR))
    for item in [each for each in session.items if each.nodeid.startswith(WARM)]:
        runtestprotocol(item, nextitem=far, log=False)
    folder = Path(str(session.config.option.basetemp))
    keep = set(folder.iterdir())
    gc.freeze()
    with Path(os.environ["MUTANTS_JUDGED"]).open("ab", buffering=0) as told:
        for mutant in asked:
            answer = _judged(mutant, [items[name] for name in mutant.tests if name in items], far)
            told.write(msgspec.json.encode(answer) + b"\n")
            for path in set(folder.iterdir()) - keep:
                shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()
    return True


def _judged(mutant: Asked, items: list[pytest.Item], far: pytest.Item) -> Answer:
    path = Path(mutant.file)
    source = path.read_bytes()
    path.write_bytes(mutant.text.encode())  # a process beside reads it from there
    os.utime(path, (1_000_000_000 + mutant.number,) * 2)  # and no code compiled from the file of another
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        try:
            os.write(writing, msgspec.json.encode(_caught(mutant, items, far)))
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as said:
        came = said.read()
    _, ended = os.waitpid(child, 0)
    path.write_bytes(source)
    if came:
        return msgspec.json.decode(came, type=Answer)
    by_the_clock = os.WIFSIGNALED(ended)
    return Answer(number=mutant.number, by="" if by_the_clock else None, forked=by_the_clock)


def _caught(mutant: Asked, items: list[pytest.Item], far: pytest.Item) -> Answer:
    """In the fork: plant the mutant, and run its tests."""
    if not planted(mutant):
        return Answer(number=mutant.number, forked=False)
    if mutant.file in COMPILED:
        AtWork._rules = None
    for item, following in zip(items, [*items[1:], far], strict=True):
        signal.alarm(SECONDS_MAX)
        reports = runtestprotocol(item, nextitem=following, log=False)
        if any(report.failed for report in reports):
            return Answer(number=mutant.number, by=item.nodeid)
    return Answer(number=mutant.number)


def planted(mutant: Asked) -> bool:
    """Put the code of the mutant's function in the place of ours; False where that changes nothing."""
    module = importlib.import_module(mutant.file.removesuffix(".py").replace("/", "."))
    found: Any = module
    name = ""
    for part in mutant.within.split("."):
        found = vars(found).get(part)
        name = f"{name}.{part}" if name else part
        if not isinstance(found, type):
            break
    function = _function(found)
    if function is None:
        return False
    codes = _codes(compile(mutant.text, str(module.__file__), "exec"))
    code = next((each for each in codes if each.co_qualname == name), None)
    if code is None or code == function.__code__ or code.co_freevars != function.__code__.co_freevars:
        return False
    function.__code__ = code
    return True


def _function(found: Any) -> types.FunctionType | None:
    """Return the function behind a property, a class method, a decorator that tells what it wraps."""
    found = getattr(found, "fget", getattr(found, "__func__", found))
    found = getattr(found, "__wrapped__", found)
    return found if isinstance(found, types.FunctionType) else None


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    for each in code.co_consts:
        if isinstance(each, types.CodeType):
            yield each
            yield from _codes(each)
