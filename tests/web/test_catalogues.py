"""Every visible text is in both catalogues, translated and current; and no text stands in a template by itself."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from hub.business.rooms import ROOMS
from hub.flow.syntaxes import texts as of_syntaxes
from hub.formats.families import FAMILIES
from hub.kernel.sentence import JOINTS, templates
from hub.platform.configuration import find_configuration
from hub.web.catalogues import extracted, import_rooms, po_file
from hub.web.languages import LANGUAGES, PageLanguage, negotiate, zone_of
from hub.web.rendering import TEMPLATES
from tests.web.samples import HOLE

NAMES_OF_THINGS = {"Contract Hub", "openapi.json", "kB", "English", "简体中文"}
"""Names, which are the same in every language."""


def wanted() -> set[str | tuple[str, ...]]:
    texts: set[str | tuple[str, ...]] = {
        text if isinstance(text, str) else tuple(text) for _, _, text, _, _ in extracted()
    }
    import_rooms()
    texts |= {text for room in ROOMS for text in room.texts()}
    texts |= set(of_syntaxes())
    texts |= {text for each in templates().values() for text in (each.message, each.remedy) if text}
    roots = find_configuration(None).roots
    texts |= {text for family in FAMILIES.values() for text in family.names(roots)}
    return texts | set(JOINTS.values())


def catalogue(language: PageLanguage) -> Catalog:
    with po_file(language).open("rb") as file:
        return read_po(file, locale=language.locale)


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.tag)
def test_every_text_is_translated_and_none_is_fuzzy_or_left_over(language: PageLanguage) -> None:
    found = {message.id: message for message in catalogue(language) if message.id}
    missing = wanted() - set(found)
    assert not missing, "run: python -m hub.web.catalogues update"
    assert not set(found) - wanted(), "run: python -m hub.web.catalogues update"
    untranslated = [key for key, message in found.items() if not all(_strings(message.string))]
    assert not untranslated
    assert not [key for key, message in found.items() if message.fuzzy]


def test_a_translation_keeps_every_value_of_its_sentence() -> None:
    for language in LANGUAGES:
        for message in catalogue(language):
            if not message.id:
                continue
            source = message.id if isinstance(message.id, str) else message.id[-1]
            for said in _strings(message.string):
                assert _holes(said) == _holes(source), said


def test_the_chinese_catalogue_is_chinese() -> None:
    """A text copied over untranslated would pass as translated: apart from names, each has a Chinese character."""
    latin = {"HTTP", "UDI-DI", "pyx12: {text}"}
    worded = {message.id: _strings(message.string) for message in catalogue(LANGUAGES[1]) if message.id}
    copied = [
        text
        for text, said in worded.items()
        if text not in latin and _has_words(text) and not re.search(r"[一-鿿]", "".join(said))
    ]
    assert not copied


def _has_words(text: str | list[str] | tuple[str, ...]) -> bool:
    """Say whether a text has words of its own, beside its holes."""
    return bool(re.search(r"[A-Za-z]", HOLE.sub("", text if isinstance(text, str) else text[0])))


class _Texts(HTMLParser):
    """Collects what a reader would see of a template in which every expression is taken out."""

    SEEN_ATTRIBUTES = ("title", "placeholder", "aria-label", "alt", "label")

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts += [value for name, value in attrs if name in self.SEEN_ATTRIBUTES and value]


@pytest.mark.parametrize("name", sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")))
def test_no_template_has_a_text_of_its_own(name: str) -> None:
    source = (TEMPLATES / name).read_text()
    for pattern in (r"{#.*?#}", r"{%.*?%}", r"{{.*?}}"):
        source = re.sub(pattern, "", source, flags=re.DOTALL)
    parser = _Texts()
    parser.feed(source)
    words = [text.strip() for text in parser.texts if re.search(r"[A-Za-z一-鿿]{2,}", text)]
    assert [word for word in words if word.strip("· ") not in NAMES_OF_THINGS] == []


@pytest.mark.parametrize(
    ("header", "tag"),
    [
        (None, "en"),
        ("", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("zh-Hant-TW", "zh-CN"),
        ("de-DE, en;q=0.5, zh;q=0.4", "en"),
        ("en;q=0, zh;q=0.1", "zh-CN"),
        ("x" * 10_000, "en"),
        ("zh;q=nonsense", "en"),
    ],
)
def test_the_browsers_wish_is_granted_as_far_as_we_can(header: str | None, tag: str) -> None:
    assert negotiate(header).tag == tag


@pytest.mark.parametrize("name", [None, "", "Nowhere/Land", "../../etc/passwd", "Europe", "x" * 500, "\x00"])
def test_a_zone_nobody_knows_is_utc(name: str | None) -> None:
    assert str(zone_of(name)) == "UTC"


def _strings(value: Any) -> list[str]:
    return list(value) if isinstance(value, tuple | list) else [value or ""]


def _holes(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)", text)) | set(HOLE.findall(text))
