"""No list of the hub names a business room: whoever lists something of all rooms goes through the table of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from hub.business.room import Room
from hub.business.rooms import ROOMS
from tests.project.checkout import named, parsed, python_files, tracked_files

TABLES = {"hub/business/rooms.py", "hub/web/rooms.py"}
"""The two tables: of rooms, and of those that have routes."""

ABOUT_THE_LANGUAGE = ("hub/canonical/", "hub/mapping/", "hub/formats/")
"""Documents are named where they are defined, mapped and spelt: they are the language of both wings, and no room's."""

OF_PLANNING = ("hub/cli/plan.py", "hub/cli/plan_files.py")
"""Commands of the planner, whose orders are the factory's own."""


def own_folders(room: Room) -> tuple[str, ...]:
    return (f"hub/business/{room.name}/", f"hub/web/{room.name}/", f"hub/web/templates/{room.name}/")


def words_of(room: Room) -> set[str]:
    """Return what is said of this room alone: its documents, permissions, address and checks."""
    words = {*room.documents, *room.handles, *(grant.permission for grant in room.grants)}
    words |= {room.pages.address, room.pages.label, room.pages.one} if room.pages else set()
    return words | {check.__module__ for check in room.checks.values()}


def strings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{each.name}") for each in node.names)
        elif isinstance(node, ast.Import):
            yield from ((node.lineno, each.name) for each in node.names)


def outside(room: Room) -> Iterator[tuple[str, ast.Module]]:
    left_out = (*own_folders(room), *ABOUT_THE_LANGUAGE, *OF_PLANNING)
    for path in python_files("hub"):
        if not named(path).startswith(left_out) and named(path) not in TABLES:
            yield named(path), parsed(path)


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_who_is_no_part_of_a_room_imports_none_of_it(room: Room) -> None:
    homes = tuple(f"hub.{wing}.{room.name}" for wing in ("business", "web"))
    found = [
        f"{name}:{line} imports {what}"
        for name, tree in outside(room)
        for line, what in imported(tree)
        if what.startswith(homes)
    ]
    assert found == []


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_who_is_no_part_of_a_room_says_none_of_its_words(room: Room) -> None:
    words = words_of(room)
    found = [
        f"{name}:{line} says {said!r}" for name, tree in outside(room) for line, said in strings(tree) if said in words
    ]
    assert found == []


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_no_template_but_a_rooms_own_leads_to_it_or_asks_for_its_permission(room: Room) -> None:
    said = {*(grant.permission for grant in room.grants), *({room.pages.address} if room.pages else ())}
    for path in tracked_files():
        if path.suffix == ".html" and not named(path).startswith(own_folders(room)):
            quoted = set(re.findall(r'"([^"]*)"', path.read_text(encoding="utf-8")))
            assert not quoted & said, named(path)


def test_no_two_rooms_take_the_same_document_or_bear_one_name() -> None:
    handled = [document for room in ROOMS for document in room.handles]
    assert len(handled) == len(set(handled))
    assert len({room.name for room in ROOMS}) == len(ROOMS)
