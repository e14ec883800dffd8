"""The words of the pages in every language: extracted from source and templates, kept as ``.po``, used as ``.mo``.

``python -m hub.web.catalogues update`` brings the ``.po`` files in line with the source, ``compile`` writes the
``.mo`` files (the package build does that too). A ``.mo`` that is missing or older than its ``.po`` is made in memory
when the hub starts.
"""

from __future__ import annotations

import gettext
import importlib
import io
import pkgutil
import sys
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING

from hub.web.languages import LANGUAGES, PageLanguage

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

WEB = Path(__file__).parent
LOCALE = WEB / "locale"
DOMAIN = "hub"
ROOMS_THAT_SPEAK = ("hub.formats", "hub.mapping", "hub.exchange", "hub.business", "hub.flow")
EXTRACTED = (("**.py", "python"), ("templates/**.html", "jinja2"))
EMPTY_HEADERS = (
    b'"POT-Creation-Date:',
    b'"PO-Revision-Date:',
    b'"Last-Translator:',
    b'"Language-Team:',
    b'"Report-Msgid-Bugs-To:',
    b'"Generated-By:',
)
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None, "npgettext": ((1, "c"), 2, 3)}


def po_file(language: PageLanguage) -> Path:
    return LOCALE / language.locale / "LC_MESSAGES" / f"{DOMAIN}.po"


def load(language: PageLanguage) -> gettext.GNUTranslations:
    """Return the catalogue of ``language``, compiled now if no current ``.mo`` stands beside its ``.po``."""
    source = po_file(language)
    compiled = source.with_suffix(".mo")
    if compiled.is_file() and (not source.is_file() or compiled.stat().st_mtime >= source.stat().st_mtime):
        with compiled.open("rb") as file:
            return gettext.GNUTranslations(file)
    return gettext.GNUTranslations(io.BytesIO(compiled_bytes(source)))


def compiled_bytes(source: Path) -> bytes:
    """Return the ``.mo`` of one ``.po``. Fuzzy entries are left out."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open("rb") as file:
        catalogue = read_po(file)
    target = io.BytesIO()
    write_mo(target, catalogue)
    return target.getvalue()


def extracted() -> Iterator[tuple[str, int, str | tuple[str, ...], list[str], str | None]]:
    """Yield every visible text of the source: file, line, text, translator's comments, context."""
    from babel.messages.extract import extract_from_dir

    # The template engine's own extractor, set up as the pages set it up.
    options = {"templates/**.html": {"newstyle_gettext": "true", "trimmed": "true", "silent": "false"}}
    yield from extract_from_dir(
        WEB, list(EXTRACTED), options, keywords=KEYWORDS, comment_tags=("Translators:",), directory_filter=_is_source
    )


def _is_source(folder: str) -> bool:
    return Path(folder).name not in {"ui", "static", "locale", "__pycache__", "node_modules"}


def update() -> None:
    """Bring every ``.po`` in line with the source; new texts arrive empty, dropped ones leave."""
    from babel.messages.pofile import read_po

    wanted = _wanted()
    for language in LANGUAGES:
        target = po_file(language)
        known = read_po(io.BytesIO(target.read_bytes() if target.is_file() else b""), locale=language.locale)
        known.update(deepcopy(wanted), no_fuzzy_matching=True)  # it keeps what it is given, and changes it
        known.obsolete.clear()
        if language is LANGUAGES[0]:
            _say_the_source_itself(known)
        known.header_comment = f"# Contract Hub: the words of its pages in {language.name}."
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_written(known))


def _wanted() -> Catalog:
    """Return every text somebody may see: of the pages, of the rooms' sentences, of guides."""
    from babel.messages.catalog import Catalog

    from hub.business.rooms import ROOMS
    from hub.flow.syntaxes import texts
    from hub.formats.families import FAMILIES
    from hub.kernel.sentence import JOINTS, templates
    from hub.platform.configuration import find_configuration

    import_rooms()
    wanted = Catalog(domain=DOMAIN, project="Contract Hub", version="", charset="utf-8", fuzzy=False)
    for _file, _line, text, comments, context in extracted():
        wanted.add(text, auto_comments=comments, context=context)
    for text in (text for room in ROOMS for text in room.texts()):
        wanted.add(text, auto_comments=["a word of a room"])
    for text in texts():
        wanted.add(text, auto_comments=["a word of a syntax"])
    for joint in JOINTS.values():
        wanted.add(joint, auto_comments=["joins what is listed in a sentence"])
    for template in templates().values():
        for said in filter(None, (template.message, template.remedy)):
            wanted.add(said, auto_comments=["a sentence of a finding; {names} stay as they are"])
    roots = find_configuration(None).roots
    for text in (text for family in FAMILIES.values() for text in family.names(roots)):
        wanted.add(text, auto_comments=["a segment or element of a guide"])
    return wanted


def import_rooms() -> None:
    """Import every module of the rooms that speak, so that all they can say is known."""
    for room in ROOMS_THAT_SPEAK:
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            importlib.import_module(module.name)


def _written(catalogue: Catalog) -> bytes:
    """Return the file, without the lines of its header that change by themselves or say nothing."""
    from babel.messages.pofile import write_po

    target = io.BytesIO()
    write_po(target, catalogue, sort_output=True, no_location=True, width=120)
    lines = target.getvalue().splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(EMPTY_HEADERS))


def _say_the_source_itself(catalogue: Catalog) -> None:
    """English is the language of the source: a text that has no translation is its own."""
    for message in catalogue:
        if message.id and not any(message.string if isinstance(message.string, tuple) else [message.string]):
            message.string = message.id


def compile_all() -> None:
    """Write the ``.mo`` beside every ``.po``."""
    for language in LANGUAGES:
        source = po_file(language)
        source.with_suffix(".mo").write_bytes(compiled_bytes(source))


if __name__ == "__main__":
    {"update": update, "compile": compile_all}[sys.argv[1]]()
