"""The house rules that a machine can see: names, sizes, places, and what must not be in the tree."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from hub.exchange.partners import Kind
from tests.project.checkout import CODE, ROOT, named, parsed, python_files, tracked_files

FILE_LINES_MAX = 450  # a file is read in one sitting
FUNCTION_LINES_MAX = 60  # a function tells a single story
REVISIONS = (
    ROOT / "hub" / "platform" / "migrations" / "versions"
)  # each is a record of tables as they were, in one piece
FILE_BYTES_MAX = 1_000_000  # larger things are made, not kept; lock files are what their tools write

AS_GIVEN = {
    "planning/bench/check.py",
    "planning/bench/generate.py",
}  # byte for byte: a second judge that owes us nothing

TOP_LEVEL = {
    ".ci", ".dockerignore", ".gitignore", "CHANGELOG.md", "Dockerfile", "LICENSE", "Makefile", "README.md",
    "benchmarks", "docker-compose.yml", "docs", "hatch_build.py", "hub", "mappings", "partners", "planning",
    "pyproject.toml", "schemas", "tests", "uv.lock",
}  # fmt: skip

NOT_NAMES = {"utils", "util", "common", "helpers", "helper", "manager", "base", "misc"}

# Written so that this file does not match itself.
ELSEWHERE = re.compile(
    r"/[w]ork/|/[f]arm/|/[r]oot/|bash_[j]obs|py[p]i\.org|python[h]osted|registry\.[n]pm|deb\.[d]ebian"
)
UNFINISHED = re.compile(r"\b(T[O]DO|F[I]XME|X[X]X)\b|NotImplemented[E]rror")

PURE_ROOMS = ("kernel", "canonical", "formats", "mapping", "business")
FROM_THE_AIR = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns", "uuid.uuid4",
    "uuid.uuid1", "uuid4", "secrets.token_bytes", "random.random", "random.choice", "random.randint",
}  # fmt: skip
THE_CLOCK_AND_THE_IDS = {"hub/kernel/clock.py", "hub/kernel/identity.py"}


def test_the_top_level_holds_what_the_house_plan_names() -> None:
    found = {path.relative_to(ROOT).parts[0] for path in tracked_files()}
    assert found <= TOP_LEVEL, f"not in the plan of the house: {sorted(found - TOP_LEVEL)}"


def test_no_partner_is_named_in_python() -> None:
    partners = {path.name for path in (ROOT / "partners").iterdir() if path.is_dir()}
    assert partners, "no partner folders: this test would hold for nothing"
    names = {partner.split("-")[0] for partner in partners} - set(get_args(Kind))  # a plant is a kind of partner
    words = re.compile("|".join(sorted(partners | names)), re.IGNORECASE)
    guilty = [
        f"{named(path)}:{number}: {line.strip()}"
        for path in python_files("hub", "planning")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if words.search(line)
    ]
    assert not guilty, "what differs between partners is data:\n" + "\n".join(guilty)


def test_nothing_names_this_machine_or_a_registry() -> None:
    guilty = [found for path in tracked_files() if path.name != "uv.lock" for found in _lines_matching(path, ELSEWHERE)]
    assert not guilty, "\n".join(guilty)


def test_nothing_is_left_unfinished() -> None:
    guilty = [found for path in python_files() for found in _lines_matching(path, UNFINISHED)]
    assert not guilty, "\n".join(guilty)


def test_no_failure_is_swallowed() -> None:
    guilty = [
        f"{named(path)}:{node.lineno}"
        for path in python_files()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (len(node.body) == 1 and isinstance(node.body[0], ast.Pass)))
    ]
    assert not guilty, f"an except that says or does nothing: {guilty}"


def test_files_and_functions_stay_readable() -> None:
    long = []
    for path in python_files(*CODE, "tests"):
        if path.parent == REVISIONS or named(path) in AS_GIVEN:
            continue
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > FILE_LINES_MAX:
            long.append(f"{named(path)}: {lines} lines")
        for function in _functions(parsed(path)) if path.relative_to(ROOT).parts[0] in CODE else ():
            length = (function.end_lineno or function.lineno) - function.lineno + 1
            if length > FUNCTION_LINES_MAX:
                long.append(f"{named(path)}:{function.lineno} {function.name}: {length} lines")
    assert not long, "\n".join(long)


def test_every_file_of_code_opens_with_what_it_is_for() -> None:
    silent = [named(path) for path in python_files() if parsed(path).body and ast.get_docstring(parsed(path)) is None]
    assert not silent, f"no opening paragraph: {silent}"


def test_no_module_is_named_for_nothing() -> None:
    guilty = [named(path) for path in python_files() if NOT_NAMES & {*path.relative_to(ROOT).parts, path.stem}]
    assert not guilty


def test_the_pure_rooms_take_no_time_or_chance_from_the_air() -> None:
    guilty = [
        f"{named(path)}:{node.lineno}: {called}"
        for path in python_files("hub")
        if path.relative_to(ROOT).parts[1] in PURE_ROOMS and named(path) not in THE_CLOCK_AND_THE_IDS
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and (called := ast.unparse(node.func)) in FROM_THE_AIR
    ]
    assert not guilty, "clock, randomness and ids are passed in:\n" + "\n".join(guilty)


def test_nothing_generated_is_tracked() -> None:
    generated = re.compile(r"(^|/)(node_modules|__pycache__|dist|\.venv|var)/|\.(pyc|mo)$")
    assert not [named(path) for path in tracked_files() if generated.search(named(path))]


def test_nothing_large_is_tracked() -> None:
    large = {named(path): size for path in tracked_files() if (size := path.stat().st_size) > FILE_BYTES_MAX}
    assert not large


def test_no_third_party_file_of_the_shared_material_was_copied(shared: Path) -> None:
    folders = [shared / "samples", shared / "reference" / "xsd", shared / "reference" / "json-schema"]
    foreign = {
        hashlib.sha256(path.read_bytes()).digest(): path.relative_to(shared)
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and path.stat().st_size
    }
    copied = [
        f"{named(path)} is {foreign[digest]}"
        for path in tracked_files()
        if (digest := hashlib.sha256(path.read_bytes()).digest()) in foreign
    ]
    assert not copied


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (ELSEWHERE, "see /" + "work/main", True),
        (ELSEWHERE, "the work of a day", False),
        (UNFINISHED, "# TO" + "DO later", True),
        (UNFINISHED, "todos are rows", False),
    ],
)
def test_the_patterns_find_what_they_are_for(pattern: re.Pattern[str], text: str, found: bool) -> None:
    assert bool(pattern.search(text)) is found


def _lines_matching(path: Path, pattern: re.Pattern[str]) -> Iterator[str]:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return
    for number, line in enumerate(text.splitlines(), start=1):
        if pattern.search(line):
            yield f"{named(path)}:{number}: {line.strip()[:160]}"


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
