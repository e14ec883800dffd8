"""A partner file says who they are; a faulty one stops its partner, and says where it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.exchange.partner_cxml import signs_of
from hub.exchange.partners import Partners, load_partners
from hub.platform.configuration import Configuration, find_configuration

SOUND = """id = "acme-cardio"
name = "Acme Cardio Inc"
kind = "customer"
usage = "P"
time_zone = "America/Chicago"
currency = "USD"
transports = [{ kind = "mailbox" }]

[x12]
ours = { qualifier = "ZZ", id = "MEDCM" }
theirs = [{ qualifier = "01", id = "123456789" }]

[x12.separators]
element = "*"

[sends]
850 = "acme-cardio/850"
"""


WAYS = 'transports = [{ kind = "mailbox" }]'
THEIRS = 'theirs = [{ qualifier = "01", id = "123456789" }]'


def load(root: Path, text: str = SOUND, **others: str) -> Partners:
    for name, content in {"acme-cardio": text, **others}.items():
        (root / "partners" / name).mkdir(parents=True, exist_ok=True)
        (root / "partners" / name / "partner.toml").write_text(content)
    return load_partners(Configuration([root]))


def test_a_partner_is_found_by_id_and_by_its_envelope(tmp_path: Path) -> None:
    partners = load(tmp_path)
    acme = partners.get("acme-cardio")
    assert acme is not None
    assert acme is partners.signed_by("x12", ("01", "123456789"))
    assert partners.signed_by("x12", ("ZZ", "123456789")) is None
    assert partners.get("nobody") is None
    assert (acme.sends, acme.outbound(), acme.in_test) == ({"850": "acme-cardio/850"}, "mailbox", False)
    assert partners.faults == {}


@pytest.mark.parametrize(
    ("sound", "faulty", "line", "said"),
    [
        ('currency = "USD"', 'curency = "USD"', 6, "did you mean 'currency'"),
        ('element = "*"', 'elements = "*"', 14, "did you mean 'element'"),
        ('{ kind = "mailbox" }', '{ knid = "mailbox" }', 7, "did you mean 'kind'"),
        ('usage = "P"', 'usage = "Q"', 4, "Invalid enum value 'Q'"),
        ('kind = "mailbox"', 'kind = "pigeon"', 7, "pigeon"),
        ('"America/Chicago"', '"Chicago"', 5, "no time zone"),
        ('"USD"', '"dollars"', 6, "no currency"),
        ('id = "acme-cardio"', 'id = "acme"', 1, "in the folder 'acme-cardio'"),
        ('element = "*"', 'element = ">"', 13, "two separators are the same"),
        ('element = "*"', 'element = "A"', 13, "no data holds"),
        ('element = "*"', 'line_end = "x"', 14, "line end"),
        ('usage = "P"', 'usage = "P"\nleniency = ["anything-goes"]', 5, "no leniency 'anything-goes'"),
        ("[x12]\n", "[x12]\nnumbers_restart_after_days = 0\n", 10, "Expected `int` >= 1"),
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
    assert "'elemnt' in line 14" in said


def test_two_partners_cannot_sign_with_the_same_envelope_id(tmp_path: Path) -> None:
    partners = load(tmp_path, **{"borealis-ortho": SOUND.replace("acme-cardio", "borealis-ortho")})
    assert [partner.id for partner in partners.all()] == ["acme-cardio"]
    assert "acme-cardio's already" in str(partners.faults["borealis-ortho"])


CREDENTIALS = """
[cxml]
ours = { domain = "DUNS", identity = "387654321" }
theirs = [{ domain = "NetworkId", identity = "AN1" }, { domain = "DUNS", identity = "312345678" }]
"""


def test_a_partner_is_found_by_any_of_its_credentials_of_cxml_whatever_the_capitals_of_the_domain(
    tmp_path: Path,
) -> None:
    partners = load(tmp_path, SOUND + CREDENTIALS)
    assert [
        partners.signed_by("cxml", signs_of(*each)) for each in (("networkid", "an1"), ("NetworkId", "312345678"))
    ] == [
        None,
        None,
    ]
    found = [partners.signed_by("cxml", signs_of(*each)) for each in (("NETWORKID", "AN1"), ("duns", "312345678"))]
    assert [each.id for each in found if each] == ["acme-cardio", "acme-cardio"]


def test_two_partners_cannot_sign_with_the_same_credential_and_none_twice(tmp_path: Path) -> None:
    other = SOUND.replace("acme-cardio", "borealis-ortho").replace("123456789", "55")
    taken = CREDENTIALS.replace("NetworkId", "NETWORKID").replace("312345678", "5")
    partners = load(tmp_path, SOUND + CREDENTIALS, **{"borealis-ortho": other + taken})
    assert "the cXML identity AN1 of NETWORKID is acme-cardio's already" in str(partners.faults["borealis-ortho"])
    twice = load(tmp_path / "twice", SOUND + CREDENTIALS.replace("NetworkId", "duns").replace("AN1", "312345678"))
    assert "an identity stands twice" in str(twice.faults["acme-cardio"])


def test_our_own_partners_are_sound() -> None:
    partners = load_partners(find_configuration(None))
    assert partners.faults == {}
    assert partners.get("acme-cardio") is not None


def test_each_division_of_theirs_is_known_by_its_envelope_and_its_group(tmp_path: Path) -> None:
    divisions = """theirs = [
    { qualifier = "01", id = "123456789" },
    { qualifier = "ZZ", id = "ACME", group = "EAST" },
    { qualifier = "ZZ", id = "ACME", group = "WEST" },
]"""
    acme = load(tmp_path, SOUND.replace(THEIRS, divisions)).get("acme-cardio")
    assert acme is not None
    assert acme.x12 is not None
    named = [acme.x12.identity("ZZ", "ACME", group) for group in ("WEST", "EAST", "NORTH")]
    assert [each and each.group for each in named] == ["WEST", "EAST", "EAST"]
    assert acme.x12.identity("ZZ", "123456789") is None


def test_no_division_of_theirs_may_be_anothers(tmp_path: Path) -> None:
    other = SOUND.replace("acme-cardio", "borealis-ortho")
    other = other.replace(THEIRS, THEIRS.replace("{", '{ qualifier = "ZZ", id = "BOREALIS" }, {'))
    partners = load(tmp_path, **{"borealis-ortho": other})
    assert "01/123456789 is acme-cardio's already" in str(partners.faults["borealis-ortho"])
    assert partners.signed_by("x12", ("ZZ", "BOREALIS")) is None


@pytest.mark.parametrize(
    ("sound", "new", "line", "said"),
    [
        (THEIRS, THEIRS.replace("[{", "{").replace("}]", "}"), 11, "a table of its own: [[x12.theirs]]"),
        (THEIRS, THEIRS.replace("[{", '[{ qualifier = "01", id = "123456789" }, {'), 11, "an identity stands twice"),
        ("[x12]\n", '[x12]\nwritten_in = { 855 = "004010VICS" }\n', 10, "855 is nothing that they receive"),
        ("[x12]\n", '[x12]\nwritten_in = { 997 = "4010" }\n', 10, "has not the form"),
        (WAYS, WAYS.replace(" }", ', documents = ["855"] }'), 7, "855 is nothing that they receive"),
        (WAYS, WAYS.replace(" }", ', documents = ["997"], directions = ["in"] }'), 7, "leads in only"),
        (WAYS, f'{WAYS[:-1]}, {{ kind = "folder", docments = ["997"] }}]', 7, "did you mean 'documents'"),
        (
            WAYS,
            'transports = [{ kind = "mailbox", documents = ["997"] }, { kind = "folder", documents = ["997"] }]',
            7,
            "997 has a way already",
        ),
        ('kind = "customer"', 'kind = "friend"', 3, "Invalid enum value 'friend'"),
    ],
)
def test_what_a_file_says_of_divisions_releases_and_ways_is_checked(
    tmp_path: Path, sound: str, new: str, line: int, said: str
) -> None:
    assert sound in SOUND
    fault = load(tmp_path, SOUND.replace(sound, new)).faults["acme-cardio"]
    assert said in str(fault)
    assert fault.line == line


def test_a_document_leaves_by_the_way_that_names_it_and_the_rest_by_another(tmp_path: Path) -> None:
    ways = """transports = [
    { kind = "mailbox", directions = ["in"] },
    { kind = "folder", directions = ["out"], documents = ["855"] },
    { kind = "mailbox", directions = ["out"] },
]"""
    text = SOUND.replace(WAYS, ways) + '\n[receives]\n855 = "x12/004010/855"\n'
    acme = load(tmp_path, text).get("acme-cardio")
    assert acme is not None
    assert [acme.outbound(name) for name in ("855", "997", None)] == ["folder", "mailbox", "mailbox"]


def test_a_file_of_the_shape_before_is_refused_with_the_lines_to_write(tmp_path: Path) -> None:
    before = SOUND.replace('kind = "customer"\n', "").replace("[x12", "[envelope")
    fault = load(tmp_path, before + "\n[acknowledgements]\n").faults["acme-cardio"]
    assert fault.line == 8
    for said in ("kind says", "[envelope] is [x12] now", "is [x12.acknowledgements]", "hub partner migrate acme"):
        assert said in str(fault)


def test_what_a_partner_is_to_us_is_never_guessed(tmp_path: Path) -> None:
    fault = load(tmp_path, SOUND.replace('kind = "customer"\n', "")).faults["acme-cardio"]
    assert "it is not said what they are to us" in str(fault)
    assert 'kind = "customer" (or "supplier", "plant", "carrier")' in str(fault)


PLANT = """id = "plant-erp"
name = "Plant ERP"
kind = "plant"
usage = "P"
time_zone = "UTC"
currency = "USD"

[json]
canonical = ["OrderAcknowledgement"]

[[tells]]
document = "OrderAcknowledgement"
on = ["order-accepted"]
when = "each"
"""


@pytest.mark.parametrize(
    ("sound", "faulty", "line", "said"),
    [
        ('kind = "plant"', 'kind = "customer"', 11, "only a plant is told of what happens to everybody's orders"),
        ('document = "OrderAcknowledgement"', 'document = "PurchaseOrder"', 12, "order-accepted is told as Order"),
        ('"order-accepted"', '"order-refused"', 13, "Invalid enum value 'order-refused'"),
        ('["order-accepted"]', '["order-accepted", "order-accepted"]', 13, "order-accepted is told already"),
        ('"each"', '"hourly"', 14, "Invalid enum value 'hourly'"),
        ('canonical = ["Order', 'canonical = ["Odrer', 9, "there is no document OdrerAcknowledgement"),
        ('[json]\ncanonical = ["OrderAcknowledgement"]\n', "", 10, "nothing says how OrderAcknowledgement is written"),
    ],
)
def test_what_a_partner_is_told_is_checked(tmp_path: Path, sound: str, faulty: str, line: int, said: str) -> None:
    assert sound in PLANT
    assert load(tmp_path, **{"plant-erp": PLANT}).faults == {}
    fault = load(tmp_path, **{"plant-erp": PLANT.replace(sound, faulty)}).faults["plant-erp"]
    assert said in str(fault)
    assert fault.line == line
