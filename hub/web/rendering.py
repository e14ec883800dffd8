"""Templates into pages: autoescaped, in the viewer's language, with times in the viewer's zone.

In: the name of a template, who is looking (``Viewer``) and what there is to show. Out: HTML. A name a template uses
and nobody gave is a fault at once (``StrictUndefined``), never an empty spot on a page.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from hub.kernel.struct import Struct
from hub.web import statuses
from hub.web.assets import Assets
from hub.web.catalogues import load
from hub.web.directions import isolated, verbatim
from hub.web.languages import LANGUAGES, UTC_ZONE, PageLanguage
from hub.web.navigation import NAVIGATION
from hub.web.reading_out import WordingReader
from hub.web.vocabulary import UNITS

TEMPLATES = Path(__file__).with_name("templates")
RECENT = timedelta(days=6)  # within a week people think in "ago"; beyond it, in dates


class Viewer(Struct):
    """How one person reads a page."""

    now: datetime
    language: PageLanguage = LANGUAGES[0]
    zone: ZoneInfo = UTC_ZONE


class Renderer:
    """Renders the templates of one folder, with one compiled environment per language."""

    def __init__(
        self, assets: Assets, templates: Path = TEMPLATES, called: Callable[[str], str] = str
    ) -> None:  # ``called`` says how a partner is called
        self._environments = {language.tag: _environment(language, assets, templates, called) for language in LANGUAGES}

    def render(self, template: str, viewer: Viewer, **context: Any) -> str:
        """Return ``template`` filled with ``context``, as ``viewer`` reads it."""
        environment = self._environments[viewer.language.tag]
        return environment.get_template(template).render(viewer=viewer, f=Formats(viewer), **context)


def _environment(language: PageLanguage, assets: Assets, templates: Path, called: Callable[[str], str]) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        finalize=isolated,
    )
    environment.filters["verbatim"] = verbatim
    environment.policies["ext.i18n.trimmed"] = True
    catalogue = load(language)
    environment.install_gettext_translations(catalogue, newstyle=True)  # type: ignore[attr-defined]
    reader = WordingReader(catalogue.gettext, called)
    environment.globals.update(
        translate=partial(_translate, catalogue.gettext),
        phrase=reader.says,
        finds=reader.finds,
        advises=reader.advises,
        said=reader.says_within,
        assets=assets,
        languages=LANGUAGES,
        words=statuses,
        navigation=NAVIGATION,
        units=UNITS,
    )
    return environment


def _translate(gettext: Callable[[str], str], text: str | None) -> str:
    """Translate a text that comes from a table or a finding; "" stays "" (its entry is the catalogue's header)."""
    return gettext(text) if text else ""


class Formats:
    """Numbers, days and instants as the viewer writes them."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self._locale = viewer.language.locale

    def ago(self, instant: datetime | None) -> Markup:
        """An instant as distance from now while it is recent, else as a date; UTC on hover."""
        if instant is None:
            return Markup("—")
        from babel.dates import format_datetime, format_timedelta

        distance = instant - self._viewer.now
        if abs(distance) < RECENT:
            text = format_timedelta(distance, add_direction=True, locale=self._locale, threshold=1.2)
        else:
            text = format_datetime(instant, "medium", tzinfo=self._viewer.zone, locale=self._locale)
        return self._time(instant, text)

    def instant(self, instant: datetime | None) -> Markup:
        """An instant to the second in the viewer's zone, which it names; UTC on hover."""
        if instant is None:
            return Markup("—")
        from babel.dates import format_datetime

        text = format_datetime(instant, "medium", tzinfo=self._viewer.zone, locale=self._locale)
        return self._time(instant, f"{text} {_offset(instant.astimezone(self._viewer.zone))}")

    def clock_time(self, instant: datetime) -> Markup:
        """The time of day to the millisecond: for steps that follow one another within a second."""
        local = instant.astimezone(self._viewer.zone)
        return self._time(instant, f"{local:%H:%M:%S}.{local.microsecond // 1000:03d}")

    def day(self, day: date | None) -> str:
        if day is None:
            return "—"
        from babel.dates import format_date

        return format_date(day, "medium", locale=self._locale)

    def number(self, value: Decimal | int) -> str:
        """A number with the language's grouping, and every decimal it has."""
        from babel.numbers import format_decimal

        return format_decimal(value, locale=self._locale, decimal_quantization=False)

    def money(self, amount: Decimal, currency: str) -> str:
        from babel.numbers import format_currency, get_currency_symbol

        letters = get_currency_symbol(currency, self._locale)[-1:].isalpha()  # SEK 80.00, and $80.00
        pattern = "¤\N{NO-BREAK SPACE}#,##0.00####" if letters else "¤#,##0.00####"
        return format_currency(amount, currency, pattern, locale=self._locale, currency_digits=False)

    def size(self, size_bytes: int) -> str:
        """A size in the largest fitting unit: 812 B, 4.2 kB, 1.3 MB."""
        size = float(size_bytes)
        for unit in ("B", "kB", "MB"):
            if size < 1000:
                return f"{self.number(Decimal(str(round(size, 1 if unit != 'B' else 0))).normalize() + 0)} {unit}"
            size /= 1000
        return f"{self.number(Decimal(str(round(size, 1))))} GB"

    def zone_name(self) -> str:
        return str(self._viewer.zone)

    def _time(self, instant: datetime, text: str) -> Markup:
        utc = instant.astimezone(UTC)
        return Markup('<time datetime="{}" title="{}">{}</time>').format(
            utc.isoformat(timespec="milliseconds"), f"{utc:%Y-%m-%d %H:%M:%S} UTC", text
        )


def _offset(local: datetime) -> str:
    """Return how far the zone of ``local`` is from UTC: UTC, UTC+8, UTC-3:30."""
    minutes = round((local.utcoffset() or timedelta()).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return "UTC" + (f"{'+' if minutes > 0 else '-'}{hours}" + (f":{rest:02d}" if rest else "") if minutes else "")
