"""A partner file says who they are; a faulty one stops its partner, and says where it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.exchange.partners import Partners, load_partners
from hub.platform.configuration import Configuration, find_configuration

SOUND = """id = "acme-cardio"
name = "Acme Cardio Inc"
usage = "P"
time_zone = "America/Chicago"
currency = "USD"
transports = [{ kind = "mailbox" }]

[envelope]
ours = { qualifier = "ZZ", id = "MEDCM" }
theirs = { qualifier = "01", id = "123456789" }

[envelope.separators]
element = "*"

[sends]
850 = "acme-cardio/850"
"""


def load(root: Path, text: str = SOUND, **others: str) -> Partners:
    for name, content in {"acme-cardio": text, **others}.items():
        (root / "partners" / name).mkdir(parents=True, exist_ok=True)
        (root / "partners" / name / "partner.toml").write_text(content)
    return load_partners(Configuration([root]))


def test_a_partner_is_found_by_id_and_by_its_envelope(tmp_path: Path) -> None:
    partners = load(tmp_path)
    acme = partners.get("acme-cardio")
    assert acme is not None
    assert acme is partners.by_envelope("01", "123456789      ")
    assert partners.by_envelope("ZZ", "123456789") is None
    assert partners.get("nobody") is None
    assert (acme.sends, acme.outbound(), acme.in_test) == ({"850": "acme-cardio/850"}, "mailbox", False)
    assert partners.faults == {}


@pytest.mark.parametrize(
    ("sound", "faulty", "line", "said"),
    [
        ('currency = "USD"', 'curency = "USD"', 5, "did you mean 'currency'"),
        ('element = "*"', 'elements = "*"', 13, "did you mean 'element'"),
        ('{ kind = "mailbox" }', '{ knid = "mailbox" }', 6, "did you mean 'kind'"),
        ('usage = "P"', 'usage = "Q"', 3, "Invalid enum value 'Q'"),
        ('kind = "mailbox"', 'kind = "pigeon"', 6, "pigeon"),
        ('"America/Chicago"', '"Chicago"', 4, "no time zone"),
        ('"USD"', '"dollars"', 5, "no currency"),
        ('id = "acme-cardio"', 'id = "acme"', 1, "in the folder 'acme-cardio'"),
        ('element = "*"', 'element = ">"', 12, "two separators are the same"),
        ('element = "*"', 'element = "A"', 12, "no data holds"),
        ('element = "*"', 'line_end = "x"', 13, "line end"),
        ('usage = "P"', 'usage = "P"\nleniency = ["anything-goes"]', 4, "no leniency 'anything-goes'"),
        ("[envelope]\n", "[envelope]\nnumbers_restart_after_days = 0\n", 9, "Expected `int` >= 1"),
        ('name = "Acme Cardio Inc"', "name = ", 2, "not TOML"),
    ],
)
def test_a_fault_names_file_and_line_and_stops_its_partner_alone(
    tmp_path: Path, sound: str, faulty: str, line: int, said: str
) -> None:
    assert sound in SOUND
    other = SOUND.replace("acme-cardio", "borealis-ortho").replace("123456789", "987654321")
    partners = load(tmp_path, SOUND.replace(sound, faulty), **{"borealis-ortho": other})
    fault = partners.faults["acme-cardio"]
    assert said in str(fault)
    assert fault.file is not None
    assert fault.file.endswith("partners/acme-cardio/partner.toml")
    assert fault.line == line
    assert partners.get("acme-cardio") is None
    assert partners.get("borealis-ortho") is not None


def test_every_unknown_key_of_a_file_is_named(tmp_path: Path) -> None:
    faulty = SOUND.replace("name =", "nmae =").replace("element =", "elemnt =")
    said = str(load(tmp_path, faulty).faults["acme-cardio"])
    assert "'nmae' in line 2" in said
    assert "'elemnt' in line 13" in said


def test_two_partners_cannot_sign_with_the_same_envelope_id(tmp_path: Path) -> None:
    partners = load(tmp_path, **{"borealis-ortho": SOUND.replace("acme-cardio", "borealis-ortho")})
    assert [partner.id for partner in partners.all()] == ["acme-cardio"]
    assert "acme-cardio's already" in str(partners.faults["borealis-ortho"])


def test_our_own_partners_are_sound() -> None:
    partners = load_partners(find_configuration(None))
    assert partners.faults == {}
    assert partners.get("acme-cardio") is not None
