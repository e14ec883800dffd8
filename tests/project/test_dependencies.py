"""Every dependency is used, or is named with the reason why it is there without an import."""

from __future__ import annotations

import ast
import re
import tomllib
from itertools import chain

from tests.project.checkout import ROOT, parsed, python_files

IMPORTED_AS = {
    "argon2-cffi": "argon2",
    "import-linter": "importlinter",
    "pyyaml": "yaml",
    "prometheus-client": "prometheus_client",
    "pytest-xdist": "xdist",
    "uuid-utils": "uuid_utils",
}

WITHOUT_IMPORT = {
    "arq": "named by the owner: rings the workers' bell when scaled out",
    "cryptography": "named by the owner: keys and certificates of the transports to come",
    "ortools": "named by the owner: the solver beside our own search",
    "asyncpg": "SQLAlchemy loads it for postgresql URLs",
    "coverage": "tests/mutation loads it by name",
    "httptools": "uvicorn takes it when it is there: HTTP is parsed in C",
    "uvloop": "uvicorn takes it when it is there",
    "import-linter": "a command",
    "jsonata-python": "benchmarks/peers.py loads it where it is installed",
    "lxml-stubs": "types for mypy",
    "mypy": "a command",
    "oxedi": "benchmarks/peers.py loads it where it is installed",
    "pytest-timeout": "a plugin of pytest",
    "pytest-xdist": "a plugin of pytest",
    "ruff": "a command",
}


def _names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=;~! ]", requirement)[0] for requirement in requirements}


def _imports(*tops: str) -> set[str]:
    found: set[str] = set()
    for path in python_files(*tops):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.split(".")[0])
    return found


def test_every_dependency_is_used_or_says_why_it_is_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    ours = _imports("hub", "planning")
    idle = {name for name in _names(project["project"]["dependencies"]) if IMPORTED_AS.get(name, name) not in ours}
    for_tests = _names(list(chain(*project["dependency-groups"].values())))
    everywhere = _imports("hub", "planning", "tests", "benchmarks", ".ci")
    idle |= {name for name in for_tests if IMPORTED_AS.get(name, name) not in everywhere}
    assert not idle - WITHOUT_IMPORT.keys()


def test_what_says_why_it_is_there_is_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    stated = _names([*project["project"]["dependencies"], *chain(*project["dependency-groups"].values())])
    assert WITHOUT_IMPORT.keys() <= stated


def test_every_dependency_has_a_floor() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    stated = [*project["project"]["dependencies"], *chain(*project["dependency-groups"].values())]
    assert all(">=" in requirement for requirement in stated)
