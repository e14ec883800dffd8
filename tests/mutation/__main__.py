"""``make mutants``: how many of so many planted faults do the tests of the corridor catch?

Copies of the checkout are made, and in each one fault at a time is planted at random (``mutants``; the seed is
printed); the tests that run its line are run, the quickest first, until one fails. Ends with what survived, each as
a diff; a survivor that changes nothing anybody could notice is explained in ``explained.py``. The tests that caught
something are run once more without any fault. Exit code 1 when fewer than 95 % of those that are not explained were
caught, or when a test that caught something fails by itself.

    python -m tests.mutation [--count 200] [--seed N] [--only hub/flow/outgoing.py]
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import msgspec

from tests.mutation.explained import EXPLAINED
from tests.mutation.forked import FAR, SECONDS_MAX, WARM, Answer, Asked
from tests.mutation.lines import seen
from tests.mutation.mutants import Mutant, all_mutants
from tests.project.checkout import ROOT, tracked_files

CORRIDOR = (
    "hub/flow/",
    "hub/business/room.py",
    "hub/canonical/result.py",
    *(f"hub/exchange/{name}.py" for name in ("controls", "envelopes", "outbox", "recording", "intake")),
)
LOOKED_THROUGH = (
    "tests/business/test_room.py",
    "tests/flow",
    "tests/exchange",
    "tests/golden",
    *(
        f"tests/security/test_{name}.py"
        for name in (
            "a_fault_stops_its_partner",
            "amplification",
            "directions",
            "padding_is_not_kept",
            "told_one_story",
            "verdicts_are_final",
            "what_was_prepared_is_of_its_document",
        )
    ),
    "tests/transport",
    *(f"tests/cli/test_{name}.py" for name in ("check", "inspect")),
    *(f"tests/web/test_{name}.py" for name in ("inbound", "signing", "views")),
)
"""Tests that run the corridor in their own process, most of them without starting servers."""
BESIDE = {
    "hub/flow/large_process.py": "tests/flow/test_large_in_a_subprocess.py",
    "hub/flow/reader_process.py": "tests/flow/test_reader_process.py",
}
"""What runs only in a process beside, where no line is seen, and the tests that start it."""
SHARED = Path(os.environ.get("HUB_SHARED", ROOT.parent / "shared"))
CAUGHT_SHARE = 0.95
FIRST = "tests/golden/test_message_log.py"  # holds most of what there is to be said of a message
SLOW_SECONDS = 1.0  # of a processor: a test that takes longer is tried last
TRIED_SECONDS = 120  # of a processor, for one mutant beside one test of each function: what they miss has survived
TESTS_AT_ONCE = (40, 10_000)  # of the first call of pytest, and of the second: most are caught by the first
PLUGINS = ("anyio.pytest_plugin", "pytest_timeout", "xdist.plugin")  # no others are loaded: half a second each time
AT_ONCE = 2  # mutants


@dataclass(frozen=True)
class Judged:
    """What became of a mutant."""

    mutant: Mutant
    tests: int  # that might have noticed it
    by: str | None  # the test that caught it; "" where not even a test could begin; None: it survived


def copied(to: Path) -> None:
    """Copy what git knows: what is planted in the copy is nowhere else."""
    for path in tracked_files():
        target = to / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)


def pytest(copy: Path, arguments: Sequence[str], **more: str) -> subprocess.CompletedProcess[str]:
    """Run tests of the copy on the copy, children and all."""
    environment = {**os.environ, "PYTHONPATH": str(copy), "HUB_SHARED": str(SHARED), **more}
    environment |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": ",".join(PLUGINS)}
    plain = ["-q", "-rfE", "-p", "no:cacheprovider", f"--basetemp={copy}.tmp"]
    command = [sys.executable, "-m", "pytest", *plain, *arguments]
    return subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)


def looked_through(copy: Path, files: Sequence[str], where: Path, tests_of_all: Sequence[str]) -> dict[str, Any]:
    """Return for each test that passes its time and the lines of ``files`` that it runs."""
    if not seen(where):
        named = os.pathsep.join(str(copy / file) for file in files)
        more = {"MUTANTS_FILES": named, "MUTANTS_LINES": str(where)}
        shares = ["-n", str(AT_ONCE), "--dist", "load"]
        ended = pytest(copy, [*shares, "-p", "tests.mutation.lines", *tests_of_all], **more)
        if ended.returncode:
            print(f"some tests fail without any mutant, and are left out:\n{ended.stdout[-2000:]}", file=sys.stderr)
    tests = seen(where)
    if not any(each["lines"] for each in tests.values()):
        raise SystemExit("no test was seen to run a line of the corridor: nothing can be said of any mutant")
    return tests


def noticing(mutant: Mutant, tests: dict[str, Any]) -> list[str]:
    """Return the tests that may notice the mutant: one of each function first, and of those the quickest.

    No more than are done in a while, of those that run its line. What runs when a module is imported no test runs by
    itself (defaults, fields): then of those that run its function, else its file, else of all. Who uses a field may run
    no line of its file: there all are asked, those of the file first. What a process beside runs is not seen.
    """
    beside = BESIDE.get(mutant.file)
    if beside is not None:
        return _in_order(mutant, tests, [name for name in tests if name.startswith(beside)])
    for lines in ({mutant.line}, set(mutant.lines), None):
        found = [name for name, each in tests.items() if _runs(each["lines"].get(mutant.file), lines)]
        if found:
            break
    else:
        return _in_order(mutant, tests, list(tests))
    first = _in_order(mutant, tests, found)
    others = [] if mutant.lines else sorted(tests.keys() - set(found))
    return [*first, *_in_order(mutant, tests, others)]


def _in_order(mutant: Mutant, tests: dict[str, Any], found: list[str]) -> list[str]:
    """Return of the tests one of each function, the quickest first, and of the others so many as are done in a while.

    By what processors work for them, not by the clock: a busy machine tries no fewer.
    """
    found.sort(key=lambda name: float(tests[name]["seconds"]))
    before = Counter[str]()
    ranked: list[tuple[int, str]] = []
    for name in found:
        function, seconds = name.partition("[")[0], float(tests[name]["seconds"])
        ranked.append((-1 if name.startswith(FIRST) else before[function] + 1_000 * (seconds > SLOW_SECONDS), name))
        before[function] += 1
    broadly = [name for _, name in sorted(ranked, key=lambda each: each[0])]
    rarely = _rarely(mutant, tests, [name for rank, name in sorted(ranked) if rank < 1_000])
    order = dict.fromkeys(chain.from_iterable(zip_longest(broadly, rarely[: len(broadly) // 2])))
    tried, functions, seconds = list[str](), set[str](), 0.0
    for name in (each for each in order if each):
        function = name.partition("[")[0]
        if function in functions:
            seconds += float(tests[name]["seconds"])
            if seconds > TRIED_SECONDS:
                continue
        functions.add(function)
        tried.append(name)
    return tried


def _rarely(mutant: Mutant, tests: dict[str, Any], names: Sequence[str]) -> list[str]:
    """Return the tests in the order of how seldom what they run of the mutant's function is run."""
    around = {name: set(mutant.lines).intersection(tests[name]["lines"].get(mutant.file, ())) for name in names}
    often = Counter(line for lines in around.values() for line in lines)
    return sorted(names, key=lambda name: -sum(1 / often[line] for line in around[name]))


def _runs(run: Sequence[int] | None, lines: set[int] | None) -> bool:
    return bool(run) if lines is None else not lines.isdisjoint(run or ())


def caught_by(mutant: Mutant, source: bytes, names: Sequence[str], copy: Path) -> str | None:
    """Plant the mutant, run its tests, and take it out again; return which test caught it."""
    planted = copy / mutant.file
    planted.write_bytes(mutant.text(source))
    at = 0
    try:
        for size in TESTS_AT_ONCE:
            if at >= len(names):
                break
            ended = pytest(copy, ["-n", "0", "-x", "-o", f"timeout={SECONDS_MAX}", *names[at : at + size]])
            if ended.returncode:
                failed = re.search(r"^(?:FAILED|ERROR) (\S+::.*?)(?: - .*)?$", ended.stdout, re.MULTILINE)
                return failed[1] if failed else ""
            at += size
        return None
    finally:
        planted.write_bytes(source)


def drawn(sources: dict[str, bytes], count: int, seed: int) -> Iterator[Mutant]:
    """Yield so many mutants at random: each file with as many as it has lines to break."""
    every = list(all_mutants(sources))
    yield from random.Random(seed).sample(every, min(count, len(every)))


def judged(
    mutants: Sequence[Mutant], sources: dict[str, bytes], tests: dict[str, Any], copies: Sequence[Path]
) -> Iterator[Judged]:
    """Yield what became of each mutant, as they come: several of them at a time, each in a copy of its own."""
    came: SimpleQueue[Judged | None] = SimpleQueue()

    def judge(copy: Path, numbered: Sequence[tuple[int, Mutant]]) -> None:
        try:
            left, survived = dict(numbered), set[int]()
            for answer in _forked(copy, numbered, sources, tests):
                if answer.forked and answer.by is not None:
                    mutant = left.pop(answer.number)
                    came.put(Judged(mutant, len(noticing(mutant, tests)), answer.by))
                elif answer.forked:
                    survived.add(answer.number)
            for number, mutant in left.items():  # what was kept from before the fork may have hidden it
                names = noticing(mutant, tests)
                some = names[: TESTS_AT_ONCE[0]] if number in survived else names
                came.put(Judged(mutant, len(names), caught_by(mutant, sources[mutant.file], some, copy)))
        finally:
            came.put(None)

    numbered, going = list(enumerate(mutants)), len(copies)
    with ThreadPoolExecutor(going) as threads:
        for number, copy in enumerate(copies):
            threads.submit(judge, copy, numbered[number :: len(copies)])
        while going:
            each = came.get()
            if each is None:
                going -= 1
            else:
                yield each


def _forked(
    copy: Path, numbered: Sequence[tuple[int, Mutant]], sources: dict[str, bytes], tests: dict[str, Any]
) -> Iterator[Answer]:
    """Yield what forks of one pytest say of the mutants that they can plant."""
    asked = [
        Asked(
            number=number,
            file=mutant.file,
            within=mutant.within,
            text=mutant.text(sources[mutant.file]).decode(),
            tests=noticing(mutant, tests),
        )
        for number, mutant in numbered
        if any(mutant.line in each["lines"].get(mutant.file, ()) for each in tests.values())
    ]
    question, answers = copy.with_suffix(".asked"), copy.with_suffix(".judged")
    question.write_bytes(msgspec.json.encode(asked))
    answers.touch()
    files = sorted({name.partition("::")[0] for each in asked for name in (*each.tests, *WARM, FAR)})
    more = {"MUTANTS_ASKED": str(question), "MUTANTS_JUDGED": str(answers)}
    with ThreadPoolExecutor(1) as thread, answers.open("rb") as said:
        ended = thread.submit(pytest, copy, ["-n", "0", "-p", "tests.mutation.forked", *files], **more)
        while not ended.done() or said.peek(1):
            line = said.readline()
            if line.endswith(b"\n"):
                yield msgspec.json.decode(line, type=Answer)
            else:
                time.sleep(1)
        if ended.result().returncode not in (0, 5):
            print(ended.result().stdout[-2000:], ended.result().stderr[-2000:], file=sys.stderr)


def main(arguments: Sequence[str]) -> int:
    """Plant, run, tell."""
    asked = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    asked.add_argument("--count", type=int, default=200)
    asked.add_argument("--seed", type=int, default=20261130)
    asked.add_argument("--only", default="", help="a file of the corridor, or the beginning of some")
    asked.add_argument("--tests", nargs="+", default=LOOKED_THROUGH, help="the tests that are looked through")
    asked.add_argument("--lines", type=Path, help="where to keep which tests run which lines, for the next time")
    given, began = asked.parse_args(arguments), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copies = [Path(folder) / str(number) for number in range(AT_ONCE)]
        for copy in copies:
            copied(copy)
        files = [path.relative_to(ROOT).as_posix() for path in tracked_files()]
        files = [file for file in files if file.endswith(".py") and file.startswith(CORRIDOR)]
        sources = {file: (copies[0] / file).read_bytes() for file in files if file.startswith(given.only)}
        tests = looked_through(copies[0], files, given.lines or Path(folder) / "lines.json", given.tests)
        found: list[Judged] = []
        for each in judged(list(drawn(sources, given.count, given.seed)), sources, tests, copies):
            found.append(each)
            if each.by is None:
                print(f"\n{each.mutant.diff(sources[each.mutant.file])}", file=sys.stderr)
            survived = sum(one.by is None for one in found)
            print(f"\r{len(found)}: {survived} survived", end="", file=sys.stderr, flush=True)
        by_themselves = sorted({each.by for each in found if each.by in tests})
        alone = pytest(copies[0], ["-n", str(AT_ONCE), *by_themselves]) if by_themselves else None
        share = told(found, sources, given.seed)
    print(f"in {time.monotonic() - began:.0f} seconds")
    if alone is not None and alone.returncode:
        print(f"what caught something fails without any fault:\n{alone.stdout[-2000:]}")
        return 1
    return 0 if share >= CAUGHT_SHARE else 1


def told(found: Sequence[Judged], sources: dict[str, bytes], seed: int) -> float:
    """Print what came of it; return the share that was caught of what is not explained."""
    print(file=sys.stderr)
    survivors = [each for each in found if each.by is None]
    unexplained = 0
    for each in survivors:
        mutant, source = each.mutant, sources[each.mutant.file]
        why = EXPLAINED.get(mutant.name(source))
        unexplained += why is None
        print(mutant.diff(source))
        where = f"{mutant.within or 'the module'} ({mutant.kind})"
        print(f"  survived {each.tests} tests in {where}; {why or 'not explained'}\n  {mutant.name(source)}\n")
    caught, explained = len(found) - len(survivors), len(survivors) - unexplained
    share = caught / max(1, caught + unexplained)
    print(f"{caught} mutants caught, {unexplained} survived, {explained} explained: {share:.1%} (seed {seed})")
    return share


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
