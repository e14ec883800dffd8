"""What a map may not say, for it could not run, or would never end: a fault with its place, and no wait."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.security import rich_map
from tests.security.hostile import quoted
from tests.security.rich_map import HEAD, compiled

MISFITS = [
    ("[fields]\n", 'number = "BEG02 | negate-if:kind=x"', "no sign"),
    ("[fields]\n", 'placed.on = "BEG04 | negate-if:kind=x"', "no sign"),
    ("[fields]\n", 'flag = "REF[X]03 | negate-if:kind=x"', "no sign"),
    ("[fields]\n", 'number = "BEG02 | between:-"', "no two parts"),
    ("[fields]\n", 'number = "BEG02 | packs:box=10 each"', "no two parts"),
    ("[fields]\n", 'count = "BEG06 | between:-"', "no two parts"),
    ("[fields]\n", 'count = "= 5"', "is no text"),
    ("[fields]\n", 'flag = "= yes"', "is no text"),
    ("[fields]\n", 'placed.on = "= 2026-01-01"', "is no text"),
    ("[fields]\n", 'total.amount = "= 1"', "is no text"),
    ("[fields]\n", 'texts = "= a"', "is no text"),
]


@pytest.mark.parametrize(("head", "line", "said"), MISFITS, ids=range(len(MISFITS)))
def test_a_codec_or_word_that_does_not_fit_its_field_is_a_fault_and_not_a_surprise_at_work(
    tmp_path: Path, head: str, line: str, said: str
) -> None:
    """A map that loads has to run: what would break it on the first message is found when it is read."""
    _, faults = compiled(rich_map.library(tmp_path, "m", HEAD + head + 'kind = "BEG01"\n' + line + "\n"), "m")
    assert [fault.where.line for fault in faults] == [6]
    assert said in faults[0].message
    assert faults[0].remedy


# bounds ---------------------------------------------------------------------------------------------------------------


DEEP = "".join(
    f"[{'.'.join(['each.lines', *(['each.notes'] * depth)])}]\nat = {['LIN', 'HL'] * 20!r}\n" for depth in range(8)
)
NESTED = "[[each.lines.each.notes]]\nat = [" + '"REF",' * 90 + ']\ntext = "REF02"\n'
TOO_MUCH = {
    "places that multiply": HEAD + "[each.lines]\nat = [" + '"LIN",' * 90 + "]\n" + NESTED * 9,
    "a thousand places": HEAD + '[each.lines]\nby = "kind"\n' + "".join(f'at.a{n} = "LIN[{n}]"\n' for n in range(999)),
    "lists within lists": HEAD + DEEP,
    "a rule of a thousand alternatives": HEAD + '[fields]\nnumber = "' + " or ".join(["BEG02"] * 110) + '"\n',
    "a line without end": HEAD + '[fields]\nnumber = "BEG02"' + " " * 100_000 + "\n",
    "a line of quotes": HEAD + "[fields]\n" + " " * 2_000 + "'\"' = 1\n",
    "a statement of a thousand lines": HEAD + "[each.lines]\nat = [\n" + '"LIN",\n' * 1_000 + "]\n",
    "a file of a megabyte": HEAD + "# x\n" * 300_000,
    "brackets without end": HEAD + "x = " + "[" * 400 + "]" * 400 + "\n",
    "a version beyond counting": HEAD.replace("[map]", "[map]\nversion = 0x" + "f" * 900),
    "a version that is true": HEAD.replace("[map]", "[map]\nversion = true"),
    "a circle of tables": HEAD + '[each.lines]\nlike = "a"\n',
}  # fmt: skip


@pytest.mark.parametrize("text", TOO_MUCH.values(), ids=TOO_MUCH)
def test_more_than_any_map_says_is_a_fault_with_its_place_and_not_a_wait(tmp_path: Path, text: str) -> None:
    (tmp_path / "mappings" / "x12").mkdir(parents=True)
    circle = "".join(f'[a.each.notes.each.n{n}]\nlike = "a"\n' for n in range(40))
    (tmp_path / "mappings" / "x12" / "shared.toml").write_text('[a]\nat = "LIN"\n' + circle)
    map_, faults = compiled(rich_map.library(tmp_path, "m", text), "m")
    assert map_ is None
    assert all(fault.where.file and fault.message for fault in faults)


@pytest.mark.parametrize(
    "extends",
    [
        "../../secret",
        "/etc/secret",
        "..",
        "",
        "a/../b",
        "a\x00b",
        "x" * 300,
        "./a",
        "a//b",
        "a.b",
        "é",
        "a/b/c/d/e/f/g",
    ],
)
def test_a_map_extends_what_lies_in_mappings_and_nothing_else(tmp_path: Path, extends: str) -> None:
    (tmp_path.parent / "secret.toml").write_text("a secret")
    text = HEAD + f"extends = {quoted(extends)}\n"
    _, faults = compiled(rich_map.library(tmp_path, "m", text), "m")
    assert "secret'" not in "".join(map(str, faults)).replace(extends, "")
    assert {fault.code for fault in faults} == {"MAP-EXTENDS"}
