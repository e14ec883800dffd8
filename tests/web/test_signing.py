"""Whoever guesses at a secret is slowed as at a login, and who has the right one goes on meanwhile."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import httpx
import pytest
from litestar import Litestar
from lxml import etree
from msgspec.structs import replace
from structlog.testing import capture_logs

from hub.access.shared_secrets import put_secret
from hub.exchange.partner_cxml import CxmlId, CxmlTable
from hub.exchange.partners import Partner, Partners
from hub.platform.blobs import HEAD_BYTES
from hub.security import passwords
from hub.security.passwords import hash_password
from hub.web.attempts import PER_NAME_AND_ADDRESS
from tests.e2e.test_shared_secret import MERIDIAN, SECRET, order
from tests.web.conftest import client_of, key_of
from tests.web.small_hub import OTHER, SmallHub

pytestmark = pytest.mark.anyio


def agreed(*, shared_secret: bool = False) -> Partner:
    """Return a customer that speaks cXML alone."""
    theirs, ours = (CxmlId(domain="NetworkId", identity=each) for each in ("AN01000421977", "AN01000098765"))
    return Partner(
        id=MERIDIAN,
        name="Meridian",
        kind="customer",
        usage="P",
        time_zone="America/New_York",
        currency="USD",
        cxml=CxmlTable(ours=ours, theirs=[theirs], shared_secret=shared_secret),
    )


@pytest.fixture
def meridian(hub: SmallHub) -> str:
    """The id of the customer, who has a secret."""
    hub.partners = Partners({**{each.id: each for each in hub.partners.all()}, MERIDIAN: agreed()}, {})
    hashed = hash_password(SECRET)
    return hub.database.write_now(
        lambda conn: put_secret(conn, MERIDIAN, hashed, now=hub.clock.now(), actor="test") and MERIDIAN
    )


async def post(client: httpx.AsyncClient, body: bytes, partner: str = MERIDIAN, **headers: str) -> httpx.Response:
    told = {"content-type": "text/xml", **headers}
    return await client.post(f"/inbound/{partner}", content=body, headers=told)


def code_of(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    return str(etree.fromstring(answer.content).find("Response/Status").attrib["code"])  # type: ignore[union-attr]  # it is there


def said_in(answer: httpx.Response) -> str:
    assert code_of(answer) == "401"
    return str(etree.fromstring(answer.content).findtext("Response/Status"))


def kept(hub: SmallHub) -> int:
    return len(list((hub.settings.data / "blobs").rglob("*"))) + hub.database.read_now(
        lambda conn: conn.exec_driver_sql("SELECT count(*) FROM message").scalar_one()
    )


async def test_many_wrong_secrets_are_told_to_wait_and_the_right_one_that_is_known_goes_on(
    anonymous: httpx.AsyncClient, meridian: str
) -> None:
    assert code_of(await post(anonymous, order("MC-1"))) == "201"
    codes = [code_of(await post(anonymous, order("MC-2", f"wrong-{number}"))) for number in range(7)]
    assert codes == ["401"] * PER_NAME_AND_ADDRESS + ["560"] * (7 - PER_NAME_AND_ADDRESS)
    last = await post(anonymous, order("MC-2", "wrong-again"))
    assert int(last.headers["retry-after"]) > 0
    assert code_of(await post(anonymous, order("MC-3"))) == "201"


async def test_one_old_secret_is_one_guess_however_often_it_is_shown(
    anonymous: httpx.AsyncClient, meridian: str
) -> None:
    for _ in range(3 * PER_NAME_AND_ADDRESS):
        assert code_of(await post(anonymous, order("MC-1", "the old one"))) == "401"
    assert code_of(await post(anonymous, order("MC-1"))) == "201"


async def test_a_burst_of_first_messages_is_one_check(
    anonymous: httpx.AsyncClient, meridian: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    verify = passwords.verify
    monkeypatch.setattr(passwords, "verify", lambda stored, said: hashed.append(said) or verify(stored, said))
    answers = await asyncio.gather(*(post(anonymous, order(f"MC-{number}")) for number in range(20)))
    assert {code_of(each) for each in answers} == {"201"}
    assert len(hashed) == 2


async def test_a_stranger_costs_no_disk_and_no_log_line_holds_a_secret(
    anonymous: httpx.AsyncClient, hub: SmallHub, meridian: str
) -> None:
    before = kept(hub)
    with capture_logs() as lines:
        for body in (
            order("MC-1", "wrong-0815"),
            order("MC-1", None),
            order("MC-1", "wrong-0815") + b" " * 400_000,
            b"<cXML>" + b"x" * HEAD_BYTES * 10,
        ):
            assert code_of(await post(anonymous, body)) == "401"
    assert kept(hub) == before
    assert "0815" not in str(lines)
    assert [line["partner"] for line in lines] == [MERIDIAN, MERIDIAN]


async def test_what_a_key_may_see_a_signature_may_not(
    anonymous: httpx.AsyncClient, hub: SmallHub, meridian: str
) -> None:
    assert code_of(await post(anonymous, order("MC-1"))) == "201"
    assert (await anonymous.get(f"/outbound/{MERIDIAN}", headers={"content-type": "text/xml"})).status_code == 401
    assert code_of(await post(anonymous, order("MC-1"), OTHER)) == "401"


async def test_where_a_file_says_that_all_is_signed_nothing_comes_in_while_there_is_no_secret(
    app: Litestar, hub: SmallHub
) -> None:
    hub.partners = Partners({MERIDIAN: agreed(shared_secret=True)}, {})
    async with client_of(app) as client:
        client.headers["authorization"] = f"Bearer {key_of(hub, MERIDIAN)}"
        assert code_of(await post(client, order("MC-1"))) == "401"
        assert (await post(client, b"ISA*00*")).status_code == 202  # nothing else of theirs is signed
        hub.partners = Partners({MERIDIAN: agreed()}, {})
        assert code_of(await post(client, order("MC-1"))) == "201"


@pytest.mark.parametrize(
    "hidden",
    [
        b"<cxml>%s</cxml>",
        b"<c:cXML>%s</c:cXML>",
        b"--XX\r\n\r\nhello\r\n--YY\r\nContent-Type: text/xml\r\n\r\n%s\r\n--YY--\r\n",
        b"Content-Type: multipart/related; boundary=YY\r\n\r\n--XX\r\n\r\n--YY\r\n\r\n%s\r\n--YY--\r\n",
        b"<!--" + b" " * HEAD_BYTES + b"-->%s",
    ],
)
async def test_what_could_be_read_as_a_cxml_later_is_no_way_around_a_signature(
    app: Litestar, hub: SmallHub, hidden: bytes
) -> None:
    hub.partners = Partners({MERIDIAN: agreed(shared_secret=True)}, {})
    async with client_of(app) as client:
        client.headers["authorization"] = f"Bearer {key_of(hub, MERIDIAN)}"
        answer = await post(client, hidden % order("MC-1", None))
    assert answer.status_code == 401 or code_of(answer) == "401"
    assert kept(hub) == 0


@pytest.mark.parametrize(
    ("accept", "is_json"),
    [("application/json", True), ("application/json, application/problem+json;q=0.5", True), ("text/xml", False),
     ("application/json, */*", False), ("", False), ("*/*", False)],
)  # fmt: skip
async def test_who_takes_json_alone_hears_what_everybody_hears(
    anonymous: httpx.AsyncClient, meridian: str, accept: str, is_json: bool
) -> None:
    taken = await post(anonymous, order("MC-1"), accept=accept)
    refused = await post(anonymous, order("MC-1", "wrong-0815"), accept=accept)
    assert (taken.status_code, refused.status_code) == ((202, 401) if is_json else (200, 200))
    assert taken.headers["content-type"].startswith("application/json" if is_json else "text/xml")


async def test_a_refusal_of_the_door_is_said_in_the_syntax_of_the_message(
    app: Litestar, hub: SmallHub, meridian: str
) -> None:
    async with client_of(app) as client:
        client.headers["authorization"] = f"Bearer {key_of(hub, MERIDIAN)}"
        hub.settings = replace(hub.settings, body_bytes_max=100_000)
        assert code_of(await post(client, order("MC-1") + b" " * 100_000)) == "406"
        assert code_of(await post(client, order("MC-1"), OTHER)) == "403"
        assert code_of(await post(client, order("MC-1"), **{"idempotency-key": ""})) == "400"
        assert code_of(await post(client, b"", **{"content-type": "application/cxml+xml"})) == "400"
        assert code_of(await post(client, order("MC-1"), **{"content-encoding": "gzip"})) == "406"
        assert code_of(await post(client, order("MC-1"), **{"content-encoding": "identity"})) == "201"
        assert code_of(await post(client, b"hello", "nobody", **{"content-type": "application/cxml"})) == "403"
        hub.waits = 60.0
        waits = await post(client, order("MC-1"))
        assert (code_of(waits), waits.headers["retry-after"]) == ("560", "60")
        large = await client.post(f"/inbound/{MERIDIAN}", content=b"x" * 100_001)
        assert (large.status_code, large.headers["content-type"]) == (413, "application/problem+json")


async def test_a_secret_that_has_no_end_in_the_beginning_is_kept_by_nobody(
    app: Litestar, hub: SmallHub, meridian: str, tmp_path: Path
) -> None:
    before = kept(hub)
    async with client_of(app) as client:
        client.headers["authorization"] = f"Bearer {key_of(hub, 'acme-cardio')}"
        body = b"<cXML><Header><SharedSecret>" + b"hush-0815 " * 20_000 + b"</SharedSecret></Header></cXML>"
        answer = await post(client, body, "acme-cardio")
    assert code_of(answer) == "400"
    assert "first 64 KiB" in answer.text
    assert kept(hub) == before


async def test_a_secret_behind_the_beginning_is_kept_by_nobody_though_a_key_vouches_for_the_rest(
    app: Litestar, hub: SmallHub
) -> None:
    hub.partners = Partners({MERIDIAN: agreed()}, {})
    key = key_of(hub, MERIDIAN)
    body = order("MC-1").replace(b"<Header>", b"<!--" + b"x" * HEAD_BYTES + b"--><Header>", 1)
    async with client_of(app) as client:
        before = kept(hub)
        answer = await post(client, body, authorization=f"Bearer {key}")
        assert code_of(answer) == "400"
        assert "behind its first 64 KiB" in answer.text
        assert kept(hub) == before
        assert (
            code_of(await post(client, body.replace(b"SharedSecret", b"UserAgent"), authorization=f"Bearer {key}"))
            == "201"
        )


@pytest.mark.parametrize("content_type", ["text/xml", "text/plain", ""])
@pytest.mark.parametrize("partner", [MERIDIAN, "nobody-at-all"])
async def test_what_is_wrong_with_a_signature_is_said_in_words_of_cxml_and_the_same_for_every_address(
    anonymous: httpx.AsyncClient, meridian: str, content_type: str, partner: str
) -> None:
    declares = re.sub(rb"<!DOCTYPE[^>]*>", b"<!DOCTYPE cXML [<!ENTITY a 'b'>]>", order("MC-1"))
    for body, said in (
        (order("MC-1", None), "there is no SharedSecret"),
        (order("MC-1", ""), "there is no SharedSecret"),
        (order("MC-1").replace(b"</SharedSecret>", b""), "there is no SharedSecret with an end tag"),
        (order("MC-1", "wrong-0815"), "is not as agreed"),
        (declares, "SYN-CXML-SUBSET: the DOCTYPE declares something"),
    ):
        told = said_in(await post(anonymous, body, partner, **{"content-type": content_type}))
        assert said in told
        assert "hub partner" not in told
        assert "API key" not in told


async def test_a_right_secret_is_taken_in_whatever_the_content_type(
    anonymous: httpx.AsyncClient, meridian: str
) -> None:
    for number, content_type in enumerate(("", "text/plain", "application/octet-stream")):
        answer = await post(anonymous, order(f"MC-{number}"), **{"content-type": content_type})
        assert code_of(answer) == "201"


async def test_with_a_key_too_it_is_said_what_a_signature_lacks(app: Litestar, hub: SmallHub, meridian: str) -> None:
    async with client_of(app) as client:
        client.headers["authorization"] = f"Bearer {key_of(hub, MERIDIAN)}"
        assert "there is no SharedSecret" in said_in(await post(client, order("MC-1", None)))
        assert "is not as agreed" in said_in(await post(client, order("MC-1", "wrong-0815")))


async def test_only_who_can_open_its_verdict_is_told_where_it_stands(
    anonymous: httpx.AsyncClient, app: Litestar, hub: SmallHub, meridian: str
) -> None:
    answer = await post(anonymous, order("MC-1"))
    assert code_of(answer) == "201"
    assert "/api/v1/messages/" not in answer.text
    async with client_of(app) as client:
        client.headers["authorization"] = f"Bearer {key_of(hub, MERIDIAN)}"
        assert "/api/v1/messages/" in (await post(client, order("MC-2"))).text


async def test_a_secret_that_is_known_goes_on_when_a_second_one_is_made_after_many_wrong_ones(
    anonymous: httpx.AsyncClient, hub: SmallHub, meridian: str
) -> None:
    assert code_of(await post(anonymous, order("MC-1"))) == "201"
    wrong = [code_of(await post(anonymous, order("MC-2", f"wrong-{number}"))) for number in range(6)]
    assert wrong[-1] == "560"
    hashed = hash_password("the-second-0815")
    hub.database.write_now(lambda conn: put_secret(conn, MERIDIAN, hashed, now=hub.clock.now(), actor="test"))
    assert code_of(await post(anonymous, order("MC-3"))) == "201"


@pytest.mark.anyio
@pytest.mark.parametrize("body", [b"hello", b"", b"\x1f\x8b\x08"])
async def test_who_may_not_come_in_hears_it_as_cxml_where_the_body_is_called_one_and_as_a_problem_else(
    app: Litestar, meridian: str, body: bytes
) -> None:
    async with client_of(app) as anonymous:
        assert code_of(await post(anonymous, body, meridian, **{"content-type": "application/cxml"})) == "401"
        other = await post(anonymous, body, meridian, **{"content-type": "application/octet-stream"})
    assert (other.status_code, other.headers["content-type"]) == (401, "application/problem+json")
