"""Results on stdout, everything else on stderr, and nothing about progress on quick work."""

from __future__ import annotations

import contextlib
import io
import json
import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hub.cli import output
from hub.cli.output import Output, as_json, table
from hub.kernel.diagnostics import Diagnostic, Severity

Captured = pytest.CaptureFixture[str]
WARNING = Diagnostic(code="GDE-EXTRA", severity=Severity.WARNING, told="an element more than the guide knows")
REJECT = Diagnostic(code="GDE-MISSING", severity=Severity.PART, told="BEG is missing", advised="send BEG")


def test_findings_stand_worst_first_with_their_count_beside_them(capsys: Captured) -> None:
    Output().findings([WARNING, REJECT])
    said = capsys.readouterr()
    assert said.out.splitlines()[0].startswith("GDE-MISSING")
    assert said.err == "1 fault, 1 warning\n"


def test_findings_are_objects_for_machines(capsys: Captured) -> None:
    Output(as_json=True).findings([REJECT])
    said = capsys.readouterr()
    assert json.loads(said.out)["findings"][0]["remedy"] == "send BEG"
    assert not said.err


def test_columns_that_are_empty_in_every_row_are_left_out(capsys: Captured) -> None:
    columns = {"name": lambda row: row, "nothing": lambda row: None}
    Output().items(["a", "b"], columns, none="None.")
    assert capsys.readouterr().out == "name\na\nb\n"


def test_paths_and_words_for_people_never_mix_with_json(capsys: Captured) -> None:
    out = Output(as_json=True)
    out.value({"folder": Path("var")})
    out.line("Done.")
    said = capsys.readouterr()
    assert json.loads(said.out) == {"folder": "var"}
    assert said.err == "Done.\n"


def test_quick_work_shows_no_progress(capsys: Captured) -> None:
    with Output().progress("checking", 2) as step:
        step()
    assert capsys.readouterr().err == ""


def test_long_work_shows_how_far_it_is_even_between_steps(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "QUIET_SECONDS", 0.0)
    with Output().progress("checking", 2) as step:
        step()
        until = time.monotonic() + 10
        shown = ""
        while not shown and time.monotonic() < until:
            time.sleep(0.01)
            shown += capsys.readouterr().err
    shown += capsys.readouterr().err
    assert shown.startswith("checking")
    assert "checking 1 of 2: " in shown
    assert shown.endswith(", done\n")


def _terminal_lines(text: str) -> list[str]:
    """Return the lines a person sees, each of them printable throughout: nothing steers what stands beside it."""
    lines = text.split("\n")
    assert all(line.isprintable() for line in lines)
    return lines


@given(st.lists(st.tuples(st.text(), st.text()), min_size=1, max_size=5))
def test_whatever_stands_in_a_cell_a_row_is_one_line(rows: list[tuple[str, str]]) -> None:
    assert len(_terminal_lines(table(["when", "what"], rows))) == 1 + len(rows)


@given(st.text())
@example("wrong\n2026-11-30 10:00:00  applied  paid in full")
@example("net \u202e03 syad\u2028")
def test_whatever_came_from_outside_forges_no_line(text: str) -> None:
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        out = Output()
        out.line(text)
        out.note(text)
        out.value(None, {"reason": text})
        out.findings([Diagnostic(code="GDE-EXTRA", severity=Severity.WARNING, told=text)])
    assert (
        len(_terminal_lines(said.getvalue())) == 5 + 1
    )  # one each, the count of the findings, and the end of the last


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_json_for_a_terminal_says_what_was_said_with_nothing_that_steers(text: str) -> None:
    for indent in (0, 2):
        written = as_json({"reason": text}, indent=indent)
        _terminal_lines(written)
        assert json.loads(written) == {"reason": text}
