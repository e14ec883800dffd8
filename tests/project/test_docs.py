"""README and docs do not lie: the commands, settings, routes, files and links they name exist."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest

from hub.cli.main import hub
from hub.platform.settings import NAMES, OTHERS
from tests.project.checkout import ROOT, named, parsed, python_files, tracked_files

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "benchmarks" / "README.md"]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
TOPS = ("hub/", "planning/", "docs/", "tests/", "mappings/", "schemas/", "partners/", "benchmarks/", ".ci/")
READ_ELSEWHERE = {"HUB_SKIP_ASSETS", "HUB_DATABASE_PASSWORD"}  # by the package build and by the compose file
MODULE = re.compile(r"[\w/.-]+\.(?:py|toml)")
STILL_SO = {"hub/flow/tasks.py"}  # Task: a message in a worker's hands, a word of the flow that goes with its rework
PREFIX = re.compile(r"^(?:\.venv/bin/)?hub(?: |$)")

documents = pytest.mark.parametrize("document", DOCUMENTS, ids=named)


@documents
def test_the_commands_it_names_exist_with_their_options(document: Path) -> None:
    wrong = [f"{text}: {fault}" for text in _commands(document) if (fault := _fault_in(text))]
    assert not wrong, "\n".join(wrong)


@documents
def test_the_files_it_names_are_there(document: Path) -> None:
    missing = [name for name in _file_names(document) if not (ROOT / name).exists()]
    assert not missing


@documents
def test_the_modules_it_names_exist_wherever_it_begins_their_path(document: Path) -> None:
    missing = [name for name in _module_names(document) if not _is_there(name)]
    assert not missing


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("hub/platform/lanes.py", True),
        ("platform/lanes.py", True),
        ("lanes.py", True),
        ("bearings.toml", True),
        ("platform/lines.py", False),
        ("lines_of_sight.py", False),
    ],
)
def test_a_module_that_is_gone_is_noticed(name: str, there: bool) -> None:
    assert _is_there(name) is there


def test_no_class_is_named_by_a_word_the_glossary_turns_down() -> None:
    rows = re.findall(r"^\| \*\*.*\|$", (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"), re.MULTILINE)
    turned_down = {word for row in rows for word in row.split("|")[3].strip().split(", ") if word}
    assert turned_down, "no words: this test would hold for nothing"
    guilty = [
        f"{named(path)}:{node.lineno}: {node.name}"
        for path in python_files("hub")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef) and node.name.lower() in turned_down and named(path) not in STILL_SO
    ]
    assert not guilty


@documents
def test_its_links_lead_somewhere(document: Path) -> None:
    links = [link for link in LINK.findall(document.read_text(encoding="utf-8")) if "://" not in link]
    missing = [link for link in links if not (document.parent / link).exists()]
    assert not missing


@documents
def test_the_make_targets_it_names_exist(document: Path) -> None:
    named_targets = set(re.findall(r"\bmake (demo|test|serve|lint|check|clean|[a-z]+)\b(?=[` ]|$)", _code_of(document)))
    assert named_targets <= _targets(), named_targets - _targets()


@documents
def test_the_settings_it_names_exist(document: Path) -> None:
    unknown = set(re.findall(r"\bHUB_[A-Z_]*[A-Z]\b", document.read_text(encoding="utf-8"))) - NAMES.keys() - OTHERS
    assert not unknown


@documents
def test_the_routes_it_names_exist(document: Path) -> None:
    unknown = {route for route in _routes(document) if route not in _served()}
    assert not unknown, f"{sorted(unknown)}; served: {sorted(_served())}"


def test_every_setting_is_in_the_table_of_the_operator() -> None:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    missing = [name for name in NAMES if f"| `{name}` |" not in text]
    assert not missing


def test_every_variable_the_code_reads_is_a_setting_or_listed_beside_them() -> None:
    read = {
        name
        for path in python_files("hub", ".ci")
        for name in re.findall(r'"(HUB_[A-Z_]+)"', path.read_text(encoding="utf-8"))
    }
    assert read <= NAMES.keys() | OTHERS


def test_the_two_commands_of_the_readme_are_the_makefiles() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    two = next(text for kind, text in FENCE.findall(readme) if kind == "sh")
    assert [line.split("#")[0].strip() for line in two.splitlines()] == ["make demo", "make test"]
    subprocess.run(["make", "--dry-run", "demo", "test"], cwd=ROOT, check=True, capture_output=True)


def test_the_architecture_draws_the_layers_that_are_enforced() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    enforced = re.search(r"^layers = \[\n(.*?)^\]", (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.M | re.S)
    assert enforced
    layers = re.findall(r'"([^"]+)"', enforced[1])
    assert " → ".join(layers) in text


def test_every_room_has_its_line_in_the_architecture() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = [path for path in (ROOT / "hub").iterdir() if path.is_dir() and any(path.glob("*.py"))]
    missing = [room.name for room in rooms if f"| `hub/{room.name}/` |" not in text]
    assert not missing


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("hub serve --data ./var", None),
        ("hub partner show acme", None),
        ("hub partner shout acme", "no such command"),
        ("hub serve --dta ./var", "no such option"),
        ("hub map apply x12/004010/850 order.edi", None),
    ],
)
def test_what_is_wrong_with_a_command_is_noticed(text: str, fault: str | None) -> None:
    assert _fault_in(text) == fault


def _commands(document: Path) -> Iterator[str]:
    """Yield every `hub …` in code, each as it could be typed."""
    for line in _code_of(document).splitlines():
        text = line.split("#")[0].strip()
        if PREFIX.match(text):
            yield PREFIX.sub("hub ", text).strip()


def _fault_in(text: str) -> str | None:
    command: click.Command = hub
    words = shlex.split(text.replace("…", ""))[1:]
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        name = words.pop(0)
        found = command.get_command(click.Context(command), name)
        if found is None:
            return "no such command"
        command = found
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    unknown = [word for word in words if word.startswith("--") and word.split("=")[0] not in known | {"--help"}]
    return "no such option" if unknown and unknown != ["--version"] else None


def _code_of(document: Path) -> str:
    """Return everything that is set as code, a piece per line."""
    text = document.read_text(encoding="utf-8")
    blocks = [block for kind, block in FENCE.findall(text) if kind in ("sh", "")]
    return "\n".join([*blocks, *INLINE.findall(FENCE.sub("", text))])


def _file_names(document: Path) -> Iterator[str]:
    for name in INLINE.findall(FENCE.sub("", document.read_text(encoding="utf-8"))):
        if name.startswith(TOPS) and not re.search(r"[<*…\s{]", name) and "north-spine" not in name:
            yield name.split(":")[0]


def _module_names(document: Path) -> Iterator[str]:
    for name in INLINE.findall(FENCE.sub("", document.read_text(encoding="utf-8"))):
        if MODULE.fullmatch(name) and "north-spine" not in name:
            yield name


def _is_there(name: str) -> bool:
    """Say whether a file is tracked whose path ends so: docs leave off ``hub/``, or what a sentence said before."""
    return any(f"/{named(path)}".endswith(f"/{name}") for path in tracked_files())


def _targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))


def _routes(document: Path) -> Iterator[str]:
    for code in INLINE.findall(FENCE.sub("", document.read_text(encoding="utf-8"))):
        path = re.fullmatch(r"(?:(?:GET|POST) )?(/[a-z][\w/{}-]*)", code)
        if path and not path[1].startswith("/var"):
            yield re.sub(r"\{\w+\}", "{}", path[1])


@cache
def _served() -> frozenset[str]:
    """Return the paths of the app, with every parameter written as ``{}``."""
    from hub.web.app import API, PAGES

    paths = {path for handler in (*API, *PAGES) for path in handler.paths}
    return frozenset(re.sub(r"\{[^}]*\}", "{}", path) for path in paths) | {"/schema"}
