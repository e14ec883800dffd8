"""Where a file of ours is looked for, and what a wrong setting says."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.kernel.errors import Misconfigured
from hub.platform import settings
from hub.platform.configuration import Configuration, find_configuration


def write(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)


def test_the_later_root_wins_file_by_file(tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    write(first, "partners/acme-cardio/partner.toml", "first")
    write(first, "partners/acme-cardio/items.toml", "first")
    write(second, "partners/acme-cardio/partner.toml", "second")
    write(second, "partners/new-one/partner.toml", "second")
    found = Configuration([first, second])
    assert found.read("partners/acme-cardio/partner.toml") == b"second"
    assert found.read("partners/acme-cardio/items.toml") == b"first"
    assert found.folders("partners") == ["acme-cardio", "new-one"]
    assert [path.parent.parent.parent.name for path in found.files("partners/acme-cardio").values()] == ["1", "2"]
    assert found.find("partners/nobody/partner.toml") is None


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "partners/../../secret"])
def test_a_name_never_leaves_the_roots(tmp_path: Path, name: str) -> None:
    with pytest.raises(Misconfigured, match=r"without \.\."):
        Configuration([tmp_path]).find(name)


def test_a_file_that_is_not_there_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=str(tmp_path)):
        Configuration([tmp_path]).read("partners/x/partner.toml")


def test_a_search_path_with_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="no folder"):
        find_configuration(f"{tmp_path}:{tmp_path}/none")
    assert find_configuration(str(tmp_path)).roots[-1] == tmp_path


def test_arguments_win_over_the_environment_over_the_defaults() -> None:
    made = settings.load({"HUB_PORT": "9000", "HUB_HOST": "0.0.0.0", "PATH": "/bin"}, port=9001, data=None)
    assert (made.port, made.host, made.data) == (9001, "0.0.0.0", Path("var"))


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"HUB_PROT": "1"}, "did you mean HUB_PORT"),
        ({"HUB_PORT": "many"}, "HUB_PORT"),
        ({"HUB_PORT": "70000"}, "no port"),
        ({"HUB_LOG_LEVEL": "loud"}, "HUB_LOG_LEVEL"),
        ({"HUB_BODY_BYTES_MAX": "999999999999"}, "HUB_WAITING_BYTES_MAX"),
        ({"HUB_SECURE_COOKIES": "perhaps"}, "HUB_SECURE_COOKIES"),
    ],
)
def test_a_wrong_setting_names_the_variable(environment: dict[str, str], said: str) -> None:
    with pytest.raises(Misconfigured, match=said):
        settings.load(environment)
