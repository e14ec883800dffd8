"""No answer without a bound: whatever a message or an order holds, each answer is small, and its lists go on."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Connection, update

from hub.canonical.shared import Text
from hub.exchange.model import DocumentRow, EnvelopeRow
from hub.exchange.recording import note, put_documents
from hub.exchange.tables import document, envelope, message
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location
from hub.kernel.pages import PAGE_BYTES_MAX, cut, number_of
from hub.kernel.sentence import as_written
from hub.platform.database import Database
from hub.web import reads
from hub.web.hub import Link
from hub.web.problems import Problem
from hub.web.reads import Reads
from tests.conftest import NOW
from tests.security.asking import Asking, asking
from tests.security.rows import order_of
from tests.stored import FrozenClock
from tests.web.samples import ORDER, receive

ANSWER_BYTES_MAX = 400_000
PAGE_BYTES = 400_000  # of a page for a person, with its frame
BAD = Diagnostic(
    code="GDE-ELEMENT-TOO-LONG",
    severity=Severity.VALUE,
    told="PO102 has 30 characters, at most 15 are allowed",
    location=Location(envelope="101", group="101", document="0001", segment=9, tag="PO1", element=2),
    advised="send the quantity in 15 characters or fewer",
    found="1" * 30,
    expected="1 to 15 characters",
    rule="schemas/x12/004010/850.toml:77",
)


@pytest.fixture
def asked(tmp_path: Path, database: Database, clock: FrozenClock) -> Iterator[Asking]:
    with asking(tmp_path, database, clock) as each:
        yield each


def many_documents(asked: Asking, documents: int, findings: int) -> str:
    """A message of so many documents, each with so many findings."""
    order = receive(asked.hub, ORDER, NOW, "4500098123", 101)
    rows = [
        DocumentRow(
            message=order,
            position=position,
            partner="acme-cardio",
            direction="in",
            kind="850",
            reference=f"{position:04d}",
            validation="rejected",
            findings=[BAD] * findings,
        )
        for position in range(2, documents + 1)
    ]

    def work(conn: Connection) -> None:
        conn.execute(update(document).where(document.c.message == order).values(findings=[BAD] * findings))
        conn.execute(update(message).where(message.c.id == order).values(documents=documents, findings=[BAD] * 300))
        put_documents(conn, rows)

    asked.hub.database.write_now(work)
    return order


@pytest.mark.parametrize("who", ["partner", "person"])
def test_a_message_of_a_thousand_bad_documents_has_a_small_state_that_says_where_the_rest_is(
    asked: Asking, who: str
) -> None:
    order = many_documents(asked, 1_000, 60)
    caller = asked.partner() if who == "partner" else asked.person()
    told = asked.get(f"/api/v1/messages/{order}", caller)
    assert told.status_code == 200
    assert len(told.content) < ANSWER_BYTES_MAX
    state = told.json()
    assert (state["counts"]["documents"], state["counts"]["findings"]) == (1_000, 300)
    assert set(state["more"]) == {"documents", "findings"}
    assert state["documents"][0]["counts"] == {"findings": 60}
    assert state["documents"][49]["findings"] == [], "the findings of a page have a most together"
    whole = asked.get(state["documents"][49]["more"]["findings"] + "?limit=200", caller).json()
    assert len(whole["items"]) == 60
    listed = list(asked.pages(state["more"]["documents"] + "?limit=200", caller))
    assert [each["position"] for page in listed for each in page["items"]] == [*range(1, 1_001)]
    assert all(len(page["items"]) <= 200 for page in listed)
    assert len([1 for page in asked.pages(state["more"]["findings"], caller) for _ in page["items"]]) == 300


def test_the_page_of_such_a_message_is_small_and_leads_to_every_document(asked: Asking) -> None:
    order = many_documents(asked, 1_000, 60)
    person = asked.person()
    page = asked.get(f"/messages/{order}?document=500", person)
    assert page.status_code == 200
    assert len(page.content) < PAGE_BYTES
    assert 'aria-current="page"' in page.text
    assert re.search(r'rel="prev" href="/messages/[^"]*document=441"', page.text)
    assert re.search(r'rel="next" href="/messages/[^"]*document=521"', page.text)
    assert asked.get(f"/messages/{order}?document=1001", person).status_code == 404


def test_a_message_of_thousands_of_envelopes_lists_them_page_by_page(asked: Asking) -> None:
    order = receive(asked.hub, ORDER, NOW, "4500098123", 101)

    def work(conn: Connection) -> None:
        own = conn.execute(envelope.select().where(envelope.c.message == order)).one()._asdict()
        rows = [{**own, "position": n, "reference": str(10_000 + n), "digest": f"{n}"} for n in range(2, 4_001)]
        conn.execute(envelope.insert(), rows)

    asked.hub.database.write_now(work)
    partner = asked.partner()
    state = asked.get(f"/api/v1/messages/{order}", partner)
    assert len(state.content) < ANSWER_BYTES_MAX
    assert state.json()["counts"]["envelopes"] == 4_000
    pages = list(asked.pages(state.json()["more"]["envelopes"] + "?limit=200", partner))
    assert [each["position"] for page in pages for each in page["items"]] == [*range(1, 4_001)]
    assert set(pages[0]["items"][0]) >= set(EnvelopeRow.__struct_fields__) - {"message", "first_message"}


def test_a_timeline_of_thousands_of_entries_has_pages(asked: Asking) -> None:
    order = receive(asked.hub, ORDER, NOW, "4500098123", 101)

    def work(conn: Connection) -> None:
        for n in range(700):
            note(conn, order, "replay-asked", as_written(f"{n} {'x' * 1_900}"), at=NOW)

    asked.hub.database.write_now(work)
    pages = list(asked.pages(f"/api/v1/messages/{order}/timeline?limit=200", asked.person()))
    assert [int(each["text"].split()[0]) for page in pages for each in page["items"]] == [*range(700)]
    assert all(len(page["items"]) < 100 for page in pages), "a page of heavy rows ends before two hundred"


def test_an_order_of_twenty_thousand_lines_is_read_fifty_at_a_time(asked: Asking) -> None:
    order = receive(asked.hub, ORDER, NOW, "4500098123", 101)
    asked.hub.database.write_now(lambda conn: order_of(conn, order, lines=20_000))
    partner, person = asked.partner(), asked.person()
    told = asked.get("/api/v1/orders/acme-cardio/4500098123", partner)
    assert len(told.content) < ANSWER_BYTES_MAX
    assert (told.json()["counts"]["lines"], len(told.json()["lines"])) == (20_000, 50)
    following = asked.get(told.json()["more"]["lines"] + "?cursor=19990", partner).json()
    assert [each["line"]["position"] for each in following["items"]] == [*range(19_991, 20_001)]
    assert following["next"] is None
    page = asked.get("/orders/acme-cardio/4500098123?after=19950", person)
    assert len(page.content) < PAGE_BYTES
    assert 'rel="prev"' in page.text
    assert 'rel="next"' not in page.text


@pytest.mark.parametrize("part", ["schedules", "promises", "notes"])
def test_a_line_of_thousands_of_parts_shows_the_first_and_leads_to_the_rest(asked: Asking, part: str) -> None:
    order = receive(asked.hub, ORDER, NOW, "4500098123", 101)
    notes = [Text(text=f"note {n} \0") for n in range(5_000)]
    asked.hub.database.write_now(lambda conn: order_of(conn, order, lines=3, schedules=5_000, notes=notes))
    partner = asked.partner()
    told = asked.get("/api/v1/orders/acme-cardio/4500098123", partner)
    assert len(told.content) < ANSWER_BYTES_MAX
    line = told.json()["lines"][1]
    assert (len(line["line"][part]), line["counts"][part]) == (10, 5_000)
    found = list(asked.pages(line["more"][part] + "?limit=200", partner))
    assert sum(len(page["items"]) for page in found) == 5_000
    shown = asked.get("/orders/acme-cardio/4500098123", asked.person())
    assert len(shown.content) < PAGE_BYTES
    assert "4,990 more" in shown.text


def test_one_text_of_megabytes_is_cut_where_it_is_shown(asked: Asking) -> None:
    order = receive(asked.hub, ORDER, NOW, "4500098123", 101)
    asked.hub.database.write_now(lambda conn: order_of(conn, order, lines=60, notes=[Text(text="x" * 100_000)] * 20))
    told = asked.get("/api/v1/orders/acme-cardio/4500098123", asked.partner())
    assert len(told.content) < ANSWER_BYTES_MAX
    assert told.json()["lines"][0]["line"]["notes"][0]["text"].endswith("x…")


def test_provenance_has_pages(asked: Asking) -> None:
    order = receive(asked.hub, ORDER, NOW, "4500098123", 101)
    asked.hub.links = [Link(path=f"lines[{n}].number", segment=n, tag="PO1", rule="m.toml:9") for n in range(1_000)]
    for caller in (asked.partner(), asked.person()):
        pages = list(asked.pages(f"/api/v1/messages/{order}/provenance?limit=200", caller))
        assert [each["segment"] for page in pages for each in page["items"]] == [*range(1_000)]
    assert pages[0]["items"][0]["rule"] == "m.toml:9"


@pytest.mark.parametrize("size", [0, 1, 262_143, 262_144, 262_145, 3_000_000])
def test_a_canonical_document_of_any_size_comes_whole_and_in_pieces(asked: Asking, size: int) -> None:
    order = receive(asked.hub, ORDER, NOW, "4500098123", 101)
    canonical = b'{"number":"' + b"x" * size + b'"}'
    asked.hub.database.write_now(
        lambda conn: conn.execute(update(document).where(document.c.message == order).values(canonical=canonical))
    )
    told = asked.get(f"/api/v1/messages/{order}/canonical", asked.partner())
    assert told.content == canonical
    assert told.headers["content-type"].startswith("application/json")
    page = asked.get(f"/messages/{order}", asked.person())
    assert page.status_code == 200
    assert len(page.content) < PAGE_BYTES


@pytest.mark.parametrize("size", [1, 256 * 1024, 256 * 1024 + 1, 9_000_000])
def test_bytes_of_any_size_come_back_exactly_and_their_page_is_small(asked: Asking, size: int) -> None:
    body = (b"no X12 at all \xff" * (size // 15 + 1))[:size]
    order = receive(asked.hub, body, NOW, "4500098123", 101)
    got = asked.get(f"/api/v1/messages/{order}/raw", asked.partner())
    assert (got.content, int(got.headers["content-length"])) == (body, size)
    page = asked.get(f"/messages/{order}", asked.person())
    assert page.status_code == 200
    assert len(page.content) < PAGE_BYTES


def test_a_document_of_thousands_of_segments_is_shown_page_by_page(asked: Asking) -> None:
    lines = b"".join(b"PO1*%d*1*EA*1**BP*A~" % n for n in range(1, 5_001))
    order = receive(asked.hub, ORDER.replace(b"CTT*1*5000~", lines + b"CTT*1*5000~"), NOW, "4500098123", 101)
    person = asked.person()
    at, seen = f"/messages/{order}", 0
    while at and seen < 40:
        page = asked.get(at, person)
        assert page.status_code == 200
        assert len(page.content) < PAGE_BYTES
        following = re.search(r'rel="next" href="([^"]*first=[^"]*)"', page.text)
        at, seen = following[1].replace("&amp;", "&") if following else "", seen + 1
    assert 10 <= seen < 40


@pytest.mark.parametrize("cursor", ["x", "-1", "1.5", "٣", "9" * 30, "1e3", "0x10", "1 2", "'", "%00"])
@pytest.mark.parametrize("part", ["documents", "findings", "envelopes", "timeline", "acknowledgements", "provenance"])
def test_a_cursor_that_is_none_is_refused_and_never_a_server_fault(asked: Asking, part: str, cursor: str) -> None:
    order = receive(asked.hub, ORDER, NOW, "4500098123", 101)
    answered = asked.get(f"/api/v1/messages/{order}/{part}?cursor={cursor}", asked.partner())
    assert (answered.status_code, answered.headers["content-type"]) == (400, "application/problem+json")


def test_who_asks_for_too_much_at_a_time_is_told_to_come_again_and_others_are_served(
    asked: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reads, "CALLER_WAITING_MAX", 4)
    order = many_documents(asked, 300, 60)
    partner, person = asked.partner(), asked.person()
    url = f"/api/v1/messages/{order}"

    async def at_once() -> tuple[list[httpx.Response], httpx.Response]:
        many = [asyncio.create_task(asked.ask(url, partner)) for _ in range(12)]
        one = await asked.ask(url, person)
        return await asyncio.gather(*many), one

    many, one = asked._loop.run(at_once())
    statuses = [each.status_code for each in many]
    assert one.status_code == 200
    assert set(statuses) == {200, 429}
    assert all("retry-after" in each.headers for each in many if each.status_code == 429)


def test_no_caller_takes_every_place() -> None:
    async def work() -> None:
        places, held = Reads(), asyncio.Event()

        async def read(caller: str) -> str:
            async with places.place(caller):
                await held.wait()
            return caller

        hoarding = [asyncio.create_task(read("a")) for _ in range(20)]
        await asyncio.sleep(0)
        other = asyncio.create_task(read("b"))
        await asyncio.sleep(0.01)
        assert places._all.locked(), "two of the one and one of the other are all"
        held.set()
        assert await other == "b"
        await asyncio.gather(*hoarding)
        assert not places._asked, "nobody is remembered who has gone"
        places._asked["c"] = reads.CALLER_WAITING_MAX
        with pytest.raises(Problem, match="under way"):
            await places.place("c").__aenter__()

    asyncio.run(work())


@pytest.mark.parametrize(
    ("rows", "weight", "size", "expected"),
    [
        (0, 1, 50, (0, None)),
        (50, 1, 50, (50, None)),
        (51, 1, 50, (50, "49")),
        (10, PAGE_BYTES_MAX, 50, (1, "0")),
        (1, PAGE_BYTES_MAX * 3, 50, (1, None)),
        (10, PAGE_BYTES_MAX // 4, 50, (4, "3")),
    ],
)
def test_a_page_ends_after_its_rows_or_where_it_is_heavy(
    rows: int, weight: int, size: int, expected: tuple[int, str | None]
) -> None:
    page = cut([(n, "x" * weight) for n in range(rows)], size, lambda each: each[0])
    assert (len(page.items), page.next) == expected


def test_numbers_of_cursors_are_what_a_database_holds() -> None:
    assert [number_of(each) for each in (None, "", "0", "17")] == [0, 0, 0, 17]
    for wrong in chain(("-1", "x", "²", "2147483648"), (str(10**n) for n in (10, 19, 400))):
        with pytest.raises(ValueError, match="cursor"):
            number_of(wrong)
