"""The changelog keeps its form, so that people and programs can read it."""

from __future__ import annotations

import re
import tomllib

from tests.project.checkout import ROOT

KINDS = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]
RELEASE = re.compile(r"## \[(?P<version>Unreleased|\d+\.\d+\.\d+)\](?: - (?P<on>\d{4}-\d\d-\d\d))?")


def _headings(level: str) -> list[str]:
    lines = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.startswith(level + " ")]


def test_the_changelog_opens_with_what_is_not_yet_released() -> None:
    assert _headings("#") == ["# Changelog"]
    assert _headings("##")[0] == "## [Unreleased]"


def test_every_release_has_a_version_and_a_date_newest_first() -> None:
    releases = [RELEASE.fullmatch(heading) for heading in _headings("##")]
    assert all(releases), _headings("##")
    dated = [found["on"] for found in releases[1:] if found]
    assert all(dated), "a release without its date"
    assert dated == sorted(dated, reverse=True)


def test_changes_stand_under_the_six_kinds() -> None:
    kinds = {heading.removeprefix("### ") for heading in _headings("###")}
    assert kinds <= set(KINDS), f"not a kind of change: {kinds - set(KINDS)}"


def test_the_version_of_the_package_is_the_newest_release_or_still_to_come() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    released = [found["version"] for heading in _headings("##")[1:] if (found := RELEASE.fullmatch(heading))]
    assert not released or version >= released[0]
