"""What every answer bears, and what it never tells."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from hub.web.app import create_app
from hub.web.assets import Assets
from hub.web.refusals import PAGE_TEXTS
from tests.web.conftest import client_of
from tests.web.samples import fill
from tests.web.small_hub import SmallHub

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("path", ["/login", "/messages", "/schema", "/nothing", "/healthz", "/api/v1/messages"])
async def test_every_answer_is_private_framed_by_nobody_and_never_sniffed(
    engineer: httpx.AsyncClient, path: str
) -> None:
    headers = (await engineer.get(path)).headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    policy = headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


async def test_pages_hold_no_inline_script_or_style(engineer: httpx.AsyncClient) -> None:
    for path in ("/messages", "/orders", "/partners", "/login", "/schema"):
        page = (await engineer.get(path, follow_redirects=True)).text
        assert "<style" not in page
        assert " style=" not in page
        assert "<script>" not in page
        assert " onclick" not in page


async def test_a_fault_nobody_foresaw_gives_an_incident_and_no_detail(
    acme: httpx.AsyncClient, engineer: httpx.AsyncClient, hub: SmallHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("secret-password-in-a-traceback")

    monkeypatch.setattr(hub.database, "read", broken)
    monkeypatch.setattr(hub, "checks", broken)
    failed = await acme.get("/readyz")
    assert failed.status_code == 500
    assert failed.headers["content-type"] == "application/problem+json"
    assert "secret" not in failed.text
    assert failed.json()["incident"]


async def test_what_is_not_there_is_a_problem_document_for_machines_and_a_page_for_people(
    acme: httpx.AsyncClient, engineer: httpx.AsyncClient
) -> None:
    problem = await acme.get("/api/v1/nothing")
    assert problem.status_code == 404
    assert problem.json()["code"] == "not-found"
    page = await engineer.get("/nothing")
    assert page.status_code == 404
    assert PAGE_TEXTS[404][1] in page.text


async def test_a_wrong_parameter_is_explained_and_never_a_server_fault(acme: httpx.AsyncClient) -> None:
    for query in (
        "limit=0",
        "limit=x",
        "cursor=nonsense",
        "since=yesterday",
        "since=2026-11-20T12:00:00",
        "direction=up",
    ):
        answered = await acme.get(f"/api/v1/messages?{query}")
        assert answered.status_code == 400, (query, answered.text)
        assert answered.headers["content-type"] == "application/problem+json"
    assert (await acme.get("/api/v1/messages/x/canonical?document=-3")).status_code == 400
    assert (await acme.get("/api/v1/messages/x/canonical?document=3")).status_code == 404


async def test_health_and_readiness(anonymous: httpx.AsyncClient, hub: SmallHub) -> None:
    assert (await anonymous.get("/healthz")).json()["ok"] is True
    assert (await anonymous.get("/readyz")).status_code == 200
    hub.well = False
    unready = await anonymous.get("/readyz")
    assert unready.status_code == 503
    assert unready.json()["checks"] == [{"name": "database", "ok": False, "detail": None}]


async def test_the_interface_description_is_openapi_3_1_and_knows_the_raw_bodies(
    anonymous: httpx.AsyncClient,
) -> None:
    described = json.loads((await anonymous.get("/schema/openapi.json")).text)
    assert described["openapi"].startswith("3.1")
    paths = described["paths"]
    intake = paths["/inbound/{partner}"]["post"]
    assert "*/*" in intake["requestBody"]["content"]
    assert {"202", "401", "404", "409", "413", "429", "503"} <= set(intake["responses"])
    assert {parameter["name"] for parameter in intake["parameters"]} >= {"partner", "Idempotency-Key"}
    promised = {
        "/outbound/{partner}",
        "/outbound/{partner}/{message}",
        "/outbound/{partner}/{message}/received",
        "/api/v1/messages",
        "/api/v1/messages/{message}",
        *(
            f"/api/v1/messages/{{message}}/{part}"
            for part in ("raw", "canonical", "provenance", "timeline", "documents", "replay")
        ),
        "/api/v1/orders",
        "/api/v1/orders/{partner}/{number}",
        "/healthz",
        "/readyz",
        "/metrics",
    }
    assert promised <= set(paths)
    assert not any(path.startswith(("/messages", "/login")) for path in paths)


async def test_static_files_are_kept_for_ever_and_nothing_else_is_served(anonymous: httpx.AsyncClient) -> None:
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/manifest.json", "/static/", "/static/.vite"):
        assert (await anonymous.get(path)).status_code == 404, path


async def test_without_scripts_and_styles_the_pages_work_and_say_how_to_build_them(
    hub: SmallHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.web.app.Assets", lambda: Assets(tmp_path / "nothing"))
    async with client_of(create_app(hub)) as client:
        page = await client.get("/login")
    assert page.status_code == 200
    assert "have not been built" in page.text
    assert "<script" not in page.text


async def test_a_message_says_all_that_was_promised_also_what_it_has_not(
    acme: httpx.AsyncClient, hub: SmallHub
) -> None:
    order = fill(hub)
    state = (await acme.get(f"/api/v1/messages/{order}")).json()
    promised = {"id", "partner", "direction", "document", "validation", "delivery", "acknowledgement", "outcome"}
    assert promised | {"keys", "received_at", "answers"} <= set(state)
    assert state["delivery"] == "none"
    assert len(state["answers"]) == 2
    assert (await acme.get(f"/api/v1/messages/{state['answers'][0]}")).json()["answers_to"] == order
    assert "canonical" not in state["documents"][0]
    for part in ("raw", "canonical", "provenance", "timeline"):
        assert (await acme.get(f"/api/v1/messages/{order}/{part}")).status_code == 200, part
    listed = (await acme.get("/api/v1/messages?limit=2")).json()
    assert len(listed["items"]) == 2
    following = (await acme.get("/api/v1/messages", params={"limit": 2, "cursor": listed["next"]})).json()
    assert {item["id"] for item in following["items"]}.isdisjoint(item["id"] for item in listed["items"])
