"""Nothing that a map, a table or a guide says becomes code: text stays text, in every place a text can stand.

Sound maps with hostile texts in them are compiled and run, both ways. A canary would sing if a text ran; the shape of
the written Python must not depend on any text; and tests plant the old fault to prove that each of them would notice.
"""

from __future__ import annotations

import ast
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.formats.x12.guide import Guide
from hub.formats.x12.guides import GuideLibrary
from hub.formats.x12.schema import GuideSchemas
from hub.formats.x12.segment_code import compile_segment
from hub.kernel.errors import Misconfigured
from hub.mapping import compile as compiling
from hub.mapping import emit, shape, writing
from hub.mapping.library import UNFORESEEN, Map, MapLibrary
from hub.mapping.sample import PlainChooser, invent
from tests.house import CHECKOUT, Many
from tests.mapping.small import Doc
from tests.security import canary, rich_map
from tests.security.hostile import DOTLESS, PAYLOADS, SONG, mutant, quoted
from tests.security.rich_map import HEAD, compiled

SHARES = range(4)
SHIPPED = ("x12/004010/997", "x12/004010/855", "x12/004010/850", "acme-cardio/850", "acme-cardio/855")
FILES = [*(f"{name}.toml" for name in SHIPPED), "x12/shared.toml", "x12/codes.toml"]
Tally = Callable[[str], None]


@pytest.fixture(autouse=True)
def _nothing_sings() -> Iterator[None]:
    canary.SUNG.clear()
    yield
    canary.SUNG.clear()


def outline(map_: Map) -> list[str]:
    """Return the written Python without its texts: what must not depend on what a map says."""
    return [_bare(map_.compiled.source), _bare(map_.compiled.write_source)]


def _bare(source: str) -> str:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


# the language, place by place -----------------------------------------------------------------------------------------


def test_a_map_that_says_everything_is_compiled_and_runs(tmp_path: Path) -> None:
    map_ = rich_map.library(tmp_path, rich_map.NAME, rich_map.filled(rich_map.word)).map(rich_map.NAME)
    rich_map.exercise(map_)
    assert rich_map.HOLES >= 48


@pytest.mark.proof
@pytest.mark.parametrize("payload", PAYLOADS, ids=[str(number) for number in range(len(PAYLOADS))])
def test_a_map_whose_every_text_is_a_payload_has_the_shape_of_one_whose_every_text_is_a_word(
    tmp_path: Path, payload: str, many: Many
) -> None:
    """All at once, and one at a time: what the language refuses in one place must not keep others from being tried."""
    payload = payload.replace(",", "\u201a")  # a comma between brackets begins another condition: that is the language
    holes = random.Random(payload).sample(range(rich_map.HOLES), many(2, proof=rich_map.HOLES))
    sound = rich_map.library(tmp_path, "sound", rich_map.filled(rich_map.word)).map("sound")
    taken = 0
    wholly = rich_map.filled(lambda number: f"{payload}{number}")
    single = [
        rich_map.filled(lambda number, hole=hole: f"{payload}{number}" if number == hole else rich_map.word(number))  # type: ignore[misc]
        for hole in holes
    ]
    for number, text in enumerate([wholly, *single]):
        map_, _ = compiled(rich_map.library(tmp_path, f"m{number}", text), f"m{number}")
        if map_ is not None:
            taken += 1
            assert outline(map_) == outline(sound), text
            rich_map.exercise(map_)
    assert canary.SUNG == []
    assert taken or len(payload) > 400


WORDS = [
    "extensions.a.b",
    "extensions.a.x if 0 else y",
    f"extensions.a.{SONG}) #",
    f"extensions.a.x if 0 else {DOTLESS}) #",
    "extensions.a b",
    "extensions.",
    "extensions.a\nb",
    "extensions.a)",
    "extensions.a'",
    'extensions.a"',
    "extensions.é",
    "extensions.\uff41",
    "extensions." + "a" * 65,
    "extensions.a.",
    "extensions..a",
]


@pytest.mark.parametrize("field", WORDS, ids=range(len(WORDS)))
def test_words_take_exactly_one_name_and_lint_says_so_with_place_and_remedy(tmp_path: Path, field: str) -> None:
    text = '[map]\nextends = "x12/004010/850"\n\n[fields]\n' + f'{quoted(field)} = "REF[DP]02"\n'
    library = _shipped(tmp_path, {"evil/850.toml": text})
    [fault] = library.faults("evil/850")
    assert fault.code in ("MAP-NAME", "MAP-PATH")
    assert (fault.where.file, fault.where.line) == ("evil/850.toml", 5)
    assert "extensions.<name>" in str(fault.remedy)


@pytest.mark.parametrize("name", ["department", "DP", "a-b", "a_b", "1", "class", "__init__", "get", "x" * 64])
def test_one_name_of_letters_digits_and_hyphens_is_a_word(tmp_path: Path, name: str) -> None:
    text = f'[map]\nextends = "x12/004010/850"\n[fields]\nextensions.{name} = "REF[DP]02"\n'
    map_ = _shipped(tmp_path, {"evil/850.toml": text}).map("evil/850")
    rich_map.exercise(map_)
    assert name in invent(map_, PlainChooser()).extensions  # type: ignore[attr-defined]  # every document has them


BY = [
    "words.x",
    f"words.x or {SONG}",
    "kind or 1",
    "kind.x",
    "nothing",
    "__class__",
    "lines",
    "k\u0131nd",
    "",
    "kind ",
    "on",
    "text, x",
]


@pytest.mark.parametrize("by", BY, ids=range(len(BY)))
def test_what_a_place_decides_is_a_text_of_the_list_and_nothing_else(tmp_path: Path, by: str) -> None:
    text = f'[each.notes]\nby = {quoted(by)}\nat.a = "N1[a]"\nat.b = "N1[b]"\ntext = "N102"\n'
    head = '[map]\ndocument = "Doc"\nwire = "x12/004010/999"\n'
    faults = rich_map.library(tmp_path, "m", head + text).faults("m")
    assert {fault.code for fault in faults} == {"MAP-NAME"}
    assert all("m.toml:" in str(fault) and fault.remedy for fault in faults)


def test_a_guard_may_ask_for_a_word_or_a_part_of_the_document_that_is_not_said(tmp_path: Path) -> None:
    text = (
        '[map]\ndocument = "Doc"\nwire = "x12/004010/999"\n[fields]\nnumber = "BEG02"\nwords.a = "REF[W]02"\n'
        'placed.on = "BEG04"\n[each.lines]\nat = "LIN"\nnumber = "LIN01"\nbuyer = "LIN~BP when words.a = x"\n'
        'seller = "LIN~VP when placed.on"\n'
    )
    library = rich_map.library(tmp_path, "m", text)
    rich_map.exercise(library.map("m"))


# by the thousand ------------------------------------------------------------------------------------------------------


@pytest.mark.proof
@pytest.mark.parametrize("share", SHARES)
def test_generated_maps_run_nothing_and_surprise_nobody(tmp_path: Path, many: Many, tally: Tally, share: int) -> None:
    inputs, chance, counted = many(40, proof=1_500), random.Random(f"maps {share}"), Counter[str]()
    guides = GuideLibrary([CHECKOUT])
    ours = MapLibrary([CHECKOUT], GuideSchemas(guides))
    samples = {name: invent(ours.map(name), PlainChooser()) for name in SHIPPED}
    for number in range(inputs):
        if chance.random() < 0.75:
            name, library = "m", rich_map.library(tmp_path / "rich", "m", rich_map.hostile(chance))
            document: list[Any] = []
        else:
            file = chance.choice(FILES)
            name = file.removesuffix(".toml") if file.removesuffix(".toml") in SHIPPED else chance.choice(SHIPPED)
            text = mutant((CHECKOUT / "mappings" / file).read_text(), chance)
            library = _shipped(tmp_path / "shipped", {file: text}, guides)
            document = [samples[name]]
        try:
            map_, faults = compiled(library, name)
            counted["compiled" if map_ is not None else "refused"] += 1
            counted.update(fault.code for fault in faults[:1])
            if map_ is not None:
                rich_map.exercise(map_, document)
        except BaseException:
            print(f"input {number} of share {share}: {name}")
            raise
        assert canary.SUNG == []
    assert counted["compiled"] > inputs * 0.4, counted
    tally(f"{inputs} maps: {counted['compiled']} compiled and run, {counted['refused']} refused; none ran a text")


def _shipped(folder: Path, files: dict[str, str], guides: GuideLibrary | None = None) -> MapLibrary:
    """Return the maps we ship with ``files`` laid over them, and nothing else in ``folder``."""
    for old in (folder / "mappings").rglob("*.toml"):
        old.unlink()
    for name, text in files.items():
        path = folder / "mappings" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", errors="surrogatepass")
    return MapLibrary([CHECKOUT, folder], GuideSchemas(guides or GuideLibrary([CHECKOUT])))


# guides ---------------------------------------------------------------------------------------------------------------


@pytest.mark.proof
@pytest.mark.parametrize("share", SHARES[:2])
def test_generated_guides_run_nothing_and_surprise_nobody(tmp_path: Path, many: Many, tally: Tally, share: int) -> None:
    inputs, chance, counted = many(20, proof=500), random.Random(f"guides {share}"), Counter[str]()
    for number in range(inputs):
        path = tmp_path / "partners" / f"p{number}" / "guides" / "850.toml"
        path.parent.mkdir(parents=True)
        path.write_text(mutant(NARROWED, chance), encoding="utf-8")
        library = GuideLibrary([CHECKOUT, tmp_path])
        fault, guide = _guide(library, f"p{number}")
        if fault is not None:
            assert fault.code in ("CFG-GUIDE", "CFG-FILE", "CFG-TOML"), fault
            assert fault.file, fault
            counted["refused"] += 1
        else:
            assert guide is not None
            counted["compiled"] += 1
            for use in (each for each in guide.uses if each.segment.tag in ("ZA", "BEG", "REF", "PO1")):
                accepts = compile_segment(use.segment, guide.codes)
                accepts([use.segment.tag, *["'"] * len(use.segment.elements)])
    assert canary.SUNG == []
    assert counted["compiled"] > inputs * 0.2, counted
    tally(f"{inputs} guides: {counted['compiled']} compiled and run, {counted['refused']} refused; none ran a text")


def _guide(library: GuideLibrary, partner: str) -> tuple[Misconfigured | None, Guide | None]:
    try:
        return None, library.guide("004010", "850", partner)
    except Misconfigured as fault:
        return fault, None


NARROWED = """\
extends = "x12/004010/850"
dates = 6
[places]
"TAX" = "unused"
"N1" = "1..5"
[elements]
"BEG04" = "required"
"PO103" = { codes = ["EA", "BX"] }
"REF01" = { also = ["X1"] }
"PO1/REF02" = { minimum = 4, maximum = 20 }
"BEG03" = { type = "AN" }
[segments.ZA]
name = "plant"
elements = "127! 352 (235 234)*3"
notes = "R0102"
[add]
"ZA" = "0..2 after BEG"
[why]
BEG04 = "their guide 2.1"
ZA = "their guide 2.2"
TAX = "their guide 2.3"
"""


# would these tests notice? --------------------------------------------------------------------------------------------


def _plant_the_old_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let any text be a name of words, and the last part of a field stand in the source as it is."""
    monkeypatch.setattr(shape, "WORD", re.compile(".*", re.DOTALL))
    shape_at = shape.shape_at
    monkeypatch.setattr(
        writing, "shape_at", lambda struct, path: shape.Shape(kind="str") if path.count(".") else shape_at(struct, path)
    )
    for module in (emit, writing):
        monkeypatch.setattr(module, "name_of", str)


def _run_as_before(source: str, names: dict[str, Any], wanted: str, **_: Any) -> Callable[..., Any]:
    exec(source, names)
    function: Callable[..., Any] = names[wanted]
    return function


EVIL = HEAD + f'[fields]\n"words.a.x if 0 else {DOTLESS}) #" = "REF[DP]02"\n'


def test_the_canary_sings_when_the_old_fault_is_planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _plant_the_old_fault(monkeypatch)
    monkeypatch.setattr(compiling, "made", _run_as_before)
    map_ = rich_map.library(tmp_path, "m", EVIL).map("m")
    map_.render(Doc(number="1", words={"a": "x"}))
    assert canary.SUNG


def test_the_finished_code_is_looked_at_and_a_foreign_name_in_it_is_a_defect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _plant_the_old_fault(monkeypatch)
    [fault] = rich_map.library(tmp_path, "m", EVIL).faults("m")
    assert fault.code == UNFORESEEN
    assert "names something that is not ours: '__import__'" in fault.message
    with pytest.raises(AssertionError):
        compiled(rich_map.library(tmp_path, "m", EVIL), "m")


def test_the_outline_changes_when_the_old_fault_is_planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _plant_the_old_fault(monkeypatch)
    monkeypatch.setattr(compiling, "made", _run_as_before)
    harmless = rich_map.library(tmp_path, "a", EVIL.replace(f" if 0 else {DOTLESS}) #", "")).map("a")
    assert outline(harmless) != outline(rich_map.library(tmp_path, "b", EVIL).map("b"))
