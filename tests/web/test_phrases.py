"""Sentences of the rooms in the viewer's language: found in their source, said with their values."""

from __future__ import annotations

import ast

import pytest

from hub.business.rooms import ROOMS
from hub.kernel.errors import Misconfigured
from hub.kernel.sentence import templates
from hub.web.catalogues import import_rooms, load
from hub.web.languages import LANGUAGES, PageLanguage
from hub.web.phrases import Phrasebook
from hub.web.spoken import sentences, sentences_of
from tests.project.checkout import named, parsed, python_files


def book(language: PageLanguage) -> Phrasebook:
    catalogue = load(language)
    return Phrasebook(catalogue.gettext, catalogue.texts())


ENGLISH, CHINESE = map(book, LANGUAGES)


@pytest.mark.parametrize(
    ("said", "chinese"),
    [
        ("BEG03 (order number) = 'X' is too long", "BEG03（订单号）= 'X' 过长"),
        ("'ZZ' is not in table unit", "“ZZ”不在代码表 unit 中"),
        ("'12,5' is not a date CCYYMMDD", "“12,5”不是日期 CCYYMMDD"),
        ("write a number", "请填写数字"),
        ("a part arrived without its other parts; it was not taken", "一个部分到达时缺少其余部分；未予采用"),
        ("a whole number of 1 to 9 digits", "1 至 9 位的整数"),
        ("one of CA, EA, PK", "下列之一：CA, EA, PK"),
        ("2026-07-31 or later", "2026-07-31 或更晚"),
        ("10 each", "10 个"),
        ("Rejected: '12' is not a number", "被拒：“12”不是数字"),
        (
            "order 1 arrived again (message 02); the first (under 7, message 01) stands; "
            "the second differs: line 1 quantity 5 each became 6 each; line 2 is gone",
            "订单 1 再次到达（报文 02）；首次（编号 7，报文 01）有效；"
            "第二次不同之处：第 1 行数量由 5 个变为 6 个；第 2 行已删除",
        ),
    ],
)
def test_a_sentence_is_said_in_the_viewers_language_with_its_values(said: str, chinese: str) -> None:
    assert CHINESE.phrase(said) == chinese
    assert ENGLISH.words(said) == said


def test_a_fault_of_ours_keeps_its_file_and_line() -> None:
    fault = Misconfigured.told("amount is missing", file="partners/x/prices.toml", line=3, remedy="add amount = …")
    said = CHINESE.phrase(f"Our configuration is at fault: {fault}")
    assert said == "我方配置有误：partners/x/prices.toml:3: 缺少 amount；处理办法：请添加 amount = …"


@pytest.mark.parametrize(
    "theirs", ["nobody has a pattern for this", "5 by acme", "Test", "wrong price, one of two", "a date"]
)
def test_what_others_wrote_stays_as_they_wrote_it(theirs: str) -> None:
    assert CHINESE.phrase(f"acme refuses it: {theirs}").endswith(theirs)
    assert f"“{theirs}”" in CHINESE.phrase(f"'{theirs}' was not read by any rule")


@pytest.mark.parametrize(
    "text",
    ["Refused: " * 400, "a; " * 1300, "a, " * 1300, "line 1: x ordered, the minimum is 3; " * 110, "x is y, " * 500,
     "acme refuses it: " + "a or b; " * 400, "{fault}; remedy: " * 200, "p.toml: " * 400, "; remedy: " * 400],
    ids=lambda text: text[:20],
)  # fmt: skip
def test_a_text_of_any_shape_is_said_and_ends(text: str) -> None:
    assert CHINESE.phrase(text)


def test_nothing_is_said_of_nothing() -> None:
    assert CHINESE.phrase(None) == CHINESE.words("") == ""


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('"""The module speaks to engineers."""', []),
        ('note("the order has no line")', ["the order has no line"]),
        ('why = f"{len(texts)} of {len(rest)} values are left"', ["{count} of {count2} values are left"]),
        ('why = "two dates" if both else "no date"', ["two dates", "no date"]),
        ('why = f"{n} digits" + (", some decimals" if d else "")', ["{n} digits, some decimals", "{n} digits"]),
        ('raise Misconfigured.told("no such map", remedy="name another")', ["no such map", "name another"]),
        ('raise ValueError("a bug of ours")', []),
        ('log.info("job was done", job=1)', []),
        ('FIELDS = ("order_number", "PO102")', []),
    ],
)
def test_every_sentence_of_a_room_is_found_in_its_source(source: str, found: list[str]) -> None:
    assert list(sentences_of(source)) == found


def test_sentences_are_found_in_code_that_a_room_writes() -> None:
    source = """code.add(f"if {x} is None: X.half({n}, P, 'a quantity', {'its ' + name!r})")"""
    assert list(sentences_of(source, writes_code=True)) == ["a quantity", "its {name}"]


STILL_MATCHED_MAX = 68
"""Sentences of rooms that are composed in English and looked up by their pattern: what calls a person or stands in a
timeline, why a folder is blocked, what is wanted of a day. It may only shrink; at none, ``hub.web.phrases`` and
``hub.web.spoken`` go."""


def test_what_is_looked_up_by_its_english_only_gets_less() -> None:
    import_rooms()
    declared = {text for each in templates().values() for text in (each.message, each.remedy) if text}
    declared |= {text for room in ROOMS for text in room.texts()}  # looked up as they are
    assert len(set(sentences()) - declared) <= STILL_MATCHED_MAX


def test_no_room_makes_a_finding_by_its_sentence() -> None:
    made = [
        f"{named(path)}:{node.lineno}"
        for path in python_files("hub")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) == "Diagnostic"
        and {"told", "advised"} & {each.arg for each in node.keywords}
    ]
    assert made == []


def test_what_is_wrong_with_our_files_is_named_by_a_code_that_has_a_sentence() -> None:
    import_rooms()
    unknown = [
        f"{named(path)}:{node.lineno} {key.value!r}"
        for path in python_files("hub")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "Misconfigured"
        and isinstance(key := node.args[0], ast.Constant)
        and key.value not in templates()
    ]
    assert unknown == []
