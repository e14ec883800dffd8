"""A fault in one partner's files stops that partner and no other, whatever the file does to its reader.

Both where the server starts and in ``hub check``: never a traceback, always file, code and remedy in one line.
"""

from __future__ import annotations

import json
import os
import random
import types
import typing
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hub.business.orders.catalogue_file import catalogue_faults
from hub.business.orders.room import ORDERS
from hub.cli.main import run
from hub.exchange.partners import Partner, load_partners
from hub.flow.rules import Rules
from hub.flow.x12.guides import x12_rules
from hub.kernel.errors import Misconfigured
from hub.kernel.struct import Struct
from hub.platform.configuration import Configuration
from tests.flow.at_work import AtWork
from tests.flow.overlay import NORTH, add_north, from_north, write
from tests.flow.wire import group, one_order, order, transaction
from tests.house import CHECKOUT, Many
from tests.security import canary
from tests.security.hostile import mutant

ACME = "acme-cardio"
OURS = sorted(path.parent.name for path in (CHECKOUT / "partners").glob("*/partner.toml"))
Tally = Callable[[str], None]
PARTNER = (CHECKOUT / "partners/acme-cardio/partner.toml").read_text().replace(ACME, "evil").replace("123456789", "666")
ITEMS, PRICES = ((CHECKOUT / f"partners/acme-cardio/{name}.toml").read_text() for name in ("items", "prices"))


def told(fault: Misconfigured) -> None:
    """Hold a fault to what every fault owes: one line, with a code, a file and a remedy, and no traceback."""
    assert "\n" not in fault.message
    assert "Traceback" not in str(fault)
    assert fault.code.startswith(("CFG", "MAP")), fault
    assert fault.code.replace("-", "").isupper()
    assert fault.file, fault
    assert fault.remedy, fault
    assert "/" not in fault.code


# kinds of files -------------------------------------------------------------------------------------------------------


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _nowhere(path: Path) -> None:
    path.symlink_to(path.with_name("nobody-knows"))


def _circle(path: Path) -> None:
    path.symlink_to(path.name)


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _folder(path: Path) -> None:
    path.mkdir()


def _holds(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


KINDS: dict[str, Callable[[Path], object]] = {
    "a pipe": _pipe,
    "a link that leads nowhere": _nowhere,
    "a link to itself": _circle,
    "a device without end": _device,
    "a folder": _folder,
    "Latin-1": _holds('name = "Müller"'.encode("latin-1")),
    "UTF-16": _holds('id = "evil"'.encode("utf-16")),
    "NUL bytes": _holds(b"\0" * 100),
    "a NUL in a text": _holds(b'id = "a\0b"\n'),
    "brackets without end": _holds(b"x = " + b"[" * 3_000 + b"]" * 3_000),
    "tables without end": _holds(b"x = " + b"{a=" * 3_000 + b"1" + b"}" * 3_000),
    "a key without end": _holds(b"a." * 3_000 + b"a = 1\n"),
    "a number without end": _holds(b"x = " + b"9" * 5_000),
    "an exponent without end": _holds(b"x = 1e" + b"9" * 4_000),
    "five megabytes": _holds(b"# \n" * 1_700_000),
    "no TOML": _holds(b"]["),
    "half of a text": _holds(b'id = "evil'),
    "a surrogate": _holds(b'id = "\xed\xa0\x80"'),
    "an unknown key": _holds(b'colour = "blue"\n'),
    "a million keys": _holds(b"".join(b"k%d = 1\n" % number for number in range(50_000))),
}
NAMES = ["partner.toml", "items.toml", "prices.toml", "guides/850.toml"]


def _evil(root: Path, name: str, make: Callable[[Path], object]) -> Path:
    """Lay a partner ``evil`` beside ours that is sound but for the file ``name``."""
    folder = root / "partners" / "evil"
    (folder / "guides").mkdir(parents=True)
    for file, text in (("partner.toml", PARTNER), ("items.toml", ITEMS), ("prices.toml", PRICES)):
        (folder / file).write_text(text)
    path = folder / name
    path.unlink(missing_ok=True)
    make(path)
    return path


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("make", KINDS.values(), ids=KINDS)
def test_whatever_stands_where_a_partner_s_file_should_is_told_and_stops_nobody_else(
    tmp_path: Path, name: str, make: Callable[[Path], object]
) -> None:
    _evil(tmp_path, name, make)
    rules = Rules(Configuration([CHECKOUT, tmp_path]))
    faults = _faults_of(rules, "evil", tmp_path)
    assert faults
    for fault in faults:
        told(fault)
        assert "evil" in str(fault.file)
    assert rules.partner(ACME).id == ACME
    assert rules.of_room(ORDERS, ACME)
    assert rules.configuration.digest()


def _faults_of(rules: Rules, partner: str, root: Path) -> list[Misconfigured]:
    found = [rules.partners.faults[partner]] if partner in rules.partners.faults else []
    items, prices = (rules.configuration.find(f"partners/{partner}/{name}.toml") for name in ("items", "prices"))
    found += catalogue_faults(partner, items, prices)
    try:
        x12_rules(rules).validator("004010", "850", partner)
    except Misconfigured as fault:
        found.append(fault)
    return found


MAPS = {**KINDS, "an unknown key": _holds(b'[map]\nextends = "x12/004010/850"\ncolour = "blue"\n')}


@pytest.mark.parametrize("make", MAPS.values(), ids=MAPS)
def test_whatever_stands_where_a_map_should_is_told_and_stops_who_uses_it(
    tmp_path: Path, make: Callable[[Path], object]
) -> None:
    (tmp_path / "mappings" / "evil").mkdir(parents=True)
    make(tmp_path / "mappings" / "evil" / "850.toml")
    rules = Rules(Configuration([CHECKOUT, tmp_path]))
    for found in rules.maps.faults("evil/850"):
        assert found.where.file == "evil/850.toml"
        assert found.code.startswith("MAP-")
    with pytest.raises(Misconfigured) as raised:
        rules.maps.map("evil/850")
    told(raised.value)
    assert rules.maps.map("x12/004010/997")


def test_a_fault_in_what_maps_share_is_told_once_for_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, "mappings/x12/shared.toml", "[party\n")
    monkeypatch.setenv("HUB_CONFIG_PATH", str(tmp_path))
    assert run(["check", "--data", str(tmp_path / "data")]) == 1
    told_of = [line for line in capsys.readouterr().err.splitlines() if "shared.toml" in line and "not TOML" in line]
    assert len(told_of) == 1
    assert told_of[0].startswith("maps: x12/shared.toml:1: MAP-TOML ")
    assert "(stops acme-cardio/850, " in told_of[0]


@pytest.mark.parametrize("kind", ["a pipe", "Latin-1", "brackets without end", "a link to itself", "a folder"])
def test_hub_check_tells_each_in_one_line_with_code_place_and_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    overlay = tmp_path / "overlay"
    paths = [_evil(overlay, NAMES[0], KINDS[kind])]
    for name in NAMES[1:]:
        paths.append(overlay / "partners" / "evil" / name)
        paths[-1].unlink(missing_ok=True)
        KINDS[kind](paths[-1])
    monkeypatch.setenv("HUB_CONFIG_PATH", str(overlay))
    assert run(["check", "--data", str(tmp_path / "data")]) == 1
    lines = capsys.readouterr().err.splitlines()
    for path in paths:
        [line] = [line for line in lines if str(path) in line]
        assert "CFG-" in line
        assert "; remedy: " in line
    assert run(["check", "--json", "--data", str(tmp_path / "data")]) == 1
    assert {fault["code"][:4] for fault in json.loads(capsys.readouterr().out)["faults"]} == {"CFG-"}


def test_folders_of_any_name_are_told_and_shown_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [b"\xff\xfe", b"evil\x1b[2J", b"a b", b"EVIL", b"\xc3\xa9", b"a\nb", b"-", b"x" * 200]
    for name in names:
        folder = os.fsencode(tmp_path / "overlay" / "partners") + b"/" + name
        os.makedirs(folder)
        with open(folder + b"/partner.toml", "w") as file:
            file.write(PARTNER)
    monkeypatch.setenv("HUB_CONFIG_PATH", str(tmp_path / "overlay"))
    assert run(["check", "--data", str(tmp_path / "data")]) == 1
    said = capsys.readouterr().err
    assert said.count("id is 'evil' in the folder") == len(names)
    assert said.isascii() or "\x1b" not in said
    assert run(["check", "--json", "--data", str(tmp_path / "data")]) == 1
    assert len(json.loads(capsys.readouterr().out)["faults"]) == len(names)
    assert run(["partner", "check"]) == 1
    assert capsys.readouterr().err.count("id is 'evil' in the folder") == len(names)


# bounds ---------------------------------------------------------------------------------------------------------------


def _bare(hint: Any) -> list[tuple[Any, list[msgspec.Meta]]]:
    """Return the plain types in ``hint``, each with its bounds."""
    if typing.get_origin(hint) is typing.Annotated:
        inner, *metas = typing.get_args(hint)
        return [(kind, [*metas, *more]) for kind, more in _bare(inner)[:1]] + _bare(inner)[1:]
    if isinstance(hint, types.UnionType):
        return [found for part in typing.get_args(hint) for found in _bare(part)]
    if typing.get_origin(hint) in (list, dict):
        return [(typing.get_origin(hint), [])] + [found for part in typing.get_args(hint) for found in _bare(part)]
    return [(hint, [])]


def _fields(struct: type[Struct], at: str = "") -> list[tuple[str, Any, list[msgspec.Meta]]]:
    found = []
    for name, hint in typing.get_type_hints(struct, include_extras=True).items():
        for kind, metas in _bare(hint):
            if isinstance(kind, type) and issubclass(kind, Struct):
                found += _fields(kind, f"{at}{name}.")
            else:
                found.append((at + name, kind, metas))
    return found


def test_every_number_text_and_list_of_a_partner_s_file_has_bounds_in_its_type() -> None:
    fields = _fields(Partner)
    assert len(fields) > 25
    for name, kind, metas in fields:
        if kind is int:
            assert any(meta.ge is not None and meta.le is not None for meta in metas), name
        elif kind in (list, dict):
            assert any(meta.max_length is not None for meta in metas), name
        elif kind is str:
            assert any(meta.max_length is not None or meta.pattern is not None for meta in metas), name


ZONES = [
    '"America"',
    '"."',
    '""',
    '"/etc/localtime"',
    '"../../etc/passwd"',
    '"a\\u0000b"',
    f'"{"A" * 5_000}"',
    '"zone.tab"',
    "1",
]
BEYOND = {  # in the sound file: what stands there, what is put there, what the fault speaks of
    ("functional_due_minutes  = 1440", "functional_due_minutes = {}", "functional_due_minutes"): [
        "1e17", "100000000000000000", "-5", "44641", "1.5", "true", '"1"', "inf", "nan", "[1]",
    ],
    ('releases = ["004010"]', 'releases = ["004010"]\nnumbers_restart_after_days = {}', "numbers_restart_after_days"): [
        "1e11", "100000000000", "0", "-1", "3661", "1.5", "nan",
    ],
    ("weekdays = [1, 2, 3, 4, 5]", "weekdays = {}", "weekday"): [
        "[]", "[0, 9]", "[8]", "[1, 1]", "[1.5]", "[true]", '["1"]', "[1, 2, 3, 4, 5, 6, 7, 1]", "1", "{}",
    ],
    ("2026-11-26,", "{},", "holiday"): ["0001-01-01", "9999-12-31", "1999-12-31", "2100-01-01"],
    ('"America/Chicago"', "{}", "time"): ZONES,
    ('"Acme Cardio Inc"', "{}", "name"): ['""', '"a\\nb"', '"\\u202ea"', f'"{"a" * 121}"', "1"],
    ('["004010"]', "[{}]", "releases"): ['"4010"', '"004010 "', '"../../x"', '""', f'"{"0" * 500}"'],
    ('"01"', "{}", "qualifier"): ['"1"', '"011"', '"0\\n"', '"é1"'],
    ('"666"', "{}", "id"): ['""', '" 1"', f'"{"1" * 16}"', '"a\\nb"', '"é"'],
    ('"acme-cardio/850"', "{}", "sends"): [
        '"../../etc/passwd"', '"/etc/passwd"', '""', '"a//b"', f'"{"a" * 201}"', "850",
    ],
}  # fmt: skip
PARTNER_VALUES = [
    (old, new.replace("{}", value), said) for (old, new, said), values in BEYOND.items() for value in values
]


@pytest.mark.parametrize(("old", "new", "said"), PARTNER_VALUES, ids=range(len(PARTNER_VALUES)))
def test_a_value_of_a_partner_s_file_beyond_its_bounds_is_a_fault_in_its_line(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    text = PARTNER.replace('"evil/', '"acme-cardio/')
    assert old in text, old
    path = write(tmp_path, "partners/evil/partner.toml", text.replace(old, new, 1))
    partners = load_partners(Configuration([CHECKOUT, tmp_path]))
    fault = partners.faults["evil"]
    told(fault)
    assert fault.file == str(path)
    assert fault.line
    assert abs(fault.line - (text[: text.index(old)].count("\n") + 1)) <= 2
    assert said in str(fault)
    assert fault.code in ("CFG-VALUE", "CFG-TOML")
    assert [partner.id for partner in partners.all()] == OURS


ITEM_VALUES = [
    ("minimum   = 50", f"minimum   = {value}")
    for value in ("-1", "1e17", "inf", "nan", "1000001", "1e-999999", "true", '"5"', "0x" + "f" * 4_000)
] + [
    ("multiple  = 10", f"multiple = {value}") for value in ("0", "-1", "1e10", "1e-7", "1.1234567891", "inf", "[1]")
] + [
    ("days = 18", f"days = {value}") for value in ("-1", "1096", "1e3", "1.5", "true", "99999999999999999999")
] + [
    ("box = 10", f"box = {value}") for value in ("0", "-1", "1e17", "1e-30", "nan", '"10"')
] + [
    ("to      = 2026-06-30", f"to = {value}")
    for value in ("9999-12-31", "0001-01-01", "2026-06-30T00:00:00", '"2026-06-30"')
] + [
    ('"CM-77-1001"', value) for value in ('""', '" a"', '"a\\nb"', '"\\u202e"', '"' + "a" * 201 + '"', "1")
]  # fmt: skip


@pytest.mark.parametrize(("old", "new"), ITEM_VALUES, ids=range(len(ITEM_VALUES)))
def test_a_value_of_items_beyond_its_bounds_is_a_fault_in_its_line(tmp_path: Path, old: str, new: str) -> None:
    assert old in ITEMS
    path = write(tmp_path, "items.toml", ITEMS.replace(old, new, 1))
    faults = catalogue_faults("evil", path, None)
    assert faults
    for fault in faults:
        told(fault)
    assert any(fault.line == ITEMS[: ITEMS.index(old)].count("\n") + 1 for fault in faults) or "f" * 100 in new


def test_a_price_list_of_thousands_is_read_in_the_time_of_its_length(tmp_path: Path) -> None:
    """Ten thousand prices, each held against those of its own item: not a hundred million comparisons."""
    head, one = ITEMS.split("[[item]]", 1)[0], "[[item]]" + ITEMS.split("[[item]]")[1]
    price = "[[price]]" + PRICES.split("[[price]]")[1]
    many = [(f"N-{number}", f"B-{number}") for number in range(2_000)]
    items = head + "".join(
        one.replace("CM-77-1001", n).replace("AC-1001", b).replace("00703206980498", b) for n, b in many
    )
    prices = "".join(price.replace("CM-77-1001", n) for n, _ in many)
    faults = catalogue_faults("evil", write(tmp_path, "items.toml", items), write(tmp_path, "prices.toml", prices))
    assert [str(fault) for fault in faults] == []


# a hub at work --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["a pipe", "Latin-1", "brackets without end"])
@pytest.mark.parametrize("name", NAMES)
def test_messages_of_the_stopped_partner_are_held_and_a_person_is_called_while_others_are_answered(
    hub_with: Callable[[Path], AtWork], tmp_path: Path, kind: str, name: str
) -> None:
    overlay = tmp_path / "overlay"
    add_north(overlay)
    path = overlay / "partners" / NORTH / name
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    KINDS[kind](path)
    hub = hub_with(overlay)
    held = hub.send(from_north(group(transaction(order("N-1"))), number=1), partner=NORTH)
    assert held.message.outcome == "held"
    assert held.message.why
    assert path.name in str(held.message.why)
    assert hub.send(one_order("4500098123")).message.outcome == "accepted"
    assert hub.backlog().dead == hub.backlog().ready == 0


# by the thousand ------------------------------------------------------------------------------------------------------


@pytest.mark.proof
@pytest.mark.parametrize("share", range(2))
def test_generated_partner_files_run_nothing_and_stop_nobody_but_their_partner(
    tmp_path: Path, many: Many, tally: Tally, share: int
) -> None:
    inputs, chance, counted = many(50, proof=2_000), random.Random(f"partners {share}"), Counter[str]()
    configuration = Configuration([CHECKOUT, tmp_path])
    texts = {"partner.toml": PARTNER, "items.toml": ITEMS, "prices.toml": PRICES}
    for number in range(inputs):
        name = chance.choice(("partner.toml", "partner.toml", "items.toml", "prices.toml"))
        text = mutant(texts[name], chance)
        for file, sound in texts.items():
            write(tmp_path, f"partners/evil/{file}", text if file == name else sound)
        try:
            partners = load_partners(configuration)
            found = list(partners.faults.values())
            found += catalogue_faults(
                "evil", *(configuration.find(f"partners/evil/{n}.toml") for n in ("items", "prices"))
            )
            for fault in found:
                told(fault)
            assert partners.get(ACME) is not None
            assert set(partners.faults) <= {"evil"}
        except BaseException:
            print(f"input {number} of share {share}: {text}")
            raise
        counted["stopped" if found else "sound"] += 1
    assert canary.SUNG == []
    assert counted["sound"] > inputs * 0.02, counted
    tally(
        f"{inputs} partner files: {counted['stopped']} stopped their partner, {counted['sound']} were sound; no other"
    )
