"""How every command speaks: results on stdout, everything else on stderr, and ``--json`` for machines.

Values come in as Structs; out go aligned tables for people or JSON for programs. A command decorated with
``reports`` gets an ``Output`` as its first argument and the ``--json`` option with it. Nothing here fails. What came
from outside cannot forge a line: whatever is said here stands on one, and signs that steer a terminal are escaped.
"""

from __future__ import annotations

import functools
import json
import re
import sys
import threading
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Concatenate, NoReturn, ParamSpec, TypeVar

import click
import msgspec

from hub.kernel.diagnostics import Diagnostic, Severity, with_sentences
from hub.kernel.errors import Defect, HubError, Misconfigured

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

QUIET_SECONDS = 2.0  # interfaces: progress is shown on work over two seconds, and not before
REDRAW_SECONDS = 0.2
PROGRESS_LINE_SECONDS = 10.0  # on a stderr that is no terminal: a line now and then, not one per step

NO_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")

_JSON = "hub.json"


class Output:
    """One command's voice."""

    def __init__(self, *, as_json: bool = False) -> None:
        self.as_json = as_json

    def items(
        self,
        values: Iterable[T],
        columns: Mapping[str, Callable[[T], object]],
        *,
        none: str,
        following: str | None = None,
    ) -> None:
        """Show a list: a table under the names of ``columns``, or ``{"items": […], "next": following}``.

        ``none`` is the sentence for people when there is nothing to show; columns empty in every row are left out.
        """
        listed = list(values)
        if self.as_json:
            self._json({"items": listed, "next": following})
        elif not listed:
            click.echo(none, err=True)
        else:
            told = {name: [_cell(show(value)) for value in listed] for name, show in columns.items()}
            told = {name: cells for name, cells in told.items() if any(cells)}
            click.echo(table(list(told), list(zip(*told.values(), strict=True))))
            if following:
                click.echo(f"There are more: --cursor {following}", err=True)

    def value(self, value: object, lines: Mapping[str, object] | None = None) -> None:
        """Show one value: as JSON, or as ``name  value`` lines (``lines``; what is ``None`` is left out)."""
        if self.as_json:
            self._json(value)
            return
        told = {name: text for name, text in (lines or {}).items() if text is not None}
        width = max((len(name) for name in told), default=0)
        for name, text in told.items():
            click.echo(f"{name:<{width}}  {shown(str(text))}")

    def line(self, text: str, *, apart: bool = False) -> None:
        """Say something to a person, on one line: stdout, or stderr when stdout belongs to a machine.

        ``apart``: after an empty line.
        """
        click.echo("\n" * apart + shown(text), err=self.as_json)

    def rows(self, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Say a table to a person, after an empty line."""
        click.echo("\n" + table(headings, rows), err=self.as_json)

    def note(self, text: str) -> None:
        """Say something beside the result, on one line: always stderr."""
        click.echo(shown(text), err=True)

    def findings(self, found: Sequence[Diagnostic]) -> None:
        """List findings, one line each, worst first; the count last. JSON: ``{"findings": […]}``."""
        ordered = sorted(found, key=lambda finding: -finding.severity)
        if self.as_json:
            self._json({"findings": ordered})
            return
        for finding in ordered:
            click.echo(shown(str(finding)))
        rejects = sum(finding.severity.is_reject for finding in found)
        warnings = sum(finding.severity is Severity.WARNING for finding in found)
        click.echo(f"{rejects} fault{_s(rejects)}, {warnings} warning{_s(warnings)}", err=True)

    def fault(self, fault: HubError) -> None:
        """Say why the command could not go on: what, where, remedy. Also as ``{"error": {…}}`` for machines."""
        kind = type(fault).__name__
        click.echo(
            f"hub: {'this is a bug of ours: ' if isinstance(fault, Defect) else ''}{shown(str(fault))}", err=True
        )
        if self.as_json:
            error: dict[str, object] = {"kind": kind, "message": str(fault)}
            if isinstance(fault, Misconfigured):
                error = {
                    "kind": kind,
                    "code": fault.code,
                    "message": shown(fault.message),
                    "file": fault.file and shown(fault.file),
                    "line": fault.line,
                    "remedy": fault.remedy,
                }
            self._json({"error": error})

    @contextmanager
    def progress(self, doing: str, total: int | None = None) -> Iterator[Callable[[], None]]:
        """Yield a function to call after each step; after two seconds stderr shows how far the work is."""
        meter = _Meter(doing, total)
        try:
            yield meter.step
        finally:
            meter.end()

    def _json(self, value: object) -> None:
        click.echo(as_json(value, indent=2 if _is_seen() else 0))


def reports(command: Callable[Concatenate[Output, P], R]) -> Callable[P, R]:
    """Give ``command`` the ``--json`` option and an ``Output`` as its first argument."""

    @click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on stdout.")
    @functools.wraps(command)
    def speaking(*args: P.args, **kwargs: P.kwargs) -> R:
        as_json = bool(kwargs.pop("as_json", False))
        click.get_current_context().meta[_JSON] = as_json
        _refuse_what_is_no_text(kwargs)
        return command(Output(as_json=as_json), *args, **kwargs)

    return speaking


def _refuse_what_is_no_text(said: Mapping[str, object]) -> None:
    """End the command when an argument is no text: bytes that are no UTF-8, or signs that steer a terminal.

    Paths are left as they are: a file may have any name.
    """
    for name, value in said.items():
        for text in value if isinstance(value, tuple) else (value,):
            if isinstance(text, str) and (found := NO_TEXT.search(text)):
                what = "bytes that are no UTF-8" if "\ud800" <= found[0] <= "\udfff" else "a control character"
                raise click.BadParameter(f"'{shown(text)}' holds {what}", param_hint=f"'{name}'")


def shown(text: str) -> str:
    """Return ``text`` on one line that a terminal shows as it is: what would steer it is escaped."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def as_json(value: object, *, indent: int = 0) -> str:
    """Return ``value`` as JSON that a terminal shows as it is: what would steer it is escaped, which says the same.

    >>> print(as_json({"reason": "a\\u202eb"}))
    {"reason": "a\\u202eb"}
    """
    text = msgspec.json.encode(with_sentences(value), enc_hook=_as_text)
    written = msgspec.json.format(text, indent=indent).decode()
    if written.isprintable():
        return written
    return "".join(sign if sign.isprintable() or sign == "\n" else json.dumps(sign)[1:-1] for sign in written)


def wants_json(ctx: click.Context) -> bool:
    """Tell whether the command that ran under ``ctx`` was called with ``--json``."""
    return bool(ctx.meta.get(_JSON, False))


def refuse() -> NoReturn:
    """End the command with exit code 1: it ran, and its answer is no."""
    raise click.exceptions.Exit(1)


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return ``rows`` under ``headings`` in aligned columns, two blanks between; Chinese counts double.

    A cell stands on one line, whatever it holds (``shown``).
    """
    lines = [list(headings), *[[shown(cell) for cell in row] for row in rows]]
    widths = [max(_columns_of(line[at]) for line in lines) for at in range(len(headings))]
    return "\n".join(
        "  ".join(cell + " " * (width - _columns_of(cell)) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


class _Meter:
    """Draws one line on a terminal, or writes one now and then where stderr is a file; also while no step ends."""

    def __init__(self, doing: str, total: int | None) -> None:
        self.doing, self.total, self.done = doing, total, 0
        self.began = time.monotonic()
        self.ended = threading.Event()
        self.drawn = False
        self.thread = threading.Thread(target=self._draw, daemon=True)
        self.thread.start()

    def step(self) -> None:
        self.done += 1

    def end(self) -> None:
        self.ended.set()
        self.thread.join()
        if self.drawn:
            click.echo(f"{self._shown()}, done", err=True)

    def _draw(self) -> None:
        seen = sys.stderr.isatty()
        wait = QUIET_SECONDS
        while not self.ended.wait(wait):
            self.drawn = True
            click.echo(self._shown() + ("\r" if seen else "\n"), err=True, nl=False)
            wait = REDRAW_SECONDS if seen else PROGRESS_LINE_SECONDS

    def _shown(self) -> str:
        counted = f" {self.done}" + (f" of {self.total}" if self.total is not None else "") if self.done else ""
        return f"{self.doing}{counted}: {time.monotonic() - self.began:.0f} s"


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def _columns_of(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _as_text(value: object) -> str:
    if isinstance(value, Path):
        return shown(str(value))
    raise Defect(f"cannot be shown as JSON: {type(value).__name__}")


def _is_seen() -> bool:
    return sys.stdout.isatty()


def _s(count: int) -> str:
    return "" if count == 1 else "s"
