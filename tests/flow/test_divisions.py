"""A customer of several divisions: each signs with its own name, and each is answered under it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hub.flow.documents import Identity
from hub.flow.identities import meant_by
from tests.flow.at_work import ACME, AtWork
from tests.flow.overlay import change, write
from tests.flow.wire import Sent, group, interchange, of_kind, order, transaction

OpenOver = Callable[[Path], AtWork]
FILE = f"partners/{ACME}/partner.toml"
FIRST = '[[x12.theirs]]                        # their DUNS number\nqualifier = "01"\nid        = "123456789"\n'
DIVISIONS = "".join(
    f'\n[[x12.theirs]]\nqualifier = "ZZ"\nid        = "ACMESOUTH"\ngroup     = "{name}"\n' for name in ("EAST", "WEST")
)
SOUTH = "ZZ*ACMESOUTH      "


@pytest.fixture
def hub(hub_with: OpenOver, tmp_path: Path) -> AtWork:
    change(tmp_path / "overlay", FILE, FIRST, FIRST + DIVISIONS)
    return hub_with(tmp_path / "overlay")


def _of(division: str, number: str, control: int) -> str:
    return group(transaction(order(number)), number=control).replace("*123456789*", f"*{division}*", 1)


def _to(sent: Sent) -> tuple[str, str, str]:
    header = sent.one("ISA")
    return header[7], header[8].rstrip(), sent.one("GS")[3]


def test_each_division_is_answered_under_the_name_it_signed_with(hub: AtWork) -> None:
    body = interchange(_of("EAST", "4500098123", 1), _of("WEST", "4500098124", 2), number=101, sender=SOUTH)
    got = hub.send(body)
    assert [row.outcome for row in got.documents] == ["accepted", "accepted"]
    answers = hub.answers(got.message.id)
    east, west = ("ZZ", "ACMESOUTH", "EAST"), ("ZZ", "ACMESOUTH", "WEST")
    assert [_to(each) for each in of_kind(answers, "855")] == [east, west]
    assert sorted(_to(each) for each in of_kind(answers, "997")) == [east, west]
    assert {each.one("AK1")[2]: _to(each) for each in of_kind(answers, "997")} == {"1": east, "2": west}


def test_their_head_office_is_answered_as_before(hub: AtWork) -> None:
    got = hub.send(interchange(group(transaction(order("4500098123")))))
    assert {_to(each) for each in hub.answers(got.message.id)} == {("01", "123456789", "123456789")}


def test_a_group_of_no_division_is_rejected_and_told_which_there_are(hub: AtWork) -> None:
    got = hub.send(interchange(_of("NORTH", "4500098123", 1), number=101, sender=SOUTH))
    (finding,) = [each for each in got.findings if each.code == "ENV-GROUP-PARTY"]
    assert (finding.found, finding.expected) == ("NORTH", "EAST, WEST")
    (told,) = hub.answers(got.message.id)
    assert (told.one("AK9")[1], _to(told)) == ("R", ("ZZ", "ACMESOUTH", "EAST"))


def test_a_name_that_is_none_of_theirs_is_refused_and_answered_at_the_first(hub: AtWork) -> None:
    got = hub.send(interchange(_of("EAST", "4500098123", 1), number=101, sender="ZZ*ACMENORTH      "))
    assert got.message.outcome == "refused"
    (told,) = hub.answers(got.message.id)
    assert (told.kind, told.one("ISA")[8].rstrip()) == ("TA1", "123456789")


def test_a_name_that_their_file_has_no_more_when_an_answer_leaves_is_answered_at_the_first(hub: AtWork) -> None:
    [table] = hub.hub.rules.partner(ACME).tables
    for named in (Identity(id="ACMENORTH", qualifier="ZZ"), None):
        assert meant_by(table.names, named).parts == ("01", "123456789", "123456789")
    assert meant_by(table.names, Identity(id="ACMESOUTH", qualifier="ZZ", group="WEST")).parts[2] == "WEST"


def test_refused_interchanges_of_two_divisions_get_their_ta1s_apart(hub: AtWork) -> None:
    east = interchange(_of("EAST", "4500098123", 1), number=101, sender=SOUTH, count=7, wish=1)
    office = interchange(group(transaction(order("4500098124"))), number=102, count=7, wish=1)
    got = hub.send(east + office)
    told = {each.one("ISA")[8].rstrip(): each.one("TA1")[1] for each in hub.answers(got.message.id)}
    assert told == {"ACMESOUTH": "000000101", "123456789": "000000102"}


def test_a_document_leaves_in_the_release_and_by_the_way_that_their_file_names(
    hub_with: OpenOver, tmp_path: Path
) -> None:
    path = change(tmp_path, FILE, "[x12.ours]", '[x12.written_in]\n855 = "004010VICS"\n997 = "005010"\n\n[x12.ours]')
    folder = '[[transports]]\nkind = "folder"\ndocuments = ["855"]\n\n'
    text = path.read_text().replace("[[transports]]\n", f"{folder}[[transports]]\n", 1)
    write(tmp_path, FILE, text)
    hub = hub_with(tmp_path)
    hub.send(interchange(group(transaction(order("4500098123")))))
    (order_answer,), (acknowledgement,) = of_kind(hub.sent(), "855"), of_kind(hub.sent(), "997")
    assert (order_answer.one("GS")[8], order_answer.one("ISA")[12]) == ("004010VICS", "00401")
    assert (acknowledgement.one("GS")[8], acknowledgement.one("ISA")[12]) == ("005010", "00501")
    assert hub.waiting() == [acknowledgement.message]
    assert [hub.detail(each.message).message.transport for each in (order_answer, acknowledgement)] == [
        "folder", "mailbox",
    ]  # fmt: skip


def test_a_release_that_the_map_does_not_write_holds_the_message(hub_with: OpenOver, tmp_path: Path) -> None:
    change(tmp_path, FILE, "[x12.ours]", '[x12.written_in]\n855 = "005010"\n\n[x12.ours]')
    got = hub_with(tmp_path).send(interchange(group(transaction(order("4500098123")))))
    assert got.message.why is not None
    assert "its map writes 004010" in got.message.why
