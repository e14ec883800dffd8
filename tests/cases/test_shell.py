"""The same files judged from the shell: what ``hub x12 check`` would answer is what the hub answers."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from hub.cli.main import run
from tests.cases.conftest import FILES, name_of
from tests.cases.doors import ACME
from tests.cases.rows import ROWS, Row
from tests.cases.told import told_form
from tests.flow.wire import Sent

PATHS = {name_of(path): path for path in FILES.glob("*.edi")}
DECIDED_BY_WHAT_STANDS = {"36"}
"""Whether a number came before only the hub knows that took it."""


def usual(text: str) -> str:
    """Return interchanges with ``*`` and ``~`` as separators: the shell answers in those of the file."""
    found = ""
    while text := text.lstrip():
        element, segment = re.escape(text[3]), re.escape(text[105])
        one = re.match(rf".*?{segment}\s*IEA{element}.*?{segment}", text, re.DOTALL)
        assert one, text
        found += one[0].translate({0x0D: None, ord(text[3]): "*", ord(text[105]): "~"})
        text = text[one.end() :]
    return found


def check(capsys: pytest.CaptureFixture[str], path: Path) -> tuple[int, dict[str, object]]:
    code = run(["x12", "check", "--json", "--ack", "--partner", ACME, str(path)])
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    return code, told


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS if row.form is not None and row.name not in DECIDED_BY_WHAT_STANDS],
    ids=lambda row: PATHS[row.name].stem,
)
def test_the_shell_answers_as_the_hub_does(row: Row, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = check(capsys, PATHS[row.name])
    assert row.form is not None
    assert told_form([Sent("", usual(str(told["acknowledgement"])).encode())]) == list(row.form)
    rejects = any(segment.startswith(("AK5*R", "AK9*R", "TA1 R")) for segment in row.form)
    assert code == (1 if rejects or told["verdict"] in ("not-x12", "findings") else 0)


@pytest.mark.parametrize("path", sorted(PATHS.values()), ids=lambda path: path.stem)
def test_every_file_gets_a_verdict_and_no_traceback(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for more in ([], ["--partner", ACME]):
        code = run(["x12", "check", *more, str(path)])
        out, err = capsys.readouterr()
        assert code in (0, 1)
        assert out.split()[0] in ("valid", "findings", "no-guide", "not-x12")
        assert "Traceback" not in err


@pytest.mark.parametrize("name", ["41c", "41d", "41e", "41f", "41g", "80", "39"])
def test_what_the_hub_would_refuse_the_shell_does_not_call_valid(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = check(capsys, PATHS[name])
    assert (code, told["verdict"]) == (1, "findings")
