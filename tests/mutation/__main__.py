"""``make mutants``: how many of so many planted faults do the tests of the corridor catch?

A copy of the checkout is made, and in it one fault at a time is planted at random (``mutants``; the seed is printed);
the tests that run its line are run, the quickest first, until one fails. Ends with what survived, each as a diff; a
survivor that changes nothing anybody could notice is explained in ``explained.py``. Exit code 1 when fewer than 95 % of
those that are not explained were caught.

    python -m tests.mutation [--count 200] [--seed N] [--only hub/flow/outgoing.py]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.mutation.explained import EXPLAINED
from tests.mutation.mutants import Mutant, all_mutants
from tests.project.checkout import ROOT, tracked_files

CORRIDOR = (
    "hub/flow/",
    "hub/business/room.py",
    "hub/canonical/result.py",
    *(f"hub/exchange/{name}.py" for name in ("controls", "interchanges", "outbox", "recording", "intake")),
)
LOOKED_THROUGH = (
    "tests/business/test_room.py",
    "tests/flow",
    "tests/exchange",
    "tests/golden",
    "tests/security/test_what_was_prepared_is_of_its_document.py",
)
"""Tests that run the corridor without starting servers."""
SHARED = Path(os.environ.get("HUB_SHARED", ROOT.parent / "shared"))
CAUGHT_SHARE = 0.95
SECONDS_MAX = 600  # of one mutant: one that loops without end is caught by the clock
TESTS_AT_ONCE = 40  # of one call of pytest: most mutants are caught by the first


def copied(to: Path) -> None:
    """Copy what git knows: what is planted in the copy is nowhere else."""
    for path in tracked_files():
        target = to / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)


def pytest(copy: Path, arguments: Sequence[str], **more: str) -> subprocess.CompletedProcess[str]:
    """Run tests of the copy on the copy, children and all."""
    environment = {**os.environ, "PYTHONPATH": str(copy), "HUB_SHARED": str(SHARED), **more}
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(
        command, cwd=copy, env=environment, capture_output=True, text=True, timeout=SECONDS_MAX * 6, check=False
    )


def looked_through(copy: Path, files: Sequence[str], where: Path, tests_of_all: Sequence[str]) -> dict[str, Any]:
    """Return for each test that passes its time and the lines of ``files`` that it runs."""
    if not where.is_file():
        named = os.pathsep.join(str(copy / file) for file in files)
        more = {"HUB_MUTANTS_FILES": named, "HUB_MUTANTS_LINES": str(where)}
        ended = pytest(copy, ["-p", "tests.mutation.lines", *tests_of_all], **more)
        if ended.returncode:
            print(f"some tests fail without any mutant, and are left out:\n{ended.stdout[-2000:]}", file=sys.stderr)
    tests: dict[str, Any] = json.loads(where.read_text(encoding="utf-8"))
    return tests


def tests_of(mutant: Mutant, tests: dict[str, Any]) -> list[str]:
    """Return the tests that run the mutant's line, the quickest first."""
    found = [name for name, each in tests.items() if mutant.line in each["lines"].get(mutant.file, ())]
    return sorted(found, key=lambda name: float(tests[name]["seconds"]))


def is_caught(mutant: Mutant, source: bytes, names: Sequence[str], copy: Path) -> bool:
    """Plant the mutant, run its tests, and take it out again."""
    planted = copy / mutant.file
    planted.write_bytes(mutant.text(source))
    began = time.monotonic()
    try:
        for at in range(0, len(names), TESTS_AT_ONCE):
            try:
                if pytest(copy, ["-x", *names[at : at + TESTS_AT_ONCE]]).returncode:
                    return True
            except subprocess.TimeoutExpired:
                return True
            if time.monotonic() - began > SECONDS_MAX:
                return True
        return False
    finally:
        planted.write_bytes(source)


def drawn(sources: dict[str, bytes], count: int, seed: int) -> Iterator[Mutant]:
    """Yield so many mutants at random: each file with as many as it has lines to break."""
    every = list(all_mutants(sources))
    yield from random.Random(seed).sample(every, min(count, len(every)))


def main(arguments: Sequence[str]) -> int:
    """Plant, run, tell."""
    asked = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    asked.add_argument("--count", type=int, default=200)
    asked.add_argument("--seed", type=int, default=20261130)
    asked.add_argument("--only", default="", help="a file of the corridor, or the beginning of some")
    asked.add_argument("--tests", nargs="+", default=LOOKED_THROUGH, help="the tests that are looked through")
    asked.add_argument("--lines", type=Path, help="where to keep which tests run which lines, for the next time")
    given = asked.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder)
        copied(copy)
        files = [path.relative_to(ROOT).as_posix() for path in tracked_files()]
        files = [file for file in files if file.endswith(".py") and file.startswith(CORRIDOR)]
        sources = {file: (copy / file).read_bytes() for file in files if file.startswith(given.only)}
        tests = looked_through(copy, files, given.lines or copy / "lines.json", given.tests)
        caught, survivors = 0, list[tuple[Mutant, int]]()
        for number, mutant in enumerate(drawn(sources, given.count, given.seed), start=1):
            names = tests_of(mutant, tests)
            if is_caught(mutant, sources[mutant.file], names, copy):
                caught += 1
            else:
                survivors.append((mutant, len(names)))
                print(f"\n{mutant.diff(sources[mutant.file])}", file=sys.stderr)
            print(f"\r{number}: {caught} caught, {len(survivors)} survived", end="", file=sys.stderr, flush=True)
        return told(caught, survivors, sources, given.seed)


def told(caught: int, survivors: Sequence[tuple[Mutant, int]], sources: dict[str, bytes], seed: int) -> int:
    """Print what came of it; return the exit code."""
    print(file=sys.stderr)
    unexplained = 0
    for mutant, count in survivors:
        why = EXPLAINED.get(mutant.name(sources[mutant.file]))
        unexplained += why is None
        print(mutant.diff(sources[mutant.file]))
        print(
            f"  survived {count} tests in {mutant.within or 'the module'} ({mutant.kind}); {why or 'not explained'}\n"
        )
    share = caught / max(1, caught + unexplained)
    explained = len(survivors) - unexplained
    print(f"{caught} mutants caught, {unexplained} survived, {explained} explained: {share:.0%} (seed {seed})")
    return 0 if share >= CAUGHT_SHARE else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
