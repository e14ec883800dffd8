"""The `hub` command before any command runs: help, version, typos, and how faults become words."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from hub.cli import main
from hub.cli.output import Output, reports, table
from hub.kernel.errors import Conflict, Defect, HubError, Misconfigured, Unavailable, Unreadable

HEAVY = {
    "alembic", "arq", "asyncpg", "babel", "cryptography", "httpx", "jinja2", "litestar", "lxml", "numpy", "ortools",
    "pandas", "pyx12", "sqlalchemy", "structlog", "uvicorn",
}  # fmt: skip


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> list[HubError]:
    """A command `hub fail` that raises what the test puts into the list."""
    faults: list[HubError] = []

    @click.command()
    @reports
    def fail(out: Output) -> None:
        raise faults[0]

    monkeypatch.setattr(sys.modules[__name__], "fail_command", fail, raising=False)
    monkeypatch.setitem(main.COMMANDS, "fail", main.Entry(target=f"{__name__}:fail_command", help="Fails."))
    return faults


def test_help_lists_every_command_and_imports_nothing_heavy() -> None:
    asked = "import sys; from hub.cli.main import run; run(['--help']); print(' '.join(sys.modules), file=sys.stderr)"
    ended = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert all(f"  {name} " in ended.stdout for name in main.COMMANDS)
    assert not HEAVY & set(ended.stderr.split())


@pytest.mark.parametrize("name", sorted(main.COMMANDS))
def test_every_command_named_in_the_table_is_there_and_explains_itself(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.run([name, "--help"]) == 0
    assert "Usage: hub " + name in capsys.readouterr().out


@pytest.mark.parametrize("name", sorted(main.COMMANDS))
def test_every_command_speaks_json(name: str) -> None:
    root = main.hub.get_command(click.Context(main.hub), name)
    silent = [
        command.name for command in _leaves(root) if not any("--json" in option.opts for option in command.params)
    ]
    assert not silent


def test_python_dash_m_hub_is_the_same_command() -> None:
    ended = subprocess.run([sys.executable, "-m", "hub", "--version"], capture_output=True, text=True, check=True)
    assert ended.stdout.startswith("hub 0.")


def test_a_typo_is_answered_with_the_nearest_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["partnr", "list"]) == 2
    assert "'partner'" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["send", "no-such-file.edi", "--partner", "somebody"]) == 2
    assert "no-such-file.edi" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        (
            Misconfigured.told("separators are equal", file="partner.toml", line=7, remedy="choose another"),
            2,
            "partner.toml:7: separators are equal; remedy: choose another",
        ),
        (Unavailable("the database does not answer"), 2, "the database does not answer"),
        (Conflict("its effects already stand"), 1, "its effects already stand"),
        (Unreadable("ENV-EMPTY"), 1, "the file is empty"),
        (Defect("a state that cannot be"), 2, "bug of ours"),
    ],
)
def test_what_the_hub_cannot_go_on_from_is_one_clear_line(
    failing: list[HubError], capsys: pytest.CaptureFixture[str], fault: HubError, code: int, words: str
) -> None:
    failing.append(fault)
    assert main.run(["fail"]) == code
    said = capsys.readouterr()
    assert words in said.err
    assert len(said.err.splitlines()) == 1
    assert not said.out


def test_a_fault_is_json_too_when_json_was_asked_for(
    failing: list[HubError], capsys: pytest.CaptureFixture[str]
) -> None:
    failing.append(Misconfigured.told("unknown key colour", file="partner.toml", line=3))
    assert main.run(["fail", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"] == {
        "kind": "Misconfigured",
        "code": "CFG",
        "message": "unknown key colour",
        "file": "partner.toml",
        "line": 3,
        "remedy": None,
    }


def test_the_traceback_is_shown_to_who_asks_for_it(
    failing: list[HubError], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_DEBUG", "1")
    failing.append(Defect("a state that cannot be"))
    main.run(["fail"])
    assert "Traceback" in capsys.readouterr().err


def test_columns_line_up_in_chinese_too() -> None:
    assert table(["name", "city"], [["心脏", "A"], ["ab", "B"]]) == "name  city\n心脏  A\nab    B"


def _leaves(command: click.Command | None) -> Iterator[click.Command]:
    if isinstance(command, click.Group):
        for child in command.commands.values():
            yield from _leaves(child)
    elif command is not None:
        yield command
