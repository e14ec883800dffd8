"""A number that a partner chose is one part of an address: it leads where it should, and is no way out of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from hub.platform.database import Database
from hub.web.addresses import address
from hub.web.orders.addresses import order_page
from tests.conftest import NOW
from tests.security.asking import Asking, asking
from tests.security.rows import order_of
from tests.stored import FrozenClock
from tests.web.samples import ORDER, receive

NUMBERS = [
    "a/../../b",
    "../../messages",
    "a//b",
    "a/./b",
    "/leading",
    "trailing/",
    "50%",
    "%2e%2e%2f",
    "a?b=c&d",
    "a#b",
    "a b+c",
    "订单 7",
    "é\u0301",
    "a;b=c",
    "a\\b",
    '"><script>alert(1)</script>',
    "a/lines",
    "lines",
]


@pytest.fixture
def asked(tmp_path: Path, database: Database, clock: FrozenClock) -> Iterator[Asking]:
    with asking(tmp_path, database, clock) as each:
        yield each


def ordered(asked: Asking, number: str, *releases: str) -> str:
    message = receive(asked.hub, ORDER, NOW, number, 101)

    def work(conn: Connection) -> None:
        for release in releases or ("",):
            order_of(conn, message, number, release=release, lines=120)

    asked.hub.database.write_now(work)
    return message


@pytest.mark.parametrize("number", NUMBERS)
def test_an_order_is_reached_from_the_list_whatever_its_number(asked: Asking, number: str) -> None:
    ordered(asked, number)
    person = asked.person()
    link = _links(asked.get("/orders", person).text, "row-link")[0]
    at = urljoin("http://hub/orders", link).removeprefix("http://hub")  # as a browser reads it
    page = asked.get(at, person)
    assert page.status_code == 200
    assert "Line by line" in page.text
    told = asked.get("/api/v1" + at, asked.partner()).json()
    assert told["summary"]["number"] == number
    assert asked.get(told["more"]["lines"], asked.partner()).status_code == 200


@pytest.mark.parametrize("number", NUMBERS)
def test_pages_of_lines_and_the_choice_of_releases_lead_to_the_same_order(asked: Asking, number: str) -> None:
    message = ordered(asked, number, "R 1/2", "R#2")
    person = asked.person()
    choice = asked.get(order_page("acme-cardio", number), person).text
    links = [link for link in _links(choice) if link.startswith("/orders/")]
    assert len(links) == 2
    page = asked.get(links[0], person).text
    following = [link for link in _links(page) if "after=" in link]
    assert "Later lines" in page
    assert asked.get(following[0], person).status_code == 200
    from_message = [link for link in _links(asked.get(f"/messages/{message}", person).text) if link[:8] == "/orders/"]
    assert asked.get(from_message[0], person).status_code == 200


@given(st.lists(st.text(min_size=1), min_size=1, max_size=4))
def test_an_address_has_as_many_parts_as_were_put_in(parts: list[str]) -> None:
    path = address(*(part.encode("utf-8", "replace").decode() for part in parts))
    assert path.count("/") == len(parts)
    assert not re.search(r"[?#\s\"'<>\\]", path)


def _links(page: str, css: str = "") -> list[str]:
    tags = re.findall(r"<a ([^>]*)>", page)
    found = [re.search(r'href="([^"]*)"', tag) for tag in tags if css in tag]
    return [unescape(match[1]) for match in found if match]
