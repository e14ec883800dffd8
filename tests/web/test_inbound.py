"""Handing in a message: stored before it is answered, and refused only for what can be known at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from msgspec.structs import replace

from hub.access import keys
from hub.kernel.errors import Unavailable
from hub.platform.database import Database
from hub.platform.settings import Settings
from hub.web.app import create_app
from tests.stored import FrozenClock
from tests.web.conftest import client_of, key_of
from tests.web.samples import ORDER
from tests.web.small_hub import OTHER, SmallHub

pytestmark = pytest.mark.anyio


async def test_a_message_is_taken_with_202_and_says_where_its_verdict_will_stand(acme: httpx.AsyncClient) -> None:
    answer = await acme.post("/inbound/acme-cardio", content=ORDER)
    assert answer.status_code == 202
    taken = answer.json()
    assert taken["status"] == f"/api/v1/messages/{taken['message']}" == answer.headers["location"]
    state = (await acme.get(taken["status"])).json()
    assert state["validation"] == "pending"
    assert state["size_bytes"] == len(ORDER)


async def test_the_bytes_come_back_exactly_whatever_they_are_and_whatever_type_they_claim(
    acme: httpx.AsyncClient,
) -> None:
    body = bytes(range(256)) * 3
    for content_type in ("multipart/signed; boundary=x", "application/json", "text/html"):
        taken = await acme.post("/inbound/acme-cardio", content=body, headers={"content-type": content_type})
        assert taken.status_code in (202, 200)
    raw = await acme.get(f"{taken.json()['status']}/raw")
    assert raw.content == body
    assert raw.headers["content-type"] == "application/octet-stream"
    assert raw.headers["content-disposition"].startswith("attachment")


async def test_a_file_may_be_called_in_any_script(acme: httpx.AsyncClient) -> None:
    called = {"x-file-name": "Zam%C3%B3wienie-%C5%81%C3%B3d%C5%BA-%E8%AE%A2%E5%8D%95.edi"}
    taken = await acme.post("/inbound/acme-cardio", content=ORDER, headers=called)
    assert taken.status_code == 202
    state = (await acme.get(taken.json()["status"])).json()
    assert state["file_name"] == called["x-file-name"]


@pytest.mark.parametrize("named", ["Shared%53ecret-hunter2.edi", "%C5%81-SharedSecret=hunter2.edi"])
async def test_a_file_name_that_names_a_secret_is_refused_before_it_is_kept(
    acme: httpx.AsyncClient, named: str
) -> None:
    refused = await acme.post("/inbound/acme-cardio", content=ORDER, headers={"x-file-name": named})
    assert (refused.status_code, refused.json()["code"]) == (400, "bad-header")
    assert "hunter2" not in refused.text


async def test_the_same_bytes_again_get_the_first_id_and_200(acme: httpx.AsyncClient) -> None:
    first = await acme.post("/inbound/acme-cardio", content=ORDER)
    again = await acme.post("/inbound/acme-cardio", content=ORDER)
    assert again.status_code == 200
    assert again.json() == {**first.json(), "duplicate": True}


async def test_the_same_idempotency_key_with_other_bytes_is_a_conflict(acme: httpx.AsyncClient) -> None:
    headers = {"idempotency-key": "order-1"}
    assert (await acme.post("/inbound/acme-cardio", content=ORDER, headers=headers)).status_code == 202
    refused = await acme.post("/inbound/acme-cardio", content=ORDER + b" ", headers=headers)
    assert refused.status_code == 409
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["code"] == "conflict"


@pytest.mark.parametrize(
    "authorization", [None, "Bearer", "Bearer nonsense", "Basic YTpi", f"Bearer hub_{'a' * 8}_{'0' * 43}"]
)
async def test_without_a_valid_key_nothing_is_taken(anonymous: httpx.AsyncClient, authorization: str | None) -> None:
    headers = {"authorization": authorization} if authorization else {}
    refused = await anonymous.post("/inbound/acme-cardio", content=ORDER, headers=headers)
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Bearer")


async def test_another_partners_name_is_as_if_it_were_not_there(acme: httpx.AsyncClient) -> None:
    theirs = await acme.post(f"/inbound/{OTHER}", content=ORDER)
    nobodys = await acme.post("/inbound/nobody-at-all", content=ORDER)
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.content == nobodys.content


async def test_an_empty_body_is_refused(acme: httpx.AsyncClient) -> None:
    assert (await acme.post("/inbound/acme-cardio", content=b"")).status_code == 400


async def test_a_revoked_key_is_refused_at_once(acme: httpx.AsyncClient, hub: SmallHub) -> None:
    assert (await acme.get("/outbound/acme-cardio")).status_code == 200
    now = hub.clock.now()
    key = hub.database.read_now(lambda conn: keys.keys_of(conn, "acme-cardio"))[0]
    from hub.kernel.scope import EVERYONE

    hub.database.write_now(lambda conn: keys.revoke_key(conn, EVERYONE, key.id, now=now, actor="test"))
    assert (await acme.get("/outbound/acme-cardio")).status_code == 401


async def test_a_key_without_the_permission_is_not_allowed(app: object, hub: SmallHub) -> None:
    key = key_of(hub, "acme-cardio", scopes=["mailbox:read"])
    async with client_of(app) as client:  # type: ignore[arg-type]
        refused = await client.post("/inbound/acme-cardio", content=ORDER, headers={"authorization": f"Bearer {key}"})
    assert refused.status_code == 403
    assert refused.json()["code"] == "not-allowed"


async def test_when_nothing_can_be_stored_the_sender_is_asked_to_come_again(
    acme: httpx.AsyncClient, hub: SmallHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_: object) -> None:
        raise Unavailable("the disk is full", retry_after_seconds=7)

    monkeypatch.setattr(hub, "intake", full)
    refused = await acme.post("/inbound/acme-cardio", content=ORDER)
    assert refused.status_code == 503
    assert refused.headers["retry-after"] == "7"
    assert "disk" not in refused.text


class TestLimits:
    """A hub that takes no more than a kilobyte."""

    @pytest.fixture
    async def small(
        self, tmp_path: Path, sqlite_database: Database, clock: FrozenClock
    ) -> AsyncIterator[httpx.AsyncClient]:
        settings = replace(Settings(data=tmp_path), body_bytes_max=1024)
        hub = SmallHub(tmp_path, sqlite_database, clock, settings)
        async with client_of(create_app(hub)) as client:
            client.headers["authorization"] = f"Bearer {key_of(hub, 'acme-cardio')}"
            yield client

    async def test_a_body_that_says_it_is_too_large_is_refused_unread(self, small: httpx.AsyncClient) -> None:
        refused = await small.post("/inbound/acme-cardio", content=b"x" * 1025)
        assert refused.status_code == 413
        assert refused.json()["code"] == "too-large"

    async def test_a_body_that_does_not_say_its_size_is_cut_off_at_the_limit(self, small: httpx.AsyncClient) -> None:
        read = 0

        async def endless() -> AsyncIterator[bytes]:
            nonlocal read
            for _ in range(100):
                read += 1
                yield b"x" * 512

        refused = await small.post("/inbound/acme-cardio", content=endless())
        assert refused.status_code == 413

    async def test_a_body_at_the_limit_is_taken(self, small: httpx.AsyncClient) -> None:
        assert (await small.post("/inbound/acme-cardio", content=b"x" * 1024)).status_code == 202


async def test_a_body_larger_than_a_row_goes_to_disk_and_comes_back(acme: httpx.AsyncClient, hub: SmallHub) -> None:
    body = b"ISA*" + b"0123456789" * 60_000
    taken = await acme.post("/inbound/acme-cardio", content=body)
    assert taken.status_code == 202
    assert (await acme.get(f"{taken.json()['status']}/raw")).content == body
    assert any((hub.settings.data / "blobs").rglob("*"))


async def test_who_is_over_its_budget_is_told_when_to_come_again_before_its_body_is_read(
    hub: SmallHub, acme: httpx.AsyncClient
) -> None:
    hub.waits = 90.0
    answer = await acme.post("/inbound/acme-cardio", content=b"ISA*late")
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "90"
    assert answer.json()["detail"].startswith("what may be stored of yours")
    hub.waits = None
    assert (await acme.post("/inbound/acme-cardio", content=b"ISA*now")).status_code == 202


@pytest.mark.anyio
async def test_a_compressed_body_is_refused_with_what_to_do(acme: httpx.AsyncClient) -> None:
    answer = await acme.post("/inbound/acme-cardio", content=b"\x1f\x8b\x08", headers={"content-encoding": "gzip"})
    assert (answer.status_code, answer.json()["code"]) == (415, "compressed")
    assert "without Content-Encoding" in answer.json()["detail"]


@pytest.mark.anyio
async def test_a_web_form_is_refused_with_what_to_send_instead(acme: httpx.AsyncClient) -> None:
    called = {"content-type": "application/x-www-form-urlencoded"}
    answer = await acme.post("/inbound/acme-cardio", content=b"edi=ISA%2A00%2A&send=now", headers=called)
    assert (answer.status_code, answer.json()["code"]) == (415, "form")
    assert "application/edi-x12" in answer.json()["detail"]


@pytest.mark.anyio
async def test_a_document_that_a_tool_calls_a_form_is_taken(acme: httpx.AsyncClient) -> None:
    called = {"content-type": "application/x-www-form-urlencoded"}
    assert (await acme.post("/inbound/acme-cardio", content=b"ISA*now", headers=called)).status_code == 202
