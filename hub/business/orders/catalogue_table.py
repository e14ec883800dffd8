"""One table of a customer's ``items.toml`` or ``prices.toml`` being read, and every fault that is found in it.

In: a table as TOML has it, and where its keys stand. Out: values of the kinds that a catalogue holds; what is of
another kind, unknown or missing is noted as a fault with its line, and reading goes on.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from hub.kernel.errors import Misconfigured
from hub.kernel.sentence import Phrase, Word, Wording, declared
from hub.platform.toml_lines import Key, Lines

LEAD_TIME_DAYS_MAX = 3 * 365  # longer than any contract of ours runs
NUMBER_MIN, NUMBER_MAX = Decimal("0.000001"), Decimal(1_000_000_000)  # of one part in a million, to a year's output
DECIMALS_MAX = 9
FIRST_YEAR, LAST_YEAR = 2000, 2099
TEXT_CHARACTERS_MAX = 200
ONE_LINE = re.compile(f"[^\\x00-\\x1f\\x7f-\\x9f\\u2028-\\u202e\\u2066-\\u2069]{{1,{TEXT_CHARACTERS_MAX}}}")
FAULTS_MAX = 200  # of one file; whoever has more has the wrong file


class CatalogueFile:
    """One file being read, and the faults found in it."""

    def __init__(self, name: str, lines: Lines) -> None:
        self.name = name
        self.lines = lines
        self.faults: list[Misconfigured] = []

    def fault(self, at: Key, case: str, **words: Word) -> None:
        """Report the case of what is wrong at a key."""
        line = self.lines.of(at) or self.lines.of((*at, 0))  # a list of tables stands where its first one does
        if len(self.faults) < FAULTS_MAX:
            self.faults.append(Misconfigured(f"CFG-VALUE/{case}", words, file=self.name, line=line))

    def tables(self, owner: dict[str, Any], key: Key, most: int) -> list[tuple[Key, dict[str, Any]]]:
        """Return the tables of the list at ``key``, each with its key; more than ``most`` are a fault."""
        found = owner.get(str(key[-1]), [])
        if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
            self.fault(key, "is-not-list-tables", key=str(key[-1]), list=".".join(_names(key)))
            return []
        if len(found) > most:
            self.fault(key, "more-than", most=most, key=str(key[-1]))
        found = found[:most]
        return [((*key, index), entry) for index, entry in enumerate(found)]

    def known(self, table: dict[str, Any], key: Key, names: Iterable[str]) -> None:
        """Report every key of ``table`` that is none of ``names``, with the nearest that is."""
        allowed = sorted(names)
        for name in table:
            if name not in allowed:
                near = difflib.get_close_matches(name[:TEXT_CHARACTERS_MAX], allowed, n=1)
                words: dict[str, Word] = {"near": near[0]} if near else {"list": ", ".join(allowed)}
                case = "unknown-key-near" if near else "unknown-key"
                self.fault((*key, name), case, name=name[:TEXT_CHARACTERS_MAX], **words)


class CatalogueTable:
    """One table being read: each method takes a key and reports what is wrong with its value."""

    def __init__(self, file: CatalogueFile, key: Key, values: dict[str, Any], names: Iterable[str]) -> None:
        self._file = file
        self.key = key
        self.values = values
        file.known(values, key, names)

    def fault(self, at: str, case: str, **words: Word) -> None:
        self._file.fault((*self.key, at), case, **words)

    def text(self, name: str) -> str | None:
        value = self._taken(
            name, is_text, Wording(key="catalogue/text", words={"text_characters_max": TEXT_CHARACTERS_MAX})
        )
        return value if isinstance(value, str) else None

    def required(self, name: str) -> str:
        """Return the text at ``name``; a fault and an empty text when it is not there."""
        if name not in self.values:
            self.fault(name, "is-missing", name=name)
        return self.text(name) or ""

    def flag(self, name: str) -> bool:
        return self._taken(name, lambda found: isinstance(found, bool), Wording(key="catalogue/flag")) is True

    def day(self, name: str) -> date | None:
        value = self._taken(
            name, _is_day, Wording(key="catalogue/day", words={"first_year": FIRST_YEAR, "last_year": LAST_YEAR})
        )
        return value if isinstance(value, date) else None

    def days(self, name: str, default: int | None = None) -> int:
        """Return a count of calendar days; required when there is no default."""
        if name not in self.values and default is None:
            self.fault(name, "days-missing", name=name)
        value = self._taken(
            name,
            lambda found: isinstance(found, int) and not isinstance(found, bool) and 0 <= found <= LEAD_TIME_DAYS_MAX,
            Wording(key="catalogue/days", words={"lead_time_days_max": LEAD_TIME_DAYS_MAX}),
        )
        return value if isinstance(value, int) else default or 0

    def number(
        self, name: str, default: Decimal | None = None, *, zero: bool = False, most: Decimal = NUMBER_MAX
    ) -> Decimal | None:
        """Return an exact number above zero, or not below it where ``zero`` may be said."""
        least = Decimal(0) if zero else NUMBER_MIN
        value = self._taken(
            name,
            lambda found: _is_number(found) and (NUMBER_MIN <= found <= most or (zero and found == 0)),
            Wording(
                key="catalogue/number", words={"least": str(least), "most": str(most), "decimals_max": DECIMALS_MAX}
            ),
        )
        return default if value is None else Decimal(value)

    def period(self) -> tuple[date | None, date | None]:
        """Return the days ``from`` and ``to``; either may be open."""
        start, end = self.day("from"), self.day("to")
        if start and end and end < start:
            self.fault("to", "is-before-from", end=str(end), start=str(start))
        return start, end

    def _taken(self, name: str, fits: Callable[[Any], bool], wanted: Wording) -> Any:
        value = self.values.get(name)
        if value is None or fits(value):
            return value
        self.fault(name, "is-not", name=name, shown=_shown(value), wanted=wanted)
        return None


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return False
    exponent = Decimal(value).as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -DECIMALS_MAX  # NaN and infinity have a letter there


def is_text(value: object) -> bool:
    return isinstance(value, str) and value.strip() == value and bool(ONE_LINE.fullmatch(value))


def _is_day(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime) and FIRST_YEAR <= value.year <= LAST_YEAR


def _shown(value: object) -> str:
    """Return ``value`` as a fault shows it: its beginning, on one line."""
    if isinstance(value, (str, bool)):
        return repr(value)[:TEXT_CHARACTERS_MAX]
    return str(value)[:TEXT_CHARACTERS_MAX] if isinstance(value, (int, Decimal, date)) else type(value).__name__


def _names(key: Key) -> list[str]:
    return [part for part in key if isinstance(part, str)]


declared(
    {
        "CFG-VALUE/unknown-key-near": Phrase(message="unknown key {name}", remedy="did you mean {near}?"),
        "CFG-VALUE/unknown-key": Phrase(message="unknown key {name}", remedy="use one of {list}"),
        "catalogue/text": Phrase(message="text of at most {text_characters_max} characters on one line"),
        "catalogue/flag": Phrase(message="true or false"),
        "catalogue/day": Phrase(message="a date from {first_year} to {last_year} (2026-01-31)"),
        "catalogue/days": Phrase(message="a count of days from 0 to {lead_time_days_max}"),
        "catalogue/number": Phrase(message="a number from {least} to {most}, of at most {decimals_max} decimals"),
        "CFG-VALUE/is-not": Phrase(message="{name} is {shown}, not {wanted}", remedy="write {wanted}"),
        "CFG-VALUE/is-not-list-tables": Phrase(message="{key} is not a list of tables", remedy="write [[{list}]]"),
        "CFG-VALUE/more-than": Phrase(
            message="more than {most} of {key}", remedy="split the file, or leave out what has ended"
        ),
        "CFG-VALUE/is-missing": Phrase(message="{name} is missing", remedy="add {name} = …"),
        "CFG-VALUE/days-missing": Phrase(message="{name} is missing", remedy="add {name} = … in calendar days"),
        "CFG-VALUE/is-before-from": Phrase(
            message="to {end} is before from {start}", remedy="put the two days in order"
        ),
    }
)
