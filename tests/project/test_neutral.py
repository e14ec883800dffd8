"""What knows no syntax names nothing of one: no segment or set of X12, no element of cXML or UBL.

The names are read from the schemas that the hub comes with, so a new one is looked for as soon as it can be read. What
is of one syntax stands in a folder or a file named after it, and may say whatever it says; comments and docstrings may
give it as an example. There is no list of exceptions.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from hub.formats.families import FAMILIES
from tests.project.checkout import ROOT, named, parsed, python_files

ROOMS = frozenset(
    {"kernel", "canonical", "mapping", "access", "exchange", "transport", "security", "business"}
    | {"platform", "flow", "web"}
)
"""Rooms that know no syntax; formats do, and commands name what a person chooses."""
AROUND = frozenset({"SharedSecret", "CredentialMac", "payloadID", "deploymentMode", "ProfileRequest"})
"""Of the envelope of a cXML, which no schema of ours has."""
REVISIONS = "hub/platform/migrations/"  # they say what stood in rows of before
SIGNIFICANT_HUMPS = 2  # a name of one word, such as Amount, is everybody's


def is_neutral(path: Path) -> bool:
    """Say whether a file is of no syntax: neither it nor a folder it is in is named after one."""
    inside = path.relative_to(ROOT)
    if inside.parts[1] not in ROOMS or named(path).startswith(REVISIONS):
        return False
    words = {word for part in inside.with_suffix("").parts for word in part.split("_")}
    return not words & FAMILIES.keys()


@cache
def names() -> re.Pattern[str]:
    """Return what finds segments with or without an element, sets, and elements of more than one word."""
    segments = {"ISA", "IEA", "GS", "GE", "TA1"}
    for file in (ROOT / "schemas" / "x12").glob("*/segments.toml"):
        segments |= tomllib.loads(file.read_text(encoding="utf-8"))["segments"].keys()
    alone = sorted(each for each in segments if len(each) > 2 or each in ("GS", "GE"))
    sets = sorted({file.stem for file in (ROOT / "schemas" / "x12").glob("*/[0-9][0-9][0-9].toml")})
    elements = sorted({*_elements(), *AROUND})
    assert len(segments) > 70
    assert len(sets) > 3
    assert len(elements) > 150
    parts = (
        rf"(?<![A-Za-z0-9_-])(?:(?:{'|'.join(sorted(segments))})\d\d|{'|'.join(alone)})(?![A-Za-z0-9_-])",
        rf"(?<![A-Za-z0-9_.,-])(?:{'|'.join(sets)})(?![A-Za-z0-9_])",
        rf"(?<![A-Za-z])(?:{'|'.join(elements)})(?![A-Za-z])",
    )
    return re.compile("|".join(parts))


def _elements() -> Iterator[str]:
    for folder in ("cxml", "xml/ubl"):
        for file in (ROOT / "schemas" / folder).rglob("*.xsd"):
            for each in etree.parse(file).iter("{*}element", "{*}attribute"):
                name = each.get("name") or ""
                if len(re.findall(r"[A-Z]?[a-z]+|[A-Z]{2,}", name)) >= SIGNIFICANT_HUMPS:
                    yield name


def said_in(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield every text of code with its line, docstrings aside."""
    told = {
        id(each.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        for each in node.body
        if isinstance(each, ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes) and id(node) not in told:
            yield node.lineno, node.value if isinstance(node.value, str) else node.value.decode("latin-1")


def found_in(tree: ast.Module) -> list[str]:
    """Return what of a syntax is named in the texts of a file, each with its line."""
    return [f"line {line}: {found.group()}" for line, text in said_in(tree) for found in names().finditer(text)]


def test_what_knows_no_syntax_names_nothing_of_one() -> None:
    looked_at = [path for path in python_files("hub") if len(path.relative_to(ROOT).parts) > 2 and is_neutral(path)]
    assert len(looked_at) > 250
    found = {named(path): found_in(parsed(path)) for path in looked_at}
    assert not {file: each for file, each in found.items() if each}


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ('KINDS = ("TA1",)', ["line 1: TA1"]),
        ('"say GS08"', []),
        ('said = f"the sender (ISA06) is {found}"', ["line 1: ISA06"]),
        ('begins = body.find(b"ISA")', ["line 1: ISA"]),
        ('named = "an order change (855)"', ["line 1: 855"]),
        ('at = "Header/To/SharedSecret"', ["line 1: SharedSecret"]),
        ('kind = "ApplicationResponse"', ["line 1: ApplicationResponse"]),
        ('size = "1,850 bytes, Amount"', []),
    ],
)
def test_a_name_that_is_planted_is_found(planted: str, found: list[str]) -> None:
    assert found_in(ast.parse(planted)) == found
