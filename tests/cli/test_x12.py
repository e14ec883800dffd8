"""``hub x12 check`` as people and scripts call it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hub.cli.main import run
from hub.formats.x12.reader import read
from tests.formats.x12.interchanges import SOUND, group, interchange, order

BAD = interchange(group(order("0001", count=9), order("0002")))


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    return put(tmp_path / "sound.x12", SOUND)


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    return put(tmp_path / "bad.x12", BAD)


def put(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def heard(capsys: pytest.CaptureFixture[str], path: Path) -> tuple[str, list[str]]:
    """Return stdout, and the lines of stderr about ``path`` (a slow machine shows its progress there too)."""
    out, err = capsys.readouterr()
    return out, [line for line in err.splitlines() if line.startswith(str(path))]


def test_a_valid_file_says_so_and_exits_0(sound: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["x12", "check", str(sound)]) == 0
    assert heard(capsys, sound) == (f"valid     {sound} (2 sets)\n", [])


def test_findings_go_to_stderr_with_place_and_remedy_and_exit_1(bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["x12", "check", str(bad)]) == 1
    out, said = heard(capsys, bad)
    assert out == f"findings  {bad} (2 sets)\n"
    assert said == [
        f"{bad}: ENV-SEGMENT-COUNT-MISMATCH document: envelope 1 group 7 document 0001 segment 5 SE01: SE01 is '9', "
        "but 5 segments arrived (ST and SE counted); remedy: send the set again with all its segments, and their count "
        "in SE01"
    ]


def test_several_files_are_counted_by_verdict(
    sound: Path, bad: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = put(tmp_path / "order.xml", b"<order/>")
    unknown = put(tmp_path / "867.x12", interchange(group(order().replace("ST*850", "ST*867"))))
    assert run(["x12", "check", str(sound), str(bad), str(other), str(unknown)]) == 1
    out, err = capsys.readouterr()
    assert [line.split()[0] for line in out.splitlines()] == ["valid", "findings", "not-x12", "no-guide"]
    assert err.splitlines()[-1] == "4 files: 1 valid · 1 findings · 1 no-guide · 1 not-x12; 3 read to their end"


def test_json_is_one_object_per_file_on_stdout(sound: Path, bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["x12", "check", "--json", str(sound), str(bad)]) == 1
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (first["file"], first["verdict"], len(first["sets"]), first["findings"]) == (str(sound), "valid", 2, [])
    assert first["sets"][0]["guide"] == "004010/850"
    (found,) = second["findings"]
    assert (found["code"], found["severity"], found["standard"]) == ("ENV-SEGMENT-COUNT-MISMATCH", "document", "4")
    assert found["location"]["segment"] == 5


def test_ack_prints_the_answer_alone_on_stdout(bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["x12", "check", "--ack", str(bad)]) == 1
    out, err = capsys.readouterr()
    assert [line for line in out.splitlines() if line.startswith("AK")] == [
        "AK1*PO*7~", "AK2*850*0001~", "AK5*R*4~", "AK2*850*0002~", "AK5*A~", "AK9*P*2*2*1~",
    ]  # fmt: skip
    assert [f for event in read(out.encode()) for f in getattr(event, "findings", [])] == []
    assert f"findings  {bad} (2 sets)" in err


def test_a_bare_set_is_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["x12", "check", str(put(tmp_path / "bare.x12", order().encode()))]) == 0
    assert capsys.readouterr().out.startswith("valid")


@pytest.mark.parametrize("name", ["x12/004010/850", "004010/850", "acme-cardio/850"])
def test_a_guide_can_be_named(name: str, sound: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["x12", "check", "--guide", name, str(sound)]) in (0, 1)  # a partner may demand more than the standard
    assert capsys.readouterr().out.split()[0] in ("valid", "findings")


def test_a_named_guide_judges_a_release_we_have_none_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    newer = put(tmp_path / "newer.x12", SOUND.replace(b"004010", b"004060"))
    assert run(["x12", "check", str(newer)]) == 1
    assert run(["x12", "check", "--guide", "x12/004010/850", str(newer)]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["findings", "valid"]


def test_a_second_opinion_agrees_on_a_sound_order(sound: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["x12", "check", "--second-opinion", str(sound)]) == 0
    assert heard(capsys, sound) == (f"valid     {sound} (2 sets)\n", [])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing.x12"], "missing.x12' does not exist"),
        (["."], "is a folder; name files"),
        (["--guide", "x12/004010/999", "{sound}"], "there is no guide x12/004010/999; there are: x12/004010/850"),
        (["--guide", "nobody/850", "{sound}"], "there is no guide nobody/850"),
        ([], "Missing argument"),
    ],
)
def test_wrong_usage_exits_2_and_says_what_to_do(
    arguments: list[str], said: str, sound: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["x12", "check", *(one.format(sound=sound) for one in arguments)]) == 2
    out, err = capsys.readouterr()
    assert (out, said in err) == ("", True)
