"""What the hub says in Chinese is said in Chinese: no English word is left in it that is no name and no value."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from hub.business.orders.quantities import many
from hub.business.orders.sentences import SENTENCES
from hub.business.orders.wordings import NONE
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.sentence import Word, Wording
from hub.web.catalogues import load
from hub.web.languages import LANGUAGES
from hub.web.reading_out import WordingReader
from hub.web.vocabulary import DATES, MEANINGS, PARTIES, PRICE_BASES, PURPOSES, UNITS
from tests.flow.at_work import ACME, AtWork
from tests.flow.wire import one_order
from tests.house import CHECKOUT
from tests.stored import FrozenClock
from tests.web.samples import HOLE

CATALOGUE = load(LANGUAGES[1])
TEXTS = [text for text in vars(CATALOGUE)["_catalog"] if isinstance(text, str) and text]
READER = WordingReader(CATALOGUE.gettext)
TABLES = tomllib.loads((CHECKOUT / "mappings" / "x12" / "codes.toml").read_text(encoding="utf-8"))
BEARINGS = tomllib.loads((CHECKOUT / "hub" / "business" / "orders" / "bearings.toml").read_text(encoding="utf-8"))
CASES = sorted((CHECKOUT / "tests" / "cases" / "x12").glob("*.edi"))
DAY = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)

VALUES = re.compile(
    r"“[^”]*”|'(?:[^']|'(?=\w))*'|\"[^\"]*\"|`[^`]*`|<[^>]*>"  # what stands in quotes is somebody's
    r"|[0-9a-f]{8}-[0-9a-f-]{27}"  # the id of a message
    r"|\[\[?[\w.{}]*\]?\]|\S*/\S*|[\w.{}-]+\.(?:toml|json|md|edi)|\w+ ?= ?[^'“\s]\S*"  # files, and what is in them
    r"|[\w-]+:[\w{][\w{}-]*"
    r"|Windows-1252|Idempotency-Key|&\w+;|代码表 [\w-]+"
)
WORD = re.compile(r"(?<![A-Za-z0-9_\\-])[A-Za-z]?[a-z][a-z'-]*(?![A-Za-z0-9_])")  # a code is of capitals and digits
NAMES = {
    "add", "amount", "at", "between", "days_per_lot", "x12.substitute", "from", "id", "lead_time", "line_end",
    "lines", "lot", "negate-if", "numbers_restart_after_days", "packs", "padded-numbers", "places", "substitute", "to",
    "true", "false", "units", "usage", "envelope", "kind",
}  # fmt: skip
"""Keys, values and operators as they are written in our own files, where the sentence names one to be written."""
NAMES |= {
    "add", "codes", "computed", "dates", "elements", "extends", "maximum", "minimum", "null", "places", "properties",
    "structure",
}  # fmt: skip
"""Keys of guides and schemas."""
NAMES |= {"From", "Message", "Request", "Response", "To", "domain", "identity", "production", "test", "xmlns"}
"""Elements, attributes and codes of cXML."""
NAMES |= {"gzip", "xz", "zstd", "quoted-printable"}  # and of ways to pack and to write
COMMANDS = re.compile(r"hub map lint|hub partner migrate")


def english_in(said: str) -> list[str]:
    """Return the words of a Chinese sentence that are English and no names."""
    bare = COMMANDS.sub("", VALUES.sub("", re.sub(r"%\(\w+\)s", "", said)))
    return [word for word in WORD.findall(HOLE.sub("", bare)) if word not in NAMES and len(word) > 1]


def test_no_translation_keeps_an_english_word() -> None:
    left = {text: english_in(CATALOGUE.gettext(text)) for text in TEXTS}
    assert not {text: words for text, words in left.items() if words}


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (DATES, {*TABLES["date"].values(), *BEARINGS["dates"]}),
        (PARTIES, {*TABLES["party-role"].values(), *BEARINGS["parties"], "delivery"}),
        (PURPOSES, {*TABLES["order-purpose"].values()}),
        (PRICE_BASES, {*TABLES["price-basis"].values()}),
        (UNITS, {*TABLES["unit"].values()}),
        (MEANINGS, {*TABLES["unread"].values()} - {"none"}),
    ],
    ids=["kinds of dates", "parties", "purposes", "bases of prices", "units", "meanings"],
)
def test_every_word_a_table_can_give_has_its_chinese(known: dict[str, str], words: set[object]) -> None:
    named = {word for word in words if isinstance(word, str)}
    assert named, "no words: this test would hold for nothing"
    assert not named - known.keys()
    assert not [
        word for word in known.values() if english_in(CATALOGUE.gettext(word)) or CATALOGUE.gettext(word) == word
    ]


AMOUNTS = [many(Decimal(250), "each"), many(Decimal("-0.5"), "kilogram"), many(Decimal(12), "shelf-package")]


def _price(unit: Word, basis: str = "") -> Wording:
    words: dict[str, Word] = {"amount": "1.875", "currency": "USD", "unit": unit}
    return (
        Wording(key="order/price-basis", words={**words, "basis": basis})
        if basis
        else Wording(key="order/price", words=words)
    )


DAYS: Word = [
    Wording(key="order/day", words={"kind": "ship-not-before", "day": "2027-03-07"}),
    Wording(key="order/day", words={"kind": "cancel-after", "day": "2027-03-07"}),
]
WORDS: dict[str, list[Word]] = {
    "kind": [*DATES], "other": [*DATES], "role": [*PARTIES], "purpose": [*PURPOSES], "meaning": [*MEANINGS],
    "unit": [*UNITS], "units": [["each", "box"], ["actual-pound"], ["each", "box", "kilogram"]],
    "status": ["accepted", "held"], "part": [*AMOUNTS], "asked": [*AMOUNTS], "limit": [*AMOUNTS], "start": [*AMOUNTS],
    "total": [*AMOUNTS], "stated": [*AMOUNTS], "allowed": [DAYS], "what": ["number", "release"], "place": ["DTM02"],
    "ordered": [_price("each", "per-each"), _price(AMOUNTS[0]), _price("each")], "agreed": [_price("each")],
    "taken": [NONE, "A"], "own": [NONE, "1 USD"],
    "first": [Wording(key="order/arrived-numbered", words={"number": "7", "message": "m"})],
    "second": [Wording(key="order/arrived", words={"message": "m"})],
    "differences": [[Wording(key="order/line-new", words={"line": "7"})]],
}  # fmt: skip


def _reasons() -> Iterator[Diagnostic]:
    """Yield every sentence about an order, with words of ours in each of its holes that holds such."""
    for key, sentence in SENTENCES.items():
        holes = HOLE.findall(sentence.message + sentence.remedy)
        code, _, case = key.partition("/")
        for n in range(max(len(WORDS.get(name, "1")) for name in [*holes, ""])):
            said: dict[str, Word] = {
                name: WORDS[name][n % len(WORDS[name])] if name in WORDS else "7" for name in holes
            }
            yield Diagnostic(code=code, case=case or None, severity=Severity.NOTE, words=said)


def test_every_reason_is_said_in_chinese_whatever_words_of_ours_stand_in_it() -> None:
    reasons = list(_reasons())
    assert len(reasons) > 500
    said = {f"{each.message}; {each.remedy}": READER.finds(each) + READER.advises(each) for each in reasons}
    assert not {english: chinese for english, chinese in said.items() if english_in(chinese)}
    assert not [english for english in said if "…" in english], "a hole without a word"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> dict[str, str]:
    """All that one hub says about every field case, each sent to it in turn, in English and in Chinese."""
    hub = AtWork(tmp_path_factory.mktemp("told") / "data", FrozenClock(DAY), sqlite_template)
    said: list[Wording | None] = []
    found: list[Diagnostic] = []
    try:
        hub.send(one_order("P-CHINESE", 700_001))
        for path in CASES:
            detail = hub.send(path.read_bytes())
            said += [detail.message.attention, *(entry.text for entry in detail.timeline)]
            found += [*detail.findings, *(each for row in detail.documents for each in row.findings)]
        for summary in hub.orders():
            order = hub.order(summary.number, ACME, release=summary.release, test=summary.test)
            found += [*order.reasons, *(each for part in order.lines for each in part.line.reasons)]
    finally:
        hub.close()
    chinese = {str(each): READER.says(each) for each in said if each}
    for found_ in found:
        chinese |= {found_.message: READER.finds(found_), found_.remedy or "": READER.advises(found_)}
        chinese[str(found_.expected or "")] = READER.says(found_.expected)
    return chinese


def test_what_the_hub_says_about_files_from_the_field_is_said_in_chinese(told: dict[str, str]) -> None:
    assert len(told) > 200
    left = {text: said for text, said in told.items() if english_in(said)}
    assert not left, "\n".join(f"{text}\n    {said}" for text, said in sorted(left.items()))


def _found(key: str, found: str | None = None, expected: str | None = None, **words: Word) -> Diagnostic:
    code, _, case = key.partition("/")
    return Diagnostic(
        code=code, case=case or None, severity=Severity.NOTE, words=words, found=found, expected=expected
    )  # fmt: skip


@pytest.mark.parametrize(
    ("found", "chinese"),
    [
        (_found("ENV-SEGMENT-COUNT-MISMATCH", expected="11"), "SE01 为空，但收到 11 个段（含 ST 和 SE）"),
        (
            _found("BUS-PRICE-OFF-CONTRACT", line="1", ordered=_price("each", "per-each"), agreed=_price("each")),
            "每个 1.875 USD（每件价）",
        ),
        (
            _found("BUS-PRICE-OFF-CONTRACT", line="1", ordered=_price(many(Decimal(100), "each")), agreed="-"),
            "每100 个 1.875 USD",
        ),
        (_found("BUS-UNIT", line="1", item="AC-1", unit="kilogram", units=["each", "box"]), "约定单位为 个、盒"),
        (
            _found("GDE-NO-GUIDE", kind="850", release=Wording(key="envelope/none")),
            "此处没有版本 （无） 中交易集 850 的指南",
        ),
        (
            _found(
                "GDE-SEGMENT-UNEXPECTED",
                tag="MSG",
                loops=[Wording(key="guide/loop", words={"loop": each}) for each in ("CB1", "N1")],
            ),
            "CB1 循环或N1 循环",
        ),
        (
            _found("ENV-BYTES-OUTSIDE", found="-- sent by gateway 7 --", count=23),
            "开头为“-- sent by gateway 7 --”",
        ),
        (_found("BUS-PLACE/order", place="DC04", role="ship-to", home="DC05"), "“DC04”（收货方）"),
    ],
)
def test_words_within_a_sentence_are_said_too(found: Diagnostic, chinese: str) -> None:
    assert chinese in READER.finds(found)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("订单为 empty", ["empty"]),
        ("up 至 nine 位", ["up", "nine"]),
        ("货物送往“HQ”（bill-and-ship-to）", ["bill-and-ship-to"]),
        ("值 'of others' 在 BEG03 中", []),
        ("请写 lead_time = { days = 30 }", []),
        ("见 docs/partners.md", []),
        ("{count} 行", []),
    ],
)
def test_an_english_word_is_found_and_a_name_or_value_is_none(said: str, found: list[str]) -> None:
    assert english_in(said) == found


def test_quotation_marks_are_of_one_kind_and_nothing_is_set_apart_by_stray_blanks() -> None:
    said = {text: CATALOGUE.gettext(text) for text in TEXTS}
    assert not {text: each for text, each in said.items() if re.search(r"'\{\w+\}'", each)}
    assert not {text: each for text, each in said.items() if re.search(r"[\u4e00-\u9fff] “|” [\u4e00-\u9fff]", each)}


def test_a_line_is_called_the_same_in_every_sentence() -> None:
    assert not [text for text in TEXTS if CATALOGUE.gettext(text).startswith("行 {")]


def test_a_value_stands_in_the_quotation_marks_of_the_sentence_around_it() -> None:
    finding = Diagnostic(code="GDE-ELEMENT-CODE", severity=Severity.VALUE, found="XX", words={"label": "unit"})
    assert "“XX”" in READER.finds(finding)
    assert "'XX'" in finding.message


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (Wording(key="xml/ends-within", words={"tag": "PartyLegalEntity", "line": "7"}), "<PartyLegalEntity>"),
        (Wording(key="order/arrived-numbered", words={"number": "1795", "message": "m"}), "1795"),
    ],
)
def test_what_was_found_is_said_in_chinese_where_it_is_a_sentence_of_ours(said: Wording, shown: str) -> None:
    finding = Diagnostic(code="SYN-XML-BROKEN", severity=Severity.DOCUMENT, found=str(said), words={"found": said})
    assert isinstance(finding.was, Wording)
    assert shown in READER.says_within(finding.was)
    assert not english_in(READER.says_within(finding.was).replace(shown, ""))
    assert Diagnostic(code="GDE-ELEMENT-CODE", severity=Severity.VALUE, found="Received").was == "Received"
